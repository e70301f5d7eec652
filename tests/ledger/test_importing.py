"""Real and made-up files into the ledger: every row is in or says why not."""

from __future__ import annotations

import csv
import json
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from countertui.domain.license_states import State
from countertui.domain.records import Kind as RecordKind
from countertui.domain.reference import CityKey
from countertui.ledger.books import Books
from countertui.ledger.fsck import fsck
from countertui.ledger.importing.faults import MapRefusedError, RowRefused
from countertui.ledger.importing.kinds import Kind
from countertui.ledger.importing.mapfile import Mapping
from countertui.ledger.importing.rows import RowReader
from countertui.ledger.importing.run import ImportReport, import_file, import_published
from countertui.ledger.ingest import ingest
from countertui.ledger.licenses import license_in_books
from countertui.ledger.publish import latest_manifest, publish
from ledger.test_ingest import asked
from ledger.town import NOW, Till, allocation, answering, brought, line

MAPS = Path(__file__).parent / "maps"
CARD = "4111 1111 1111 1111"  # a scheme's published test number


def counts(report: ImportReport) -> dict[str, int]:
    told = report.to_json()
    assert told["rows"] == told["created"] + told["updated"] + told["unchanged"] + told["rejected"]
    return {name: told[name] for name in ("rows", "created", "updated", "unchanged", "repaired", "rejected")}


def rejects(report: ImportReport) -> list[list[str]]:
    if report.rejects is None:
        return []
    with Path(report.rejects).open(encoding="utf-8", newline="") as handle:
        return list(csv.reader(handle))[1:]


class Desk:
    """Imports texts by maps, as a clerk does."""

    def __init__(self, books: Books, folder: Path) -> None:
        self.books, self.folder = books, folder

    def put(self, kind: Kind, text: str | bytes, mapping: str, does: Any = import_file, **more: Any) -> ImportReport:
        (self.folder / "file.csv").write_bytes(text if isinstance(text, bytes) else text.encode())
        (self.folder / "map.toml").write_text(f'kind = "{kind}"\n{mapping}', encoding="utf-8")
        arguments = {"who": answering(self.books), "now": NOW} | more
        report: ImportReport = does(self.books, kind, self.folder / "file.csv", self.folder / "map.toml", **arguments)
        return report


@pytest.fixture
def desk(books: Books, tmp_path: Path) -> Desk:
    return Desk(books, tmp_path)


ACCOUNTS = """
[columns.No]
pattern = "A[0-9]+"
says = "A and digits"
[columns.Name]
may_hold_comma = true
[columns.Zip]
pattern = "[0-9]{5}"
says = "five digits"
[fields]
number = { column = "No" }
kind = { constant = "utility" }
name = { column = "Name" }
address = { template = "{Street}, {Zip}" }
credit_gl = { constant = "510-2310" }
"""
HEAD = "No,Name,Street,Zip\n"


def test_scottsdales_licenses_every_row_accounted_for(books: Books, key: Ed25519PrivateKey, shared_data: Path) -> None:
    path = shared_data / "business_licenses" / "scottsdale_az_business_licences_ODbL.csv"
    told: list[int] = []
    arguments = (books, Kind.LICENSES, path, MAPS / "scottsdale_licenses.toml")
    first = import_published(*arguments, who=answering(books), now=NOW, progress=told.append)
    assert counts(first) == {
        "rows": 25_757,
        "created": 25_756,
        "updated": 0,
        "unchanged": 0,
        "repaired": 114,
        "rejected": 1,
    }
    assert told[-1] == 25_757
    # Two commas at two places: the street's and the city's. No single joining is right, so a clerk must look.
    assert [(row[0], row[2]) for row in rejects(first)] == [("16224", "COMPUTACENTER US INC")]
    assert "24 cells and should have 22" in rejects(first)[0][1]
    assert Counter(repair.column for repair in first.repairs) == {"BusinessName": 113, "MailingStreet": 1}
    assert asked(books, "SELECT count(*) FROM license") == asked(
        books, "SELECT count(*) FROM account WHERE kind = 'license'"
    )
    assert asked(
        books,
        "SELECT name, class, license.status, issued_on, address, mailing_address FROM license JOIN account"
        " ON account.number = license.account WHERE license.number = '1006860'",
    ) == [
        (
            "SELECTIONS-SHUTTERS,BLINDS & C",
            "TPS",
            "",
            "2011-01-07",
            "11259 E VIA LINDA STE 104, SCOTTSDALE, AZ 852594076",
            "3958 E CREST LN, PHOENIX, AZ 850505426",
        )
    ]
    assert asked(books, "SELECT mailing_address FROM license WHERE number = '1100804'") == [
        ("900, 10310 JASPER AVE, EDMONTON, AB T5J1Y8",)
    ]
    assert first.version == 1
    again = import_published(*arguments, who=answering(books), now=NOW)
    assert counts(again) == counts(first) | {"created": 0, "unchanged": 25_756}
    assert again.version is None


def test_scottsdales_repairs_lose_nothing(books: Books, shared_data: Path) -> None:
    path = shared_data / "business_licenses" / "scottsdale_az_business_licences_ODbL.csv"
    report = import_file(books, Kind.LICENSES, path, MAPS / "scottsdale_licenses.toml", who=None, now=NOW)
    with path.open(encoding="utf-8", newline="") as handle:
        rows = dict(enumerate(csv.reader(handle), start=1))
    shifted = {number for number, row in rows.items() if len(row) != 22}
    assert {repair.row for repair in report.repairs} | {16_224} == shifted
    for repair in report.repairs:
        assert list(repair.before) == rows[repair.row]
        assert ",".join(repair.after) == ",".join(repair.before)
        assert len(repair.after) == 22
    assert asked(books, "SELECT count(*) FROM license") == [(0,)]


def test_sacramentos_chart_every_row_accounted_for(books: Books, key: Ed25519PrivateKey, shared_data: Path) -> None:
    path = shared_data / "coa_budget" / "sacramento_FY18_accounts_MIT.csv"
    arguments = (books, Kind.GL, path, MAPS / "sacramento_gl.toml")
    first = import_published(*arguments, who=answering(books), now=NOW)
    assert counts(first) == {
        "rows": 10_249,
        "created": 1_327,
        "updated": 0,
        "unchanged": 8_922,
        "repaired": 0,
        "rejected": 0,
    }
    assert first.rejects is None
    assert asked(books, "SELECT count(*) FROM fund") == [(3 + 24,)]
    assert asked(books, "SELECT fund, name, type FROM gl_account WHERE code = 'General Funds-E_433060'") == [
        ("General Funds", "Other Professional Services", "expense")
    ]
    again = import_published(*arguments, who=answering(books), now=NOW)
    assert counts(again) == counts(first) | {"created": 0, "unchanged": 10_249}
    assert (first.version, again.version) == (1, None)


def test_a_change_is_an_update_and_published(desk: Desk) -> None:
    text = HEAD + "A1,Ann,1 Elm,12345\nA2,Bo,2 Elm,12345\n"
    assert counts(desk.put(Kind.ACCOUNTS, text, ACCOUNTS, import_published))["created"] == 2
    report = desk.put(Kind.ACCOUNTS, text.replace("2 Elm", "3 Elm"), ACCOUNTS, import_published)
    assert (report.created, report.updated, report.unchanged, report.version) == (0, 1, 1, 2)
    assert asked(desk.books, "SELECT address, changed_in FROM account WHERE number = 'A2'") == [("3 Elm, 12345", 2)]


def test_a_dry_run_changes_nothing(desk: Desk, key: Ed25519PrivateKey, tmp_path: Path) -> None:
    text = HEAD + "A1,Ann,1 Elm,12345\nB2,Bo,2 Elm,12345\n"
    report = desk.put(Kind.ACCOUNTS, text, ACCOUNTS, who=None)
    assert counts(report) == {"rows": 2, "created": 1, "updated": 0, "unchanged": 0, "repaired": 0, "rejected": 1}
    assert (report.rejects, report.version) == (None, None)
    assert asked(desk.books, "SELECT count(*) FROM account WHERE number = 'A1'") == [(0,)]
    assert latest_manifest(desk.books) is None
    named = desk.put(Kind.ACCOUNTS, text, ACCOUNTS, who=None, rejects=tmp_path / "out" / "no.csv")
    assert rejects(named)[0][:2] == ["3", "No “B2” is not A and digits."]


@pytest.mark.parametrize(
    "text",
    [
        (HEAD + "A1,Zoë,1 Elm,12345\n").encode("utf-8-sig"),
        (HEAD + "A1,Zoë,1 Elm,12345\n").encode("cp1252"),
        (HEAD + "\n\nA1,Zoë,1 Elm,12345\n\n , ,,\n").encode(),
        (HEAD + "A1,Zoë,1 Elm,12345").replace("\n", "\r\n").encode(),
        (HEAD + '"A1","Zoë","1 Elm","12345"\n').encode(),
        (HEAD + "A1,  Zoe\u0308  ,1\u00a0Elm,12345\n").encode(),
        (HEAD + "A1,Zoë,1 Elm,12345,,,\n").encode(),
    ],
    ids=["bom", "cp1252", "blank lines", "crlf", "quotes", "spaces, composed", "empty cells at the end"],
)
def test_however_a_file_is_written(desk: Desk, text: bytes) -> None:
    report = desk.put(Kind.ACCOUNTS, text, '[file]\nencodings = ["utf-8", "cp1252"]\n' + ACCOUNTS)
    assert counts(report)["created"] == report.rows == 1
    assert asked(desk.books, "SELECT name, address FROM account WHERE number = 'A1'") == [("Zoë", "1 Elm, 12345")]


def test_row_numbers_are_a_spreadsheets(desk: Desk) -> None:
    text = HEAD + '\nA1,"Ann\nAbbott",1 Elm,12345\n\nA2,Bo,2 Elm,9\n'
    report = desk.put(Kind.ACCOUNTS, text, ACCOUNTS)
    assert [(row[0], row[1]) for row in rejects(report)] == [
        ("3", "Name holds a line break; if that is not meant, a quotation mark is not closed."),
        ("5", "Zip “9” is not five digits."),
    ]


def test_other_delimiters_and_no_header(desk: Desk) -> None:
    mapping = """
[file]
header = false
width = 3
delimiter = ";"
[columns.no]
position = 2
[columns.name]
position = 1
[fields]
number = { column = "no" }
kind = { constant = "customer" }
name = { column = "name" }
credit_gl = { constant = "510-2310" }
"""
    report = desk.put(Kind.ACCOUNTS, "Ann, A.;A1;x\nBo;A2;y\n", mapping)
    assert (report.rows, report.created) == (2, 2)
    assert asked(
        desk.books, "SELECT number, name, party, kind FROM account WHERE kind = 'customer' ORDER BY number"
    ) == [
        ("A1", "Ann, A.", "Ann, A.", "customer"),
        ("A2", "Bo", "Bo", "customer"),
    ]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("A1,Ann,1 Elm", "3 cells; 4 are needed"),
        ("A1,Ann,1 Elm,1234", "Zip “1234” is not five digits"),
        (",Ann,1 Elm,12345", "There is no number"),
        ("A1,,1 Elm,12345", "There is no name"),
        ("A1,Ann,1 Elm,12345,Main", "does not make the others right"),
        ("A1," + "x" * 501 + ",1 Elm,12345", "longer than 500"),
    ],
)
def test_a_refused_row_says_why(desk: Desk, row: str, reason: str) -> None:
    report = desk.put(Kind.ACCOUNTS, HEAD + row + "\nA2,Bo,2 Elm,12345\n", ACCOUNTS)
    assert (report.created, report.rejected) == (1, 1)
    number, why, *cells = rejects(report)[0]
    assert number == "2"
    assert reason in why
    assert cells == row.split(",")


@pytest.mark.parametrize(
    "cell", [CARD, "４１１１-1111-1111-1111", "%B4111111111111111^X", "Ann\x07", "An\x00n", "A\u202en"]
)
def test_cards_and_control_characters_are_refused_without_echo(desk: Desk, cell: str) -> None:
    report = desk.put(Kind.ACCOUNTS, f"{HEAD}A1,{cell},1 Elm,12345\n", ACCOUNTS)
    assert report.rejected == 1
    assert rejects(report)[0][2:] == ["(not shown)"]
    assert report.rejects is not None
    kept = Path(report.rejects).read_text(encoding="utf-8")
    assert cell not in kept
    assert "1111" not in kept


def test_a_card_in_a_column_that_is_not_imported_is_not_repeated_either(desk: Desk) -> None:
    report = desk.put(Kind.ACCOUNTS, f"No,Name,Street,Zip,Note\nA1,Ann,1 Elm,9,{CARD}\n", ACCOUNTS)
    assert rejects(report)[0][1:] == ["Zip “9” is not five digits.", "(not shown)"]


def test_a_card_number_cut_in_two_by_the_shift_is_not_repeated(desk: Desk) -> None:
    report = desk.put(Kind.ACCOUNTS, HEAD + "A1,41111111,11111111,1 Elm,12345\n", ACCOUNTS)
    assert rejects(report)[0][1:] == ["Name looks like a card number; those are not kept.", "(not shown)"]


def test_a_shifted_row_is_repaired_and_reported(desk: Desk) -> None:
    report = desk.put(Kind.ACCOUNTS, HEAD + "A1,Smith, Jones, & Co,1 Elm,12345\n", ACCOUNTS)
    assert counts(report)["repaired"] == 1
    assert asked(desk.books, "SELECT name FROM account WHERE number = 'A1'") == [("Smith, Jones, & Co",)]
    assert report.to_json()["repairs"] == [
        {
            "row": 2,
            "column": "Name",
            "before": ["A1", "Smith", " Jones", " & Co", "1 Elm", "12345"],
            "after": ["A1", "Smith, Jones, & Co", "1 Elm", "12345"],
        }
    ]


def test_two_ways_to_repair_is_none(desk: Desk) -> None:
    two_ways = ACCOUNTS.replace("[fields]", "[columns.Street]\nmay_hold_comma = true\n[fields]")
    report = desk.put(Kind.ACCOUNTS, HEAD + "A1,Smith, Jones,1 Elm,12345\n", two_ways)
    assert counts(report)["rejected"] == 1
    assert "it may belong into Name or Street" in rejects(report)[0][1]


def test_a_repair_that_the_ledger_refuses_is_not_reported_as_one(desk: Desk) -> None:
    report = desk.put(Kind.ACCOUNTS, HEAD + "A1,Smith, Jones,1 Elm,12345\n", ACCOUNTS.replace("510-2310", "no such"))
    assert (report.repairs, report.rejected) == ([], 1)


def test_one_number_twice(desk: Desk) -> None:
    text = HEAD + "A1,Ann,1 Elm,12345\nA1,Ann,1 Elm,12345\nA1,Ann,2 Elm,12345\n"
    report = desk.put(Kind.ACCOUNTS, text, ACCOUNTS)
    assert counts(report)["rejected"] == 2
    assert [row[1] for row in rejects(report)] == [
        "Row 2 says the same already.",
        "Row 2 has the same A1 with other values.",
    ]
    merged = desk.put(Kind.ACCOUNTS, text, "[file]\ndistinct = true\n" + ACCOUNTS)
    assert (merged.unchanged, merged.rejected) == (2, 1)
    unknown = desk.put(Kind.ACCOUNTS, text, "[file]\ndistinct = true\n" + ACCOUNTS.replace("510-2310", "no such"))
    assert counts(unknown)["rejected"] == 3


def test_an_account_keeps_its_kind(desk: Desk) -> None:
    report = desk.put(Kind.ACCOUNTS, HEAD + "A1,Ann,1 Elm,12345\n", ACCOUNTS)
    report = desk.put(Kind.ACCOUNTS, HEAD + "A1,Ann,1 Elm,12345\n", ACCOUNTS.replace('"utility"', '"trust"'))
    assert "is of kind utility already, not trust" in rejects(report)[0][1]


CHARGES = """
[columns.Amount]
money = "dollars"
negative = true
[columns.Due]
dates = ["%m/%d/%Y", "%Y-%m-%d"]
[columns.Head]
values = { W = "water", T = "tax" }
[fields]
id = { template = "{Account}-{Bill}" }
account = { column = "Account" }
due = { column = "Due" }
head = { column = "Head" }
gl = { constant = "510-4310" }
amount_cents = { column = "Amount" }
"""


def test_an_account_may_say_in_which_language_papers_are_wanted(desk: Desk) -> None:
    text = HEAD.replace("Zip", "Zip,Lang") + "A1,ANA,1 Elm,80000,es\nA2,BOB,2 Elm,80000,\nA3,CY,3 Elm,80000,fr\n"
    report = desk.put(Kind.ACCOUNTS, text, ACCOUNTS + 'language = { column = "Lang" }\n')
    assert counts(report) == {"rows": 3, "created": 2, "updated": 0, "unchanged": 0, "repaired": 0, "rejected": 1}
    found = asked(desk.books, "SELECT number, language FROM account WHERE number IN ('A1', 'A2', 'A3') ORDER BY number")
    assert found == [("A1", "es"), ("A2", "")]
    assert [row[1] for row in rejects(report)] == ["language “fr” is not one of: en, es."]


CHARGE_HEAD = "Account,Bill,Due,Head,Amount\n"


def test_charges(desk: Desk) -> None:
    text = CHARGE_HEAD + (
        'U1,1,11/30/2026,W,"$1,234.50"\nU1,2,2026-11-30,T,(12.30)\nU2,1,11/30/2026,W,7\n'
        "U9,1,11/30/2026,W,1\nU1,3,02/30/2026,W,1\nU1,4,11/30/2026,X,1\nU1,5,11/30/2026,W,1.234\nU1,6,,W,1\n"
    )
    report = desk.put(Kind.CHARGES, text, CHARGES)
    assert counts(report) == {"rows": 8, "created": 3, "updated": 0, "unchanged": 0, "repaired": 0, "rejected": 5}
    assert asked(desk.books, "SELECT * FROM charge WHERE id >= 'U' ORDER BY id") == [
        ("U1-1", "U1", "2026-11-30", "water", "water", "510-4310", 1234_50, 1234_50, 1),
        ("U1-2", "U1", "2026-11-30", "tax", "tax", "510-4310", -12_30, -12_30, 1),
        ("U2-1", "U2", "2026-11-30", "water", "water", "510-4310", 7_00, 7_00, 1),
    ]
    assert [row[1] for row in rejects(report)] == [
        "Account “U9” is not here; import the accounts first.",
        "Due “02/30/2026” is no date of the form %m/%d/%Y or %Y-%m-%d.",
        "Head “X” is not one of: W, T.",
        "Amount “1.234” is not an amount of money.",
        "There is no due in it.",
    ]


NUMBERS = """
[columns.What]
values = { P = "parcel", C = "citation" }
[fields]
number = { column = "Number" }
what = { column = "What" }
account = { column = "Account" }
"""


def test_other_numbers_of_accounts(desk: Desk) -> None:
    text = "Number,What,Account\n042-118-07,P,U1\n042-118-07,P,U2\nA 700,C,U1\nA 701,C,U9\n,C,U1\nA 702,X,U1\n"
    report = desk.put(Kind.NUMBERS, text, NUMBERS, import_published)
    assert counts(report) == {"rows": 6, "created": 3, "updated": 0, "unchanged": 0, "repaired": 0, "rejected": 3}
    assert asked(desk.books, "SELECT number, what, account FROM known_as ORDER BY number, account") == [
        ("042-118-07", "parcel", "U1"),
        ("042-118-07", "parcel", "U2"),
        ("A 700", "citation", "U1"),
    ]
    assert [row[1] for row in rejects(report)] == [
        "Account “U9” is not here; import the accounts first.",
        "There is no number in it.",
        "What “X” is not one of: P, C.",
    ]
    assert desk.put(Kind.NUMBERS, text, NUMBERS).unchanged == 3


def test_the_invoice_that_charges_are_on_leads_to_their_account(desk: Desk) -> None:
    """Two charges of one invoice give one number; a number alone that is new makes its row one that changed."""
    head, rows = "Account,Bill,Due,Head,Amount,Invoice\n", "U1,{},11/30/2026,W,5.00,{}\n"
    mapping = CHARGES + 'invoice = { column = "Invoice" }\n'
    report = desk.put(
        Kind.CHARGES, head + rows.format(1, "26-7") + rows.format(2, "26-7") + rows.format(3, ""), mapping
    )
    assert (report.created, report.rejected) == (3, 0)
    numbers = "SELECT number, what, account FROM known_as ORDER BY number"
    assert asked(desk.books, numbers) == [("26-7", "invoice", "U1")]
    assert desk.put(Kind.CHARGES, head + rows.format(3, "26-8"), mapping).updated == 1
    assert asked(desk.books, numbers) == [("26-7", "invoice", "U1"), ("26-8", "invoice", "U1")]


def test_what_was_paid_stays_paid(desk: Desk, books: Books, key: Ed25519PrivateKey, till: Till) -> None:
    text = CHARGE_HEAD + "U1,1,11/30/2026,W,50.00\n"
    desk.put(Kind.CHARGES, text, CHARGES)
    till.pay(line("U1", allocation("U1-1", "510-4310", 20_00)))
    assert ingest(books, key, till.seal(), "T1", 1, 1, NOW).status == 201
    assert desk.put(Kind.CHARGES, text, CHARGES).unchanged == 1
    assert desk.put(Kind.CHARGES, text.replace("50.00", "45.00"), CHARGES).updated == 1
    assert asked(books, "SELECT amount_cents, balance_cents FROM charge WHERE id = 'U1-1'") == [(45_00, 25_00)]


def test_the_ledgers_own_charges_are_not_overwritten(desk: Desk) -> None:
    mapping = CHARGES.replace("{Account}-{Bill}", "CR-{Account}")
    report = desk.put(Kind.CHARGES, CHARGE_HEAD + "U1,1,11/30/2026,W,50.00\n", mapping)
    assert "the ledger's own" in rejects(report)[0][1]


FEES = """
[columns.Price]
money = "cents"
[fields]
code = { column = "Code" }
description = { column = "Text" }
unit_cents = { column = "Price" }
gl = { column = "GL" }
effective_from = { constant = "2026-01-01" }
"""


def test_fees(desk: Desk) -> None:
    text = "Code,Text,Price,GL\nMAP,Map,1250,100-4410\nDON,Donation,,100-4410\n"
    text += "BAD,Bad,12.5,100-4410\nNO,No,1,999\nNEG,N,-5,100-4410\n"
    report = desk.put(Kind.FEES, text, FEES)
    assert counts(report)["created"] == 2
    assert asked(desk.books, "SELECT code, unit_cents, effective_to FROM fee WHERE code <> 'COPY' ORDER BY code") == [
        ("DON", None, None),
        ("MAP", 12_50, None),
    ]
    assert [row[1] for row in rejects(report)] == [
        "Price “12.5” is not a number of cents.",
        "GL account “999” is not in the chart of accounts; import that first.",
        "Price “-5” is negative.",
    ]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (('Name" }', 'Nmae" }'), "no column Nmae. Its columns are: No, Name, Street, Zip"),
        (("number = {", "numbr = {"), "no field numbr; there are: number, kind, party"),
        (('name = { column = "Name" }\n', ""), "need the field name"),
        (('{ column = "No" }', '{ column = "No", constant = "x" }'), "exactly one of"),
        (("{Street}", "{Street"), "template can't be read"),
        (('says = "five digits"', "sayz = 1"), "columns.Zip.sayz"),
        (('"[0-9]{5}"', '"[0-9"'), "no regular expression"),
        (("[columns.No]", "[columns.No]\nposition = 9"), "position 9; the file has 4 columns"),
        (("[columns.No]", "[file]\nheader = false\n[columns.No]"), "file.width"),
        (("[columns.No]", '[file]\nencodings = ["klingon"]\n[columns.No]'), "no encoding known here"),
        (("[columns.No]", "[columns.No"), "is no TOML"),
    ],
)
def test_a_map_that_does_not_fit_says_so(desk: Desk, change: tuple[str, str], message: str) -> None:
    assert change[0] in ACCOUNTS
    with pytest.raises(MapRefusedError) as caught:
        desk.put(Kind.ACCOUNTS, HEAD + "A1,Ann,1 Elm,12345\n", ACCOUNTS.replace(*change))
    assert message in caught.value.happened
    assert asked(desk.books, "SELECT count(*) FROM account") == [(3,)]


def test_files_that_can_not_be_read(desk: Desk, tmp_path: Path) -> None:
    for text, message in (
        (b"", "is empty"),
        (b"No,Name,Street,Zip\nA1,\xff,x,12345\n", "not in utf-8"),
        ((HEAD + 'A1,"Ann,1 Elm,12345\n' + "A2,Bo,2 Elm,12345\n" * 20_000).encode(), "from row 2 on"),
        (b"No,No,Street,Zip\n", "more than one column No"),
    ):
        with pytest.raises(MapRefusedError) as caught:
            desk.put(Kind.ACCOUNTS, text, ACCOUNTS)
        assert message in caught.value.happened
    with pytest.raises(MapRefusedError, match="can't be read"):
        import_file(
            desk.books, Kind.ACCOUNTS, tmp_path / "none.csv", tmp_path / "map.toml", who=answering(desk.books), now=NOW
        )
    with pytest.raises(MapRefusedError, match="is for accounts, not for fees"):
        import_file(
            desk.books, Kind.FEES, tmp_path / "file.csv", tmp_path / "map.toml", who=answering(desk.books), now=NOW
        )
    with pytest.raises(MapRefusedError, match="can't be read"):
        import_file(
            desk.books, Kind.FEES, tmp_path / "file.csv", tmp_path / "no.toml", who=answering(desk.books), now=NOW
        )


def test_what_was_imported_is_what_terminals_get(desk: Desk, books: Books, key: Ed25519PrivateKey, till: Till) -> None:
    desk.put(Kind.ACCOUNTS, HEAD + "A1,Ann,1 Elm,12345\n", ACCOUNTS)
    publish(books, key, NOW)
    published = (books.folder / "snapshots" / "1" / "account.ndjson").read_text(encoding="utf-8")
    assert '["A1","utility","Ann","Ann","1 Elm, 12345","","","","510-2310",""]' in published
    till.pay(line("A1", allocation(None, "510-2310", 1_00)))
    till.ask(RecordKind.VOID_REQUEST, till.pay(line("A1", allocation(None, "510-2310", 1_00))))
    assert ingest(books, key, till.seal(), "T1", 1, 1, NOW).status == 201


TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["C"]), max_size=12)


@given(st.lists(TEXT, min_size=4, max_size=7))
def test_any_row_is_read_or_refused_and_a_repair_keeps_every_character(row: list[str]) -> None:
    mapping = Mapping.model_validate(
        {
            "kind": "accounts",
            "columns": {
                "a": {"pattern": ".*[0-9].*"},
                "b": {"may_hold_comma": True},
                "c": {"may_hold_comma": True, "pattern": "[^x]*"},
            },
            "fields": {
                "number": {"column": "a"},
                "kind": {"constant": "utility"},
                "name": {"template": "{b} {c}"},
                "credit_gl": {"constant": "1"},
            },
        }
    )
    reader = RowReader(mapping, ["a", "b", "c", "d"])
    try:
        values, repair = reader.read(7, row)
    except RowRefused:
        return
    assert values["number"]
    if repair is not None:
        assert ",".join(repair.after) == ",".join(row)
        assert len(repair.after) == 4


def test_workings_flags_and_notes_come_in_by_files(desk: Desk, key: Ed25519PrivateKey) -> None:
    text = "Bill,Line,Day,What,Cents,Rule\nC1,1,2026-09-10,Base,4000,Ord. 1412\nC1,2,2026-09-10,Use,1000,\n"
    text += "C9,1,2026-09-10,Base,1,\nC1,one,2026-09-10,Base,1,\n"
    mapping = """
[columns.Day]
dates = ["%Y-%m-%d"]
[columns.Cents]
money = "cents"
[fields]
charge = { column = "Bill" }
n = { column = "Line" }
dated = { column = "Day" }
what = { column = "What" }
cents = { column = "Cents" }
ordinance = { column = "Rule" }
"""
    report = desk.put(Kind.WORKINGS, text, mapping)
    assert (report.created, report.rejected) == (2, 2)
    reasons = [row[1] for row in rejects(report)]
    assert "Charge “C9” is not here" in reasons[0]
    assert "“one” is not a whole number" in reasons[1]
    assert asked(desk.books, "SELECT charge, source, n, account, cents, ordinance FROM charge_step ORDER BY n") == [
        ("C1", "", 1, "U1", 40_00, "Ord. 1412"),
        ("C1", "", 2, "U1", 10_00, ""),
    ]
    flags = """
[columns.Due]
dates = ["%Y-%m-%d"]
[columns.Since]
required = true
dates = ["%Y-%m-%d"]
[columns.Cents]
money = "cents"
[fields]
account = { column = "No" }
flag = { constant = "shutoff" }
since = { column = "Since" }
due = { column = "Due" }
cents = { column = "Cents" }
"""
    text = "No,Since,Due,Cents\nU1,2026-11-01,2026-12-01,9667\nU2,2026-11-01,,\nU99,2026-11-01,,\n"
    report = desk.put(Kind.FLAGS, text, flags)
    assert (report.created, report.rejected) == (2, 1)
    assert asked(desk.books, "SELECT account, flag, since, due, cents FROM account_flag ORDER BY account") == [
        ("U1", "shutoff", "2026-11-01", "2026-12-01", 96_67),
        ("U2", "shutoff", "2026-11-01", "", None),
    ]
    assert desk.put(Kind.FLAGS, text, flags).unchanged == 2
    notes = """
[columns.Day]
required = true
dates = ["%Y-%m-%d"]
[fields]
id = { column = "Id" }
account = { constant = "U1" }
dated = { column = "Day" }
author = { constant = "billing" }
note = { column = "Text" }
"""
    till = Till(desk.books).registered(desk.books)
    own = till.record(RecordKind.ACCOUNT_NOTE, {"account": "U1", "note": "Gate code 12"})
    ingest(desk.books, key, till.seal(), "T1", 1, 1, NOW)
    report = desk.put(Kind.NOTES, f"Id,Day,Text\nN1,2026-11-01,Dog\n{own['id']},2026-11-01,Nothing\n", notes)
    assert (report.created, report.rejected) == (1, 1)
    assert asked(desk.books, "SELECT note FROM account_note ORDER BY note") == [("Dog",), ("Gate code 12",)]
    told = fsck(desk.books).differences
    assert [one for one in told if not one.startswith("session")] == [], "its session was opened by no record"


LICENSE_MAP = """
[columns.No]
required = true
[columns.Type]
required = true
values = { T = "SALES", B = "OCCUPATION" }
others = "keep"
[fields]
number = { column = "No" }
name = { column = "Name" }
class = { column = "Type" }
credit_gl = { constant = "100-2310" }
"""
LICENSE_LIST = "No,Name,Type\n7,Ann,T\n8,Bo,X\n9,Cy,X\n"


def test_a_license_list_tells_classes_that_the_city_does_not_have(desk: Desk) -> None:
    assert desk.put(Kind.LICENSES, LICENSE_LIST, LICENSE_MAP).told == []  # the city has no rows of licenses at all
    rows = (Path(__file__).parents[2] / "docs" / "license-lists" / "scottsdale-az" / "licenses.toml").read_text()
    brought(desk.books, "city", [(CityKey.LICENSES.value, json.dumps(rows))])
    again = desk.put(Kind.LICENSES, LICENSE_LIST, LICENSE_MAP)
    assert (again.unchanged, again.told) == (
        3,
        ["2 licenses here have class X, which is none of the city's: map it, or add its row."],
    )
    refused = desk.put(Kind.LICENSES, LICENSE_LIST, LICENSE_MAP.replace('others = "keep"\n', ""))
    assert [row[1] for row in rejects(refused)] == ["Type “X” is not one of: T, B."] * 2


def test_scottsdale_s_list_is_a_register_that_says_nothing_it_was_not_told(
    books: Books, key: Ed25519PrivateKey, shared_data: Path, tmp_path: Path
) -> None:
    whole = shared_data / "business_licenses" / "scottsdale_az_business_licences_ODbL.csv"
    lines = whole.read_bytes().splitlines(keepends=True)
    path = tmp_path / "some.csv"
    path.write_bytes(b"".join(lines[:1_001]))
    sample = Path(__file__).parents[2] / "docs" / "license-lists" / "scottsdale-az"
    brought(books, "city", [(CityKey.LICENSES.value, json.dumps((sample / "licenses.toml").read_text()))])
    report = import_file(books, Kind.LICENSES, path, sample / "map.toml", who=answering(books), now=NOW)
    assert (report.created, report.rejected, report.told) == (1_000, 0, [])
    assert asked(books, "SELECT DISTINCT class FROM license ORDER BY class") == [("OCCUPATION",), ("SALES",)]
    with books.reading() as connection:
        one = license_in_books(connection, "1006860", date(2026, 11, 23))
    assert one is not None
    assert (one.state, one.issued_on, one.expires_on, one.unpaid) == (State.NOT_STATED, date(2011, 1, 7), None, 0)
    assert {name: value for name, value in one.says.items() if value} == {
        "business": "SELECTIONS-SHUTTERS,BLINDS & C",
        "license_class": "SALES",
        "issued_on": "2011-01-07",
        "premises": "11259 E VIA LINDA STE 104, SCOTTSDALE, AZ 852594076",
        "mailing": "3958 E CREST LN, PHOENIX, AZ 850505426",
    }


def test_a_workbook_is_a_list_as_csv_is(desk: Desk, tmp_path: Path) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    for row in ([], ["No", "Name", "Type", None], [7, "Ann, Bo & Co", "T"], [None] * 4, ["8", "=1+1", "B", None]):
        book.active.append(row)
    book.save(tmp_path / "list.xlsx")
    mapping = tmp_path / "map.toml"
    mapping.write_text(f'kind = "licenses"\n{LICENSE_MAP}', encoding="utf-8")
    arguments = (desk.books, Kind.LICENSES, tmp_path / "list.xlsx", mapping)
    first = import_file(*arguments, who=answering(desk.books), now=NOW)
    assert (first.created, first.rejected, first.rows) == (1, 1, 2)
    assert [row[0] for row in rejects(first)] == ["5"]  # a formula without the value it had
    assert asked(desk.books, "SELECT name, class FROM license JOIN account USING (number)") == [
        ("Ann, Bo & Co", "SALES")
    ]
    again = import_file(*arguments, who=answering(desk.books), now=NOW)
    assert (again.created, again.updated, again.unchanged) == (0, 0, 1)
    (tmp_path / "list.csv").write_bytes((tmp_path / "list.xlsx").read_bytes())
    (tmp_path / "text.xlsx").write_text(LICENSE_LIST, encoding="utf-8")
    for name, why in (("list.csv", "not CSV"), ("text.xlsx", "is no workbook inside")):
        with pytest.raises(MapRefusedError, match=why):
            import_file(desk.books, Kind.LICENSES, tmp_path / name, mapping, who=answering(desk.books), now=NOW)
