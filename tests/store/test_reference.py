"""The snapshot on a terminal: built whole or not at all, and found by whatever a person types of it."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from countertui.demo.city import DemoCity
from countertui.domain.city import rules_from_json
from countertui.domain.reference import TABLES
from countertui.store.reference import Reference
from countertui.store.reference_file import ReferenceUnusable
from countertui.store.reference_load import ReferenceRefused, build_reference
from countertui.store.reference_rows import AccountRow
from countertui.store.search import (
    BY_IDS,
    KNOWN_AS,
    PAST_NUMBERED,
    PAST_PAID_BY,
    PAST_RECEIPT,
    Query,
    meanings,
    padded,
)
from countertui.store.words import house_key, indexed_words, number_key, phone_key, words_of

Tables = dict[str, list[Sequence[Any]]]


@dataclass(frozen=True, slots=True)
class Snapshot:
    version: int = 7
    made_at: str = "2026-11-23T05:00:00Z"
    expires_at: str = "2026-11-30T05:00:00Z"
    sha256: str = "ab" * 32
    epoch: int = 2
    seq: int = 41


def account(number: str, name: str, address: str = "", phone: str = "", kind: str = "utility") -> tuple[str, ...]:
    return number, kind, f"P-{number}", name, address, phone, "active", "", "510-2310", ""


PEOPLE = [
    account("4400192-03", "Smith, John A", "123 N Main St", "555-234-7890"),
    account("4400193-01", "Smith, Maria", "12 Main St Apt 4", "(555) 417-0011"),
    account("4412300-01", "O'Brien and Sons", "123 Elm St", "+1 555.417.0012 x5"),
    account("5550001-01", "Núñez, Søren", "9 São Tomé Way"),
    account("5550002-01", "Main Street Bakery L.L.C.", "40 5th Ave"),
    account("6120000-01", "Garcia-Lopez, Zoë", "1230 Maine Rd"),
    account("BL-141393", "Johnson, Ann", "77 St. Mark's Pl", kind="license"),
    account("7000001-01", "Ωmega 会社", "1214 Elm St"),
    account("7000002-01", "Johnson, Smitty", "12-14 Elm St"),
]


def small_city(accounts: Sequence[Sequence[Any]] = PEOPLE) -> Tables:
    tables: Tables = {name: list(rows) for name, rows in DemoCity(0).tables()}
    tables["account"] = sorted(accounts, key=lambda row: (row[3], row[0]))
    tables["charge"] = [
        ("c2", "4400192-03", "2026-11-05", "water", "Water", "510-4310", 3000, 2500),
        ("c1", "4400192-03", "2026-10-05", "sewer", "Sewer", "520-4320", 1000, 1000),
        ("c3", "4400193-01", "2026-11-05", "credit", "Credit", "510-2310", -700, -700),
    ]
    tables["receipt_history"] = [
        ("H1", "4400192-03", "2026-09-03", "Smith, John A", 4000, 0),
        ("H2", "4400192-03", "2026-10-03", "Smith, John A", 4100, 1),
    ]
    tables["known_as"] = [
        ("042-118-07", "parcel", "4400192-03"),
        ("042-118-07", "parcel", "4400193-01"),
        ("26-0004", "invoice", "6120000-01"),
        ("A 700123", "citation", "5550001-01"),
        ("CUP.88/2", "license", "7000002-01"),
    ]
    return tables


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reference]:
    path = tmp_path_factory.mktemp("small") / "reference.db"
    build_reference(path, small_city().items(), Snapshot())
    reference = Reference(path)
    yield reference
    reference.close()


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Reference, list[AccountRow]]]:
    """A city of 4,000 with its accounts, for comparing each search with a plain look at all of them."""
    path = tmp_path_factory.mktemp("demo") / "reference.db"
    tables: Tables = {name: list(rows) for name, rows in DemoCity(4_000).tables()}
    tables["account"].sort(key=lambda row: (row[3], row[0]))
    build_reference(path, tables.items(), Snapshot())
    reference = Reference(path)
    yield reference, [AccountRow(*row[:2], *row[3:9], 0) for row in tables["account"]]
    reference.close()


def numbers(found: list[AccountRow]) -> set[str]:
    return {row.number for row in found}


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("smi joh", {"4400192-03", "7000002-01"}),
        ("joh smi", {"4400192-03", "7000002-01"}),
        ("SMITH, JOHN", {"4400192-03"}),
        ("smith j a", {"4400192-03"}),
        ("123 main", {"4400192-03"}),
        ("123 n main", {"4400192-03"}),
        ("123 mai st", {"4400192-03"}),
        ("123 ", {"4412300-01", "4400192-03", "6120000-01"}),
        ("12 main", {"4400193-01"}),
        ("12 main apt 4", {"4400193-01"}),
        ("smi 12 mai", {"4400192-03", "4400193-01"}),
        ("12 mai smi", {"4400192-03", "4400193-01"}),
        ("smi 12 mai ap", {"4400193-01"}),
        ("40 5", {"5550002-01"}),
        ("40 5th", {"5550002-01"}),
        ("obrien", {"4412300-01"}),
        ("o'bri", {"4412300-01"}),
        ("O’Brien", {"4412300-01"}),
        ("brien", {"4412300-01"}),
        ("o brien", {"4412300-01"}),
        ("nunez", {"5550001-01"}),
        ("NÚÑEZ", {"5550001-01"}),
        ("soren nun", {"5550001-01"}),
        ("sao tome", {"5550001-01"}),
        ("llc", {"5550002-01"}),
        ("l.l.c.", {"5550002-01"}),
        ("garcia-lopez", {"6120000-01"}),
        ("lopez zoe", {"6120000-01"}),
        ("st marks", {"BL-141393"}),
        ("4400192-03", {"4400192-03"}),
        ("4400192", {"4400192-03"}),
        ("44 00-19", {"4400192-03", "4400193-01"}),
        ("440019203", {"4400192-03"}),
        ("bl-1413", {"BL-141393"}),
        ("BL 141393", {"BL-141393"}),
        ("bl141", {"BL-141393"}),
        ("bl", {"BL-141393"}),
        ("555-234-7890", {"4400192-03"}),
        ("(555) 417", {"4400193-01", "4412300-01"}),
        ("555.417.0012", {"4412300-01"}),
        ("+1 555 417 0012", {"4412300-01"}),
        ("2347890", {"4400192-03"}),
        ("417-00", {"4400193-01", "4412300-01"}),
        ("ωmega", {"7000001-01"}),
        ("会", {"7000001-01"}),
        ("12-14 elm", {"7000001-01", "7000002-01"}),
        ("elm", {"4412300-01", "7000001-01", "7000002-01"}),
        ("zzz", set()),
        ("smith zzz", set()),
    ],
)
def test_what_is_typed_finds_what_is_meant(small: Reference, typed: str, expected: set[str]) -> None:
    assert numbers(small.search(typed)) == expected


def test_each_further_key_narrows_or_keeps(small: Reference) -> None:
    """As one types a whole query, what one is after stays in the list from the first key on."""
    for typed in (
        "smith john 123 n main",
        "main street bakery",
        "440019203",
        "bl-141393",
        "555 234 7890",
        "123 n main st",
    ):
        wanted = numbers(small.search(typed))
        assert len(wanted) == 1, typed
        first = 2 if typed.startswith("bl") else 1  # one letter is a name before it is a kind of number
        for end in range(first, len(typed) + 1):
            assert wanted <= numbers(small.search(typed[:end])), typed[:end]


def test_rows_come_in_the_order_of_names_with_what_is_due(small: Reference) -> None:
    rows = small.search("smith")
    assert [(row.name, row.due_cents) for row in rows] == [("Smith, John A", 3500), ("Smith, Maria", -700)]
    assert small.account("4400192-03") == rows[0]
    assert small.account("44001920") is None


def test_an_account_found_twice_is_shown_once(tmp_path: Path) -> None:
    accounts = [
        account("5552347890", "Twin, A", "5552 Elm St", "555-234-7890"),
        account("1", "Twin, B", "", "555-555-2347"),
    ]
    build_reference(tmp_path / "reference.db", small_city(accounts).items(), Snapshot())
    reference = Reference(tmp_path / "reference.db")
    assert [row.number for row in reference.search("5552")] == ["5552347890", "1"]
    reference.close()


def test_the_limit_holds_on_every_way(demo: tuple[Reference, list[AccountRow]]) -> None:
    reference, _ = demo
    for typed in ("s", "1", "5", "main", "1 ", "bl-1", "a b", "555", "smith st main apt joh 1"):
        assert len(reference.search(typed)) <= 51
        assert len(reference.search(typed, 5)) <= 5
    assert len(reference.search("s")) == 51


@pytest.fixture(scope="module")
def words_in(demo: tuple[Reference, list[AccountRow]]) -> dict[str, list[str]]:
    """The words of name and address of every account, by number."""
    _, rows = demo
    return {row.number: indexed_words(f"{row.name} {row.address}") for row in rows}


def holding(words_in: dict[str, list[str]], typed: str) -> set[str]:
    """The plain way: every account whose name and address have words beginning with what was typed."""
    parts = words_of(typed)
    return {
        number
        for number, words in words_in.items()
        if all(any(word.startswith(part) for word in words) for part in parts)
    }


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_words_find_exactly_what_a_look_at_all_rows_finds(
    demo: tuple[Reference, list[AccountRow]], words_in: dict[str, list[str]], data: st.DataObject
) -> None:
    reference, rows = demo
    row = data.draw(st.sampled_from(rows))
    words = [word for word in words_of(f"{row.name} {row.address}") if not word[0].isdigit()]
    chosen = data.draw(st.lists(st.sampled_from(words), min_size=1, max_size=6, unique=True))
    typed = " ".join(word[: data.draw(st.integers(1, len(word)))] for word in chosen)
    found = numbers(reference.search(typed, 10_000))
    assert found == holding(words_in, typed)


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_a_house_number_and_part_of_its_street_find_the_house(
    demo: tuple[Reference, list[AccountRow]], data: st.DataObject
) -> None:
    reference, rows = demo
    row = data.draw(st.sampled_from(rows))
    house, *words = words_of(row.address)
    word = data.draw(st.sampled_from(words))
    assert row.number in numbers(reference.search(f"{house} {word[: data.draw(st.integers(1, len(word)))]}", 10_000))


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_numbers_and_telephones_are_found_by_any_beginning(
    demo: tuple[Reference, list[AccountRow]], data: st.DataObject
) -> None:
    reference, rows = demo
    row = data.draw(st.sampled_from(rows))
    typed = data.draw(st.sampled_from([row.number, row.number.replace("-", ""), row.phone or row.number]))
    beginning = typed[: data.draw(st.integers(min(4, len(typed)), len(typed)))]
    assert row.number in numbers(reference.search(beginning, 10_000))


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=200))
@example("'")
@example('"')
@example('a" OR "b')
@example("NEAR(a b, 3)")
@example("words : smith")
@example("^smi* AND NOT (x)")
@example("'; DROP TABLE account; --")
@example("\x00\x1b[31m\x7f")
@example("\ud800")
@example("ﷺ" * 200)
@example("1" * 10_000)
@example("a " * 5_000)
@example("%_" * 5_000)
@example("½ ² Ⅳ ﬁ ĳ")
def test_any_text_may_be_typed(demo: tuple[Reference, list[AccountRow]], typed: str) -> None:
    reference, _ = demo
    assert len(reference.search(typed)) <= 51
    for meaning in meanings(typed):
        values = meaning.values.values() if isinstance(meaning, Query) else meaning.words
        assert len(values) <= 12
        assert all(len(str(value)) <= 300 for value in values)


def test_no_search_reads_or_sorts_a_whole_table(demo: tuple[Reference, list[AccountRow]]) -> None:
    reference, _ = demo
    connection = sqlite3.connect(reference.file.path)
    for typed in ("smi", "smi joh", "123 main", "12 ma st ap f g", "4400", "bl-14", "a b c d e f"):
        for query in [meaning for meaning in meanings(typed) if isinstance(meaning, Query)]:
            plan = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {query.sql}", query.values)]
            assert all(
                step.startswith(("SEARCH a USING INDEX", "COMPOUND QUERY", "LEFT-MOST", "UNION ALL")) for step in plan
            )
    plan = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {BY_IDS}", padded([1]))]
    values = ["CO-ROUTINE chosen", "SCAN 51 CONSTANT ROWS", "SCAN chosen"]
    assert plan == [*values, "SEARCH a USING INTEGER PRIMARY KEY (rowid=?)"]
    others = (
        (KNOWN_AS, ("1", "2", 9)),
        (PAST_RECEIPT, ("1",)),
        (PAST_NUMBERED, ("1", "2", 9)),
        (PAST_PAID_BY, ("a", "b", 9, " c", 9)),
    )
    for sql, asked in others:
        plan = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {sql}", asked)]
        assert not [step for step in plan if step.startswith("SCAN") and "(subquery" not in step], plan
    connection.close()


def test_what_the_snapshot_holds_is_read_back(small: Reference) -> None:
    assert (small.snapshot().version, small.snapshot().epoch, small.snapshot().seq) == (7, 2, 41)
    assert rules_from_json(small.rules_json()) == DemoCity().rules
    assert [charge.id for charge in small.charges("4400192-03")] == ["c1", "c2"]
    assert [(past.receipt_no, past.voided) for past in small.past.of_account("4400192-03")] == [
        ("H2", True),
        ("H1", False),
    ]
    license_ = small.licenses.license("BL-141393")
    assert license_ is not None
    assert license_.license_class == "GENERAL"
    assert small.licenses.license("BL-0") is None
    office = small.office("UTIL")
    assert office is not None
    assert office.name == "Utility Office"
    assert small.office("X") is None
    assert [drawer.code for drawer in small.drawers("COURT")] == ["D6", "D7"]
    assert len(small.operators()) == 12
    operator = small.operator("rosa")
    assert operator is not None
    assert operator.name == "Rosa Delgado"
    assert small.operator("nobody") is None
    gl_account = small.gl_account("510-4310")
    assert gl_account is not None
    assert (gl_account.fund, gl_account.type) == ("510", "revenue")
    assert small.gl_account("1") is None


def test_a_fee_costs_what_it_cost_on_the_day(small: Reference) -> None:
    prices = {day: fee.unit_cents for day in ("2026-06-30", "2026-07-01") if (fee := small.fee("COPY", day))}
    assert prices == {"2026-06-30": 10, "2026-07-01": 15}
    assert small.fee("COPY", "2020-01-01") is None
    assert small.fee("COP", "2026-11-23") is None


def test_fees_are_found_by_code_first_then_by_words(small: Reference) -> None:
    def codes(typed: str) -> list[str]:
        return [fee.code for fee in small.fees_like(typed, "2026-11-23")]

    assert codes("copy") == ["COPY", "COPY-CERT", "COPY-COLOR", "COPY-LARGE"]
    assert codes("solar") == ["PERMIT-SOLAR"]
    assert codes("plan co") == ["COPY-LARGE"]
    assert len(codes("p")) == 10
    assert codes("") == codes("--") == codes("nothing like it") == []


def test_a_new_snapshot_is_swapped_in_while_others_look(tmp_path: Path) -> None:
    path = tmp_path / "reference.db"
    build_reference(path, small_city().items(), Snapshot())
    reference = Reference(path)
    faults: list[BaseException] = []
    stop = threading.Event()

    def look() -> None:
        try:
            while not stop.is_set():
                assert reference.search("smith")
        except BaseException as fault:
            faults.append(fault)

    looking = threading.Thread(target=look)
    looking.start()
    for version in range(8, 12):
        build_reference(path, small_city().items(), Snapshot(version=version))
        assert reference.snapshot().version == version - 1
        reference.reopen()
        assert reference.snapshot().version == version
    stop.set()
    looking.join()
    reference.close()
    assert not faults


def test_what_was_asked_before_is_asked_anew_of_a_new_snapshot(tmp_path: Path) -> None:
    path = tmp_path / "reference.db"
    build_reference(path, small_city().items(), Snapshot())
    reference = Reference(path)
    asked = (reference.account("4400192-03"), reference.charges("4400192-03"), reference.operator("rosa"))
    assert all(asked)
    assert (reference.account("4400192-03"), reference.charges("4400192-03"), reference.operator("rosa")) == asked
    assert reference.account("NEW") is None
    after = small_city([account("NEW", "New Holder")]) | {"charge": [], "operator": []}
    build_reference(path, after.items(), Snapshot())
    reference.reopen()
    assert reference.account("4400192-03") is None
    assert reference.charges("4400192-03") == ()
    assert reference.operator("rosa") is None
    assert reference.account("NEW") is not None
    reference.close()


def test_certificates_are_the_snapshots_in_use(tmp_path: Path) -> None:
    path = tmp_path / "reference.db"

    def publish(certificate: str | None) -> None:
        terminals = [("T1", "MAIN", 1, "aa" * 32, certificate), ("T2", "MAIN", 1, "bb" * 32, None)]
        build_reference(path, (small_city() | {"terminal": terminals}).items(), Snapshot())

    publish(None)
    reference = Reference(path)
    assert reference.certificate("T1", "aa" * 32) == ""
    publish("cc" * 64)
    reference.reopen()
    assert reference.certificate("T1", "aa" * 32) == "cc" * 64
    assert reference.certificate("T1", "bb" * 32) == reference.certificate("T2", "bb" * 32) == ""
    reference.close()


def test_nobody_writes_through_the_reader(small: Reference) -> None:
    with pytest.raises(sqlite3.OperationalError):
        small.file.rows("DELETE FROM account")


def test_the_old_file_stays_when_rows_turn_out_bad(tmp_path: Path) -> None:
    path = tmp_path / "reference.db"
    build_reference(path, small_city().items(), Snapshot())
    before = path.read_bytes()

    class Altered(Exception):  # noqa: N818
        pass

    def altered() -> Iterator[Sequence[Any]]:
        yield from PEOPLE
        raise Altered

    bad: list[tuple[str, object, type[Exception]]] = [
        ("account", altered(), Altered),
        ("account", [PEOPLE[0], PEOPLE[0]], ReferenceRefused),
        ("account", [PEOPLE[0][:8]], ReferenceRefused),
        ("account", [(*PEOPLE[0][:3], None, *PEOPLE[0][4:])], ReferenceRefused),
        ("charge", [("c", "4400192-03", "2026-11-05", "water", "Water", "510-4310", 1, "1")], ReferenceRefused),
        ("charge", [("c", None, "2026-11-05", "water", "Water", "510-4310", 1, 1)], ReferenceRefused),
        ("drawer", [("D1", "HALL", "x", "many")], ReferenceRefused),
        ("office", [("H", "Hall")], ReferenceRefused),
    ]
    for table, rows, expected in bad:
        with pytest.raises(expected):
            build_reference(path, {**small_city(), table: rows}.items(), Snapshot(version=8))  # type: ignore[dict-item]
        assert path.read_bytes() == before
    tables = small_city()
    del tables["license"]
    with pytest.raises(ReferenceRefused, match="license"):
        build_reference(path, tables.items(), Snapshot(version=8))
    assert [file.name for file in tmp_path.iterdir()] == ["reference.db"]


def test_a_build_that_was_killed_leaves_nothing_in_the_way(tmp_path: Path) -> None:
    path = tmp_path / "reference.db"
    path.with_name("reference.db.new").write_bytes(b"half a file")
    build_reference(path, small_city().items(), Snapshot())
    reference = Reference(path)
    assert reference.snapshot().version == 7
    reference.close()


def test_the_finished_file_is_sound_and_needs_no_journal(tmp_path: Path) -> None:
    path = tmp_path / "reference.db"
    build_reference(path, small_city().items(), Snapshot())
    connection = sqlite3.connect(path)
    assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert connection.execute("PRAGMA journal_mode").fetchone() == ("delete",)
    connection.close()


def test_no_file_and_files_of_another_form_are_told_apart(tmp_path: Path) -> None:
    path = tmp_path / "reference.db"
    with pytest.raises(ReferenceUnusable):
        Reference(path)
    path.write_bytes(b"no database" * 100)
    with pytest.raises(ReferenceUnusable):
        Reference(path)
    path.unlink()
    build_reference(path, small_city().items(), Snapshot())
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version=1")
    connection.close()
    with pytest.raises(ReferenceUnusable) as refused:
        Reference(path)
    assert refused.value.exit_status == 3


def test_the_search_words_tell_their_progress(tmp_path: Path) -> None:
    told: list[tuple[str, int]] = []
    build_reference(tmp_path / "reference.db", small_city().items(), Snapshot(), lambda *so_far: told.append(so_far))
    assert told == [("account_words", len(PEOPLE))]


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("042-118-07", ["parcel 4400192-03", "parcel 4400193-01"]),
        ("04211807", ["parcel 4400192-03", "parcel 4400193-01"]),
        ("042 1", ["parcel 4400192-03", "parcel 4400193-01"]),
        ("26-0004", ["invoice 6120000-01"]),
        ("26-00", ["invoice 6120000-01"]),
        ("a700123", ["citation 5550001-01"]),
        ("A 70", ["citation 5550001-01"]),
        ("cup 88", ["license 7000002-01"]),
        ("CUP-88-2", ["license 7000002-01"]),
        ("042-118-08", []),
        ("118-07", []),
        ("26", []),
        ("cup", []),
        ("", []),
    ],
)
def test_accounts_are_known_by_other_numbers_exactly_and_by_their_beginning(
    small: Reference, typed: str, expected: list[str]
) -> None:
    found = small.known_as(typed)
    assert [f"{one.what} {one.account.number}" for one in found] == expected
    assert all(one.account == small.account(one.account.number) for one in found)
    assert len(small.known_as(typed, 1)) == min(1, len(expected))


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("H1", []),
        ("h10", ["H101", "H102"]),
        ("H101", ["H101"]),
        ("smith", ["H101", "H1", "H2"]),
        ("joh smi", ["H1", "H2"]),
        ("smith, j", ["H101", "H1", "H2"]),
        ("ann", []),
        ("zoe", ["H102"]),
        ("nob", []),
        ("", []),
    ],
)
def test_earlier_receipts_are_found_by_number_and_payor(tmp_path: Path, typed: str, expected: list[str]) -> None:
    tables = small_city()
    tables["receipt_history"] += [
        ("H101", "4400193-01", "2026-10-03", "SMITH, JO ANN", 100, 0),
        ("H102", "4400193-01", "2026-10-03", "Zoë’s", 100, 0),
    ]
    build_reference(tmp_path / "reference.db", tables.items(), Snapshot())
    reference = Reference(tmp_path / "reference.db")
    assert [row.receipt_no for row in reference.past.found(typed, 5)] == expected
    assert [row.account for row in reference.past.receipt("H101")] == ["4400193-01"]
    assert reference.past.receipt("H9") == []
    reference.close()


def test_every_published_column_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "reference.db"
    tables: Tables = {name: list(rows) for name, rows in DemoCity(200).tables()}
    build_reference(path, tables.items(), Snapshot())
    connection = sqlite3.connect(path)
    for table, columns in TABLES.items():
        kept = connection.execute(f"SELECT {', '.join(columns)} FROM {table}").fetchall()
        assert sorted(kept, key=repr) == sorted(tables[table], key=repr), table
    connection.close()


@pytest.mark.parametrize(
    ("address", "key"),
    [
        ("123 N Main St", "123 n main st"),
        ("12-14 Elm St.", "1214 elm st"),
        ("7B Oak Ave #3", "7b oak ave 3"),
        ("  9  São Tomé", "9 sao tome"),
        ("PO Box 12", ""),
        ("123", ""),
        ("", ""),
    ],
)
def test_house_keys(address: str, key: str) -> None:
    assert house_key(address) == key


@pytest.mark.parametrize(
    ("phone", "key"),
    [
        ("555-234-7890", "5552347890"),
        ("+1 (555) 234.7890 ext 12", "5552347890"),
        ("234-7890", "2347890"),
        ("", ""),
        ("none", ""),
    ],
)
def test_phone_keys(phone: str, key: str) -> None:
    assert phone_key(phone) == key


@given(st.text(max_size=60))
def test_keys_hold_nothing_but_small_letters_and_digits(text: str) -> None:
    for key in (number_key(text), *words_of(text), *indexed_words(text), *house_key(text).split()):
        assert set(key) <= set("abcdefghijklmnopqrstuvwxyz0123456789")


@given(st.text(max_size=60))
def test_a_text_is_found_by_its_own_words(text: str) -> None:
    assert set(words_of(text)) <= set(indexed_words(text))


def test_deposits_are_listed_without_going_through_all_accounts(demo: tuple[Reference, list[AccountRow]]) -> None:
    reference, _ = demo
    asked: list[str] = []
    reference.file._connection.set_trace_callback(asked.append)
    every, one = reference.trust.deposits(), reference.trust.deposits(reference.trust.deposits()[0].party)
    reference.file._connection.set_trace_callback(None)
    assert len(every) == 60
    assert one[0] == every[0]
    for statement in asked:
        plan = [row[3] for row in reference.file._connection.execute(f"EXPLAIN QUERY PLAN {statement}").fetchall()]
        assert "account_trust" in plan[0], plan
