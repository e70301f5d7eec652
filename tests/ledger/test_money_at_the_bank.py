"""Bank deposits, returned checks, payment files: each follows its money, and nothing is taken twice."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from countertui.domain.city import rules_to_json
from countertui.domain.desk_records import DeskKind
from countertui.domain.money import Cents
from countertui.domain.records import Kind
from countertui.domain.rights import NotAllowed
from countertui.ledger import payment_files
from countertui.ledger.books import Books, open_books
from countertui.ledger.checks_back import ReturnRefusedError
from countertui.ledger.correction_targets import ToCharge
from countertui.ledger.deposits import DepositRefusedError, deposit, undeposited
from countertui.ledger.fsck import fsck
from countertui.ledger.importing.faults import MapRefusedError
from countertui.ledger.keep_terminals import register_terminal
from countertui.ledger.payment_files import PaymentFileRefusedError, Taken, take_file
from countertui.ledger.publish import publish
from countertui.ledger.returned_checks import return_check
from countertui.ledger.taken_back import CorrectionRefusedError
from ledger.at_the_desk import act, ground, new_id, rules_are
from ledger.test_corrections import moved
from ledger.test_ingest import asked
from ledger.test_periods import said
from ledger.test_posting import BOTH, SUSPENSE, balances, charges, items, posted
from ledger.town import DAY, NOW, RULES, Till, allocation, brought, founded, ledger_key, line
from thoroughly import examples

CASH, CHECKS, BANK, LOCKBOX = ("100", "100-1020"), ("100", "100-1030"), ("100", "100-1010"), ("100", "100-1015")
BANKED = replace(
    RULES,
    posting=replace(RULES.posting, bank="100-1010", origins={"lockbox": "100-1015", "ach": "100-1010"}),
    returned_check_fee=Cents(35_00),
    returned_check_gl="100-4410",
)
MAP = """
origin = "lockbox"
money = "cents"
[file]
header = false
width = 5
[columns]
account = 2
amount = 3
payor = 4
reference = 5
[trailer]
column = 1
value = "T"
count = 2
total = 3
"""


@pytest.fixture
def town(books: Books) -> Books:
    rules_are(books, rules_to_json(BANKED))
    return books


@pytest.fixture
def worked(town: Books, key: Ed25519PrivateKey) -> Iterator[Till]:
    """A till whose session S1 was opened, took cash and checks, and was closed one dollar short."""
    till = Till(town)
    register_terminal(town, key, "T1", "HALL", 1, till.identity.public_key, now=NOW)
    till.open("S1")
    till.pay(BOTH, tenders=[("cash", 30_00)])
    till.pay(line("U2", allocation("C3", "510-4310", 40_00)), tenders=[("check", 40_00)])
    tender = till.pay(line("U1", allocation("C1", "510-4310", 30_00)), tenders=[("cash", 10_00), ("check", 20_00)])
    for body in till.bodies:
        for n, each in enumerate(body["data"].get("tenders", [])):
            each["reference"] = f"{body['seq']}{n}" if each["kind"] == "check" else ""
    assert tender
    envelope_bodies = till.bodies
    till.prev, till.records, till.bodies = till.recorder.genesis, [], []
    till.seq = 0
    for body in envelope_bodies:
        till.seq += 1
        signed = till.recorder.seal_record(till.seq, till.prev, body)
        till.prev = signed.h
        till.records.append((signed.body, signed.sig))
        till.bodies.append(body)
        till.all[body["id"]] = body, signed.h
    till.close(234_00, 235_00, {"check": (2, 60_00)})
    posted(town, key, till)
    yield till
    assert fsck(town).differences == ()


def deposited(books: Books, key: Ed25519PrivateKey, bag: str = "B-1", by: str = "dee", second: str = "bo") -> None:
    place = ("T1", 1, "S1")
    act(books, key, deposit, "HALL", bag, [place], by=by, second=second, biz_date=DAY, id_=new_id())


def returned(
    books: Books, key: Ed25519PrivateKey, number: str, check: str, by: str = "dee", second: str = "bo"
) -> None:
    more = {"by": by, "second": second, "reason": "Insufficient funds", "biz_date": DAY, "id_": new_id()}
    act(books, key, return_check, number, check, **more)


def test_a_deposit_is_what_was_counted_less_the_fund(town: Books, key: Ed25519PrivateKey, worked: Till) -> None:
    with ground(town, key) as here:
        (waiting,) = undeposited(here.connection, "HALL")
        assert undeposited(here.connection, "ANNEX") == []
    assert (waiting.session, waiting.total_cents) == ("S1", 94_00)
    deposited(town, key)
    found = balances(town)
    assert (found.get(CASH), found.get(CHECKS), found[BANK]) == (None, None, 94_00)
    with ground(town, key) as here:
        assert undeposited(here.connection) == []


def test_no_session_and_no_bag_is_deposited_twice(town: Books, key: Ed25519PrivateKey, worked: Till) -> None:
    for by, second in (("dee", "dee"), ("ann", "bo"), ("dee", "ann")):
        with pytest.raises(NotAllowed):
            deposited(town, key, by=by, second=second)
    with pytest.raises(DepositRefusedError, match="bag's number"):
        deposited(town, key, bag=" ")
    deposited(town, key)
    with pytest.raises(DepositRefusedError, match="B-1 was used before"):
        deposited(town, key)
    with pytest.raises(DepositRefusedError, match="deposited already"):
        deposited(town, key, bag="B-2")


def test_an_open_session_is_not_deposited(town: Books, key: Ed25519PrivateKey, till: Till) -> None:
    with pytest.raises(DepositRefusedError, match="is not closed here"):
        deposited(town, key)


def test_a_returned_check_puts_charges_back_and_charges_the_fee(
    town: Books, key: Ed25519PrivateKey, worked: Till
) -> None:
    deposited(town, key)
    returned(town, key, "T1-2", "30")
    left = charges(town)
    assert left["C3"] == 70_00
    (fee,) = [name for name in left if name.startswith("RC-")]
    assert left[fee] == 35_00
    assert balances(town)[BANK] == 54_00
    assert asked(town, "SELECT flags FROM account WHERE number = 'U2'") == [("returned-check",)]
    assert asked(town, "SELECT voided FROM receipt_history WHERE receipt_no = 'T1-2'") == [(1,)]


def test_a_returned_check_is_published_for_its_account(town: Books, key: Ed25519PrivateKey, worked: Till) -> None:
    returned(town, key, "T1-2", "30")
    publish(town, key, NOW)
    newest = asked(town, "SELECT MAX(version) FROM snapshot")[0][0]
    (row,) = asked(town, "SELECT receipt_no, reference, account, biz_date, changed_in FROM returned_check")
    assert row == ("T1-2", "30", "U2", DAY, newest)
    with town.writing() as connection:
        connection.exec_driver_sql("DELETE FROM returned_check")
    assert any("returned_check T1-2/30" in told for told in fsck(town).differences)
    with town.writing() as connection:
        connection.exec_driver_sql(f"INSERT INTO returned_check VALUES ('T1-2', '30', 'U2', '{DAY}', {newest})")


def test_before_the_deposit_it_leaves_the_checks_on_hand(town: Books, key: Ed25519PrivateKey, worked: Till) -> None:
    returned(town, key, "T1-2", "30")
    assert balances(town)[CHECKS] == 20_00


def rounding(gl: str, cents: int) -> dict[str, Any]:
    made = line(None, allocation(None, gl, cents) | {"head": "rounding"})
    return made | {"fee": "CASH-ROUNDING", "description": "Cash rounding", "n": 2}


@pytest.mark.parametrize("by", [-2, 2])
def test_a_check_never_paid_what_rounding_made_of_the_cash(
    town: Books, key: Ed25519PrivateKey, worked: Till, by: int
) -> None:
    worked.open("S9")
    before = balances(town)
    lines = line("U2", allocation("C3", "510-4310", 10_00 - by)), rounding("100-4410", by)
    taken = worked.pay(*lines, tenders=[("check", 5_00, "90"), ("cash", 5_00)], session="S9")
    posted(town, key, worked)
    after = balances(town)
    assert after["100", "100-4410"] - before.get(("100", "100-4410"), 0) == -by
    left = charges(town)["C3"]
    returned(town, key, taken["receipt_no"], "90")
    assert charges(town)["C3"] == left + 5_00
    assert balances(town)["100", "100-4410"] == after["100", "100-4410"]


def test_a_check_that_paid_a_part_takes_that_part_back(town: Books, key: Ed25519PrivateKey, worked: Till) -> None:
    before = charges(town)["C1"]
    returned(town, key, "T1-3", "41")
    assert charges(town)["C1"] == before + 20_00
    assert balances(town)[CHECKS] == 40_00


def test_nothing_is_taken_back_twice_from_anywhere(town: Books, key: Ed25519PrivateKey, worked: Till) -> None:
    returned(town, key, "T1-2", "30")
    with pytest.raises(ReturnRefusedError, match="came back before"):
        returned(town, key, "T1-2", "30")
    for number, check in (("T1-2", "31"), ("T1-1", "20"), ("T9-1", "1")):
        with pytest.raises(ReturnRefusedError):
            returned(town, key, number, check)
    with pytest.raises(NotAllowed):
        returned(town, key, "T1-3", "41", by="bo")
    taken = next(body for body in (made for made, _ in worked.all.values()) if body["receipt_no"] == "T1-2")
    worked.refund(taken, worked.ask(Kind.REFUND_REQUEST, taken)["seq"])
    first = next(body for body in (made for made, _ in worked.all.values()) if body["receipt_no"] == "T1-3")
    worked.refund(first, worked.ask(Kind.REFUND_REQUEST, first)["seq"])
    posted(town, key, worked)
    assert items(town) == [("taken-back-twice", -40_00)]
    with pytest.raises(ReturnRefusedError, match="taken back before, by a refund"):
        returned(town, key, "T1-3", "41")


@pytest.fixture
def honest(town: Books, key: Ed25519PrivateKey) -> Till:
    """A till of the register, its session open."""
    till = Till(town)
    register_terminal(town, key, "T1", "HALL", 1, till.identity.public_key, now=NOW)
    till.open("S1")
    return till


def paid_by(till: Till, *tenders: tuple[str, int, str]) -> None:
    """A receipt of 55.00 on C1 and C2, by tenders of these kinds, cents and references."""
    till.pay(line("U1", allocation("C1", "510-4310", 50_00), allocation("C2", "100-4110", 5_00)), tenders=tenders)


@pytest.mark.parametrize("order", ["AB", "BA"])
def test_each_check_of_a_receipt_takes_back_its_own_part(
    town: Books, key: Ed25519PrivateKey, honest: Till, order: str
) -> None:
    paid_by(honest, ("check", 30_00, "A"), ("check", 25_00, "B"))
    posted(town, key, honest)
    for check in order:
        returned(town, key, "T1-1", check)
    assert {name: cents for name, cents in charges(town).items() if not name.startswith("RC-")} == {
        "C1": 50_00,
        "C2": 5_00,
        "C3": 70_00,
    }
    assert balances(town) == {}
    assert asked(town, "SELECT voided FROM receipt_history") == [(1,)]
    assert fsck(town).differences == ()


def test_what_a_check_still_pays_may_be_moved_and_what_came_back_may_not(
    town: Books, key: Ed25519PrivateKey, honest: Till
) -> None:
    paid_by(honest, ("check", 30_00, "A"), ("check", 25_00, "B"))
    posted(town, key, honest)
    returned(town, key, "T1-1", "A")
    with pytest.raises(CorrectionRefusedError, match=r"has 25\.00 there to move"):
        moved(town, key, 2, ToCharge("C1"), ToCharge("C3"), 25_01)
    moved(town, key, 2, ToCharge("C1"), ToCharge("C3"), 25_00)
    with pytest.raises(ReturnRefusedError, match="move that part back"):
        returned(town, key, "T1-1", "B")
    moved(town, key, 2, ToCharge("C3"), ToCharge("C1"), 25_00)
    returned(town, key, "T1-1", "B")
    assert balances(town) == {}
    with pytest.raises(CorrectionRefusedError, match=r"has 0\.00 there to move"):
        moved(town, key, 2, ToCharge("C1"), ToCharge("C3"), 1)
    assert fsck(town).differences == ()


def test_money_of_a_check_that_came_back_whole_is_not_moved(town: Books, key: Ed25519PrivateKey, worked: Till) -> None:
    returned(town, key, "T1-2", "30")
    with pytest.raises(CorrectionRefusedError, match="was taken back, by a returned check"):
        moved(town, key, 3, ToCharge("C3"), ToCharge("C1"), 40_00)


def took(books: Books, key: Ed25519PrivateKey, text: str, tmp: Path, mapping: str = MAP, **more: object) -> Taken:
    file, map_path = tmp / "box.csv", tmp / "map.toml"
    file.write_text(text)
    map_path.write_text(mapping)
    taken: Taken = act(books, key, take_file, file, map_path, by="dee", biz_date=DAY, ids=new_id, **more)
    return taken


FILE = "P,U1,6000,SMITH,1001\nP,U9,2500,NOBODY,1002\nT,2,8500,,\n"


def test_a_file_that_balances_is_posted_and_taken_once(town: Books, key: Ed25519PrivateKey, tmp_path: Path) -> None:
    taken = took(town, key, FILE, tmp_path)
    assert (taken.state, taken.count, taken.total_cents) == ("posted", 2, 85_00)
    assert charges(town) == {"C1": 0, "C2": 0, "C3": 70_00, "CR-U1": -5_00}
    found = balances(town)
    assert (found[LOCKBOX], found[SUSPENSE]) == (85_00, -25_00)
    assert items(town) == [("unknown-account", 25_00)]
    assert asked(town, "SELECT receipt_no, account, cents FROM receipt_history ORDER BY receipt_no") == [
        ("LEDGER-3", "U1", 60_00),
        ("LEDGER-4", "U9", 25_00),
    ]
    assert took(town, key, FILE, tmp_path).state == "posted before"
    assert balances(town) == found
    returned(town, key, "LEDGER-3", "1001")
    assert charges(town)["C1"] == 50_00
    assert balances(town)[LOCKBOX] == 25_00
    assert fsck(town).differences == ()


@pytest.mark.parametrize(
    ("origin", "to"), [("lockbox", LOCKBOX), ("web", CHECKS), ("ach", BANK)], ids=["lockbox", "web", "ach"]
)
def test_each_origin_comes_to_its_own_account_by_its_own_map(
    town: Books, key: Ed25519PrivateKey, tmp_path: Path, origin: str, to: tuple[str, str]
) -> None:
    origins = {"lockbox": "100-1015", "web": "100-1030", "ach": "100-1010"}
    rules_are(town, rules_to_json(replace(BANKED, posting=replace(BANKED.posting, origins=origins))))
    map_ = f'origin = "{origin}"\nmoney = "dollars"\n[columns]\naccount = "Acct"\namount = "Paid"\npayor = "Name"\n'
    taken = took(town, key, "Name,Acct,Paid\nSMITH,U1,60.00\nDOE,U2,1.50\n", tmp_path, map_, control=(2, 61_50))
    assert (taken.origin, taken.state) == (origin, "posted")
    found = balances(town)
    assert found[to] == 61_50
    assert {place for place in (LOCKBOX, CHECKS, BANK) if place in found} == {to}
    assert (charges(town)["C1"], charges(town)["C3"]) == (0, 68_50)
    assert fsck(town).differences == ()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (FILE.replace("T,2", "T,3"), "It says 3 payments and has 2."),
        (FILE.replace("8500", "8400"), "It says 84.00 and has 85.00."),
        (FILE.replace("2500", "25.00"), "Row 2: Its amount is not an amount of cents."),
        (FILE.replace("U9", ""), "Row 2: It names no account."),
        (FILE.replace("NOBODY", "4111111111111111"), "Row 2: It holds what may be a card number."),
        ("P,U1,6000,SMITH,1001\n", "does not say how many"),
    ],
)
def test_a_file_that_does_not_balance_is_held(
    town: Books, key: Ed25519PrivateKey, tmp_path: Path, text: str, says: str
) -> None:
    taken = took(town, key, text, tmp_path)
    assert taken.state == "held"
    assert says in " ".join(taken.reasons)
    assert "4111111111111111" not in str(asked(town, "SELECT body FROM record"))
    assert balances(town) == {}
    assert took(town, key, text, tmp_path).state == "held before"
    assert fsck(town).differences == ()


def test_control_figures_may_be_told(town: Books, key: Ed25519PrivateKey, tmp_path: Path) -> None:
    assert took(town, key, "P,U1,6000,SMITH,1001\n", tmp_path, control=(1, 60_00)).state == "posted"


def test_the_same_payments_in_other_bytes_wait_for_two_people(
    town: Books, key: Ed25519PrivateKey, tmp_path: Path
) -> None:
    took(town, key, FILE, tmp_path)
    found = balances(town)
    for other in (FILE.replace("\n", "\r\n"), FILE + "\n\n", "P,U3,100,NEW,7\n" + FILE.replace("2,8500", "3,8600")):
        taken = took(town, key, other, tmp_path)
        assert taken.state == "held"
        assert "payment 1001 of 60.00 for U1 was posted before, as LEDGER-3." in taken.reasons[0]
    assert balances(town) == found
    for second in ("dee", "ann"):
        with pytest.raises(NotAllowed):
            took(town, key, FILE + "\n", tmp_path, second=second)
    assert took(town, key, FILE + "\n", tmp_path, second="bo").state == "posted"
    assert balances(town)[LOCKBOX] == 170_00
    assert asked(town, "SELECT count(*) FROM payment_file WHERE state = 'posted'") == [(2,)]
    assert fsck(town).differences == ()


def test_payments_without_a_reference_are_known_again_as_a_whole_file(
    town: Books, key: Ed25519PrivateKey, tmp_path: Path
) -> None:
    text = "P,U1,2000,,\nP,U1,2000,,\nT,2,4000,,\n"
    assert took(town, key, text, tmp_path).state == "posted"
    taken = took(town, key, text.replace("\n", "\r\n"), tmp_path)
    assert (taken.state, taken.reasons) == ("held", ("All its payments were posted before, by record LEDGER-2.",))
    assert took(town, key, "P,U1,2000,,\nT,1,2000,,\n", tmp_path).state == "posted"


def test_a_payment_twice_in_one_file_waits(town: Books, key: Ed25519PrivateKey, tmp_path: Path) -> None:
    taken = took(town, key, "P,U1,2000,,7\nP,U1,2000,,7\nT,2,4000,,\n", tmp_path)
    assert (taken.state, taken.reasons) == ("held", ("Row 2: payment 7 of 20.00 for U1 is row 1 again.",))


def test_a_check_that_came_back_may_come_again(town: Books, key: Ed25519PrivateKey, tmp_path: Path) -> None:
    text = "P,U1,2000,,7\nT,1,2000,,\n"
    took(town, key, text, tmp_path)
    returned(town, key, "LEDGER-3", "7")
    assert took(town, key, text.replace("\n", "\r\n"), tmp_path).state == "posted"


def test_a_file_held_for_a_mistyped_figure_is_posted_by_the_right_one(
    town: Books, key: Ed25519PrivateKey, tmp_path: Path
) -> None:
    text, mapping = "P,U1,2000,SMITH,7\n", MAP.partition("[trailer]")[0]
    wrong = took(town, key, text, tmp_path, mapping, control=(1, 20_01))
    assert wrong.state == "held"
    again = took(town, key, text, tmp_path, mapping, control=(1, 20_01))
    assert (again.state, again.reasons) == ("held before", wrong.reasons)
    assert took(town, key, text, tmp_path, mapping, control=(1, 20_00)).state == "posted"
    assert took(town, key, text, tmp_path, mapping, control=(1, 20_00)).state == "posted before"
    assert asked(town, "SELECT state, seq FROM payment_file") == [("posted", 3)]
    assert balances(town)[LOCKBOX] == 20_00
    assert fsck(town).differences == ()


def test_two_people_can_not_post_a_file_that_does_not_balance(
    town: Books, key: Ed25519PrivateKey, tmp_path: Path
) -> None:
    assert took(town, key, FILE.replace("T,2", "T,3"), tmp_path, second="bo").state == "held"


def test_what_is_hashed_is_what_is_posted_and_a_file_has_a_size(
    town: Books, key: Ed25519PrivateKey, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(payment_files, "MOST_BYTES", len(FILE) - 1)
    with pytest.raises(PaymentFileRefusedError, match="at most"):
        took(town, key, FILE, tmp_path)


def test_a_payment_of_a_closed_month_waits_in_suspense(town: Books, key: Ed25519PrivateKey, tmp_path: Path) -> None:
    said(town, key, DeskKind.PERIOD_CLOSE, "2026-11")
    assert took(town, key, FILE, tmp_path).state == "posted"
    assert balances(town) == {LOCKBOX: 85_00, SUSPENSE: -85_00}
    assert fsck(town).differences == ()


def test_an_origin_and_columns_that_are_not_there_are_refused(
    town: Books, key: Ed25519PrivateKey, tmp_path: Path
) -> None:
    with pytest.raises(PaymentFileRefusedError, match="no account for web") as refused:
        took(town, key, FILE, tmp_path, MAP.replace('"lockbox"', '"web"'))
    assert "as web in gl.toml" in refused.value.press
    with pytest.raises(MapRefusedError, match="has 5 columns"):
        took(town, key, FILE, tmp_path, MAP.replace("amount = 3", "amount = 9"))
    with pytest.raises(MapRefusedError, match="no column Paid"):
        took(town, key, FILE, tmp_path, MAP.replace("amount = 3", 'amount = "Paid"'))
    assert asked(town, "SELECT count(*) FROM record WHERE kind IN ('payment_file', 'remittance')") == [(0,)]


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("fresh") / "ledger"
    books = founded(folder)
    rules_are(books, rules_to_json(BANKED))
    books.close()
    return folder


@settings(max_examples=examples(20), deadline=None)
@given(
    rows=st.lists(
        st.tuples(st.sampled_from(["U1", "U2", "U3", "U9", "X"]), st.integers(1, 10**9)), min_size=1, max_size=6
    )
)
def test_any_file_that_balances_is_in_the_books_to_the_cent(fresh: Path, rows: list[tuple[str, int]]) -> None:
    with TemporaryDirectory() as tmp:
        books = open_books(Path(shutil.copytree(fresh, Path(tmp) / "ledger")))
        key, total = ledger_key(books), sum(cents for _, cents in rows)
        text = "".join(f"P,{account},{cents},,{n}\n" for n, (account, cents) in enumerate(rows))
        owed = sum(charges(books).values())
        assert took(books, key, f"{text}T,{len(rows)},{total},,\n", Path(tmp)).state == "posted"
        found = balances(books)
        unknown = sum(cents for account, cents in rows if account in ("U9", "X"))
        assert found[LOCKBOX] == total
        assert found.get(SUSPENSE, 0) == -unknown
        assert sum(charges(books).values()) == owed - (total - unknown)
        assert fsck(books).differences == ()
        books.close()


def test_nobody_agrees_to_the_deposit_of_their_own_drawer(town: Books, key: Ed25519PrivateKey, worked: Till) -> None:
    roles_are(town, "ann", "cashier lead")
    with pytest.raises(NotAllowed, match="took part"):
        deposited(town, key, second="ann")
    assert asked(town, "SELECT COUNT(*) FROM bag") == [(0,)]


@pytest.mark.parametrize(("by", "second"), [("dee", "dee"), ("dee", "ann"), ("ann", "bo"), ("dee", "nobody")])
def test_a_returned_check_takes_two_who_did_not_take_it(
    town: Books, key: Ed25519PrivateKey, by: str, second: str
) -> None:
    roles_are(town, "ann", "cashier technician")
    till = Till(town).registered(town)
    till.pay(line("U1", allocation("C1", "510-4310", 10_00)), tenders=[("check", 10_00)])
    posted(town, key, till)
    with pytest.raises(NotAllowed):
        returned(town, key, "T1-1", "", by=by, second=second)
    assert asked(town, "SELECT COUNT(*) FROM returned") == [(0,)]
    returned(town, key, "T1-1", "")
    record = asked(town, "SELECT body FROM record WHERE kind = 'returned_check'")[0][0]
    assert (json.loads(record)["operator"], json.loads(record)["approver"]) == ("dee", "bo")


def roles_are(books: Books, id_: str, roles: str) -> None:
    (row,) = asked(books, f"SELECT id, name, verifier, active_from, active_to FROM operator WHERE id = '{id_}'")
    brought(books, "operator", [(*row[:2], roles, *row[2:])])
