"""The bank at the desk: what matches is shown before it is booked, and what is done is what was shown."""

from __future__ import annotations

import json
import zlib
from base64 import b64encode
from types import SimpleNamespace
from typing import Any, cast

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import select

from countertui.counter import ledger_bank as there
from countertui.counter.station import Station
from countertui.domain.rights import NotAllowed, Role
from countertui.forms import ValidationError, read_as
from countertui.ledger import tables
from countertui.ledger.bank.faults import BankFileRefusedError, BankRefusedError
from countertui.ledger.books import Books
from countertui.ledger.desk_bank import ACTS, MOST_INFLATED, READS, inflated
from countertui.ledger.desk_calls import Looking
from countertui.ledger.desk_reads.bank import DepositAsked, NotAtBankError
from countertui.machine import SystemClock
from ledger.at_the_desk import ground, new_id
from ledger.bank import test_booking
from ledger.bank.test_booking import day_of
from ledger.test_posting import posted
from ledger.test_safe_bags import drops, of_bags, opens
from ledger.test_terminal_deposits import puts, till_of
from ledger.town import DAY, NOW

STATION = cast("Station", SimpleNamespace(clock=SystemClock()))
town, worked, banked = test_booking.town, test_booking.worked, test_booking.banked
DEPOSIT, FEE, BACK = "16,301,9400,0,,B1,DEPOSIT/", "16,698,1200,Z,,,FEE/", "16,555,4000,0,,30,RETURNED ITEM/"


def asked(books: Books, name: str, /, **args: Any) -> dict[str, Any]:
    call = READS[name]
    with books.reading() as connection:
        look = Looking(connection, "dee", "dee", frozenset({Role.TECHNICIAN}), NOW)
        said: dict[str, Any] = json.loads(json.dumps(call.read(look, read_as(call.form, args))))
    return said


def done(books: Books, key: Ed25519PrivateKey, name: str, /, second: str = "bo", **args: Any) -> dict[str, Any]:
    call = ACTS[name]
    with ground(books, key) as here:
        return dict(call.does(here, read_as(call.form, args), "dee", second, new_id()))


def sent(data: bytes) -> str:
    return b64encode(zlib.compress(data)).decode()


def test_a_file_from_a_terminal_is_matched_then_booked_as_it_was_shown(banked: Books, key: Ed25519PrivateKey) -> None:
    said = done(banked, key, "bank.take", second="", name="fri.bai", data=sent(day_of(DEPOSIT, FEE)))
    assert (said["lines"], said["seen"]) == (2, 0)
    page = there.read_bank(STATION, asked(banked, "bank"))
    (pair,) = page.pairs
    assert (pair.deposit.bag, pair.confidence, pair.why, pair.off_cents) == ("B-1", 100, "bag and amount", 0)
    assert (page.counts.lines, page.lines[0].cents, page.lines[0].kind) == (1, -12_00, "other debit")
    assert (page.accounts[0].account, page.accounts[0].dated, page.accounts[0].closed) == ("100-1010", DAY, 1_000_00)
    shown = {"deposit": pair.deposit.deposit, "lines": [line.line for line in pair.lines], "off_cents": 0}
    for false in (shown | {"off_cents": 1}, shown | {"lines": ["0" * 64]}, shown | {"deposit": 99}):
        with pytest.raises(BankRefusedError, match="matches otherwise than it was shown"):
            done(banked, key, "bank.book", pairs=[false])
    with pytest.raises(NotAllowed):
        done(banked, key, "bank.book", second="dee", pairs=[shown])
    before = there.read_bank_deposit(STATION, asked(banked, "bank.deposit", deposit=shown["deposit"]))
    assert (before.booked, before.pair is not None, before.lines) == (None, True, [])
    done(banked, key, "bank.book", pairs=[shown])
    after = there.read_bank_deposit(STATION, asked(banked, "bank.deposit", deposit=shown["deposit"]))
    assert after.booked is not None
    assert (after.booked.by, after.booked.second, after.booked.confidence) == ("dee", "bo", 100)
    assert ([line.cents for line in after.lines], after.pair) == ([94_00], None)
    assert sum(each.cents for each in after.sessions) == 95_00  # its drawers took that, and were 1.00 short
    assert there.read_bank(STATION, asked(banked, "bank")).pairs == []
    (file,) = there.read_bank_files(STATION, asked(banked, "bank.files")).files
    lines = there.read_bank_file_lines(STATION, asked(banked, "bank.file", file=file.seq)).lines
    assert [(line.deposit, line.explained) for line in lines] == [(shown["deposit"], False), (None, False)]
    done(banked, key, "bank.unbook", deposit=shown["deposit"], reason="Another bag")
    assert len(there.read_bank(STATION, asked(banked, "bank")).pairs) == 1


def test_a_line_is_explained_and_taken_back(banked: Books, key: Ed25519PrivateKey) -> None:
    done(banked, key, "bank.take", second="", name="fri.bai", data=sent(day_of(FEE)))
    (line,) = there.read_bank(STATION, asked(banked, "bank")).lines
    with pytest.raises(BankRefusedError, match="no returned check"):
        done(banked, key, "bank.explain", line=line.line, gl="", reason="?")
    done(banked, key, "bank.explain", line=line.line, gl="100-4410", reason="Fee of the month")
    seen = there.read_bank_line(STATION, asked(banked, "bank.line", line=line.line))
    assert seen.explained is not None
    assert (seen.explained.gl, seen.explained.reason, seen.explained.by, seen.explained.second) == (
        "100-4410",
        "Fee of the month",
        "dee",
        "bo",
    )
    assert (seen.file, there.read_bank(STATION, asked(banked, "bank")).lines) == ("fri.bai", [])
    done(banked, key, "bank.unexplain", line=line.line, reason="Another account")
    assert there.read_bank_line(STATION, asked(banked, "bank.line", line=line.line)).explained is None


def test_a_returned_item_takes_back_what_its_check_paid_once(banked: Books, key: Ed25519PrivateKey) -> None:
    done(banked, key, "bank.take", second="", name="fri.bai", data=sent(day_of(BACK)))
    (line,) = there.read_bank(STATION, asked(banked, "bank")).lines
    assert line.returned is not None
    assert (line.returned.check, line.returned.why_not) == ("30", "")
    assert done(banked, key, "bank.return", line=line.line)["receipt_no"] == line.returned.receipt_no
    assert there.read_bank(STATION, asked(banked, "bank")).lines == []
    with pytest.raises(BankRefusedError, match="came back before"):
        done(banked, key, "bank.return", line=line.line)


def test_statements_taken_in_are_listed_newest_first(banked: Books, key: Ed25519PrivateKey) -> None:
    for n, detail in enumerate((DEPOSIT, FEE)):
        done(banked, key, "bank.take", second="", name=f"{n}.bai", data=sent(day_of(detail)))
    said = there.read_bank_files(STATION, asked(banked, "bank.files"))
    assert [(file.name, file.form, file.by, file.lines) for file in said.files] == [
        ("1.bai", "BAI2", "dee", 1),
        ("0.bai", "BAI2", "dee", 1),
    ]
    assert said.files[0].balances[0].closed == 1_000_00
    assert there.read_bank_files(STATION, asked(banked, "bank.files", before=said.files[1].seq)).files == []


def test_what_is_no_file_changes_nothing(banked: Books, key: Ed25519PrivateKey) -> None:
    for data in (sent(b"nothing"), sent(day_of(FEE)[:-20]), sent(day_of(FEE))[:-8], "§", ""):
        with pytest.raises(BankFileRefusedError):
            done(banked, key, "bank.take", second="", name="x", data=data)
    with pytest.raises(BankFileRefusedError, match="larger than 4 MiB"):
        inflated(sent(bytes(MOST_INFLATED + 1)))
    assert len(inflated(sent(bytes(MOST_INFLATED)))) == MOST_INFLATED
    assert asked(banked, "bank.files")["files"] == []


def test_nonsense_names_nothing(banked: Books) -> None:
    for name, args in (
        ("bank.deposit", {"deposit": 99}),
        ("bank.line", {"line": "0" * 64}),
        ("bank.file", {"file": 9}),
    ):
        with pytest.raises(NotAtBankError):
            asked(banked, name, **args)
    with pytest.raises(ValidationError):
        asked(banked, "bank.line", line="' OR 1=1")


def whose(books: Books, deposit: int, who: str = "dee", role: Role = Role.TECHNICIAN) -> list[tuple[str, int | None]]:
    with books.reading() as connection:
        look = Looking(connection, who, who, frozenset({role}), NOW)
        said = READS["bank.deposit"].read(look, DepositAsked(deposit))
    page = there.read_bank_deposit(STATION, said)
    return [(" ".join(each.bags) or str(each.receipts), each.cents) for each in page.sessions]


def test_what_drawers_took_is_for_who_may_see_it(banked: Books) -> None:
    with banked.reading() as connection:
        deposit = connection.execute(select(tables.deposit.c.no)).scalar_one()
    assert whose(banked, deposit, role=Role.AUDITOR) == [("3", 95_00)]
    assert whose(banked, deposit, role=Role.ADMIN) == [("3", None)]


def test_a_deposit_of_dropped_bags_names_their_drawers_and_no_more(town: Books, key: Ed25519PrivateKey) -> None:
    till = till_of(town, key, "T1")
    opens(till)
    bags = [drops(till, "S-1", 30_00), drops(till, "S-2", 10_00)]
    puts(till, of_bags(till, bags, 40_00))
    posted(town, key, till)
    with town.reading() as connection:
        deposit = connection.execute(select(tables.deposit.c.no)).scalar_one()
    for who, role in (("dee", Role.TECHNICIAN), ("ann", Role.LEAD), ("ken", Role.ADMIN)):
        assert whose(town, deposit, who, role) == [("S-1 S-2", 40_00)]
