"""What the demo's bank says of the demo's deposits: alike in both forms, read back, and reconciled as expected."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from countertui.demo.bank_files import (
    FEE_CENTS,
    MISCOUNTED_CENTS,
    OfAccount,
    as_bai2,
    as_ofx,
    lines_of,
    write_bank_files,
)
from countertui.domain.bank_matching import AtBank, Line, pairs
from countertui.domain.bank_statement import LineKind, identities
from countertui.ledger.bank.booking import open_lines, returned
from countertui.ledger.bank.explaining import explain, explain_booked
from countertui.ledger.bank.faults import BankRefusedError
from countertui.ledger.bank.reading import read_bank_file
from countertui.ledger.bank.returned_items import as_rows
from countertui.ledger.bank.taking_in import take_in
from countertui.ledger.books import Books
from countertui.ledger.returned_list import match_list, return_list
from ledger.at_the_desk import act, ground, new_id
from ledger.bank import test_booking
from ledger.bank.test_booking import booked, found
from ledger.town import DAY

TODAY = date.fromisoformat(DAY)
BANK = "101-1001", frozenset({"4410"})
TWO = [AtBank(4, "B-1", 94_00, TODAY, *BANK), AtBank(9, "B-2", 1_200_00, TODAY, *BANK)]
town, worked, banked = test_booking.town, test_booking.worked, test_booking.banked


def write(books: Books, folder: Path) -> list[Path]:
    with books.reading() as connection:
        return write_bank_files(connection, folder, TODAY)


def test_both_forms_say_the_same_lines() -> None:
    says = lines_of(TWO, ("3007", 40_00), "4410", TODAY, charged=False)
    both = [OfAccount("4410", says, 100_00, 100_00 + sum(one.cents for one in says)), OfAccount("5520", [], 7, -7)]
    bai2, ofx = (read_bank_file(form(both, TODAY).encode()) for form in (as_bai2, as_ofx))
    assert (bai2.form, ofx.form, bai2.accounts, ofx.accounts) == ("BAI2", "OFX", ("4410", "5520"), ("4410", "5520"))
    assert [each.closed for each in bai2.balances] == [each.closed for each in ofx.balances]
    assert identities(bai2.lines) == identities(ofx.lines)
    for statement in (bai2, ofx):
        told = [(line.cents, line.kind, line.reference if line.cents > 0 else line.check) for line in statement.lines]
        assert told == [
            (94_00, LineKind.DEPOSIT, "B-1"),
            (1_200_00 - MISCOUNTED_CENTS, LineKind.DEPOSIT, "B-2"),
            (-40_00, LineKind.RETURNED, "3007"),
            (-FEE_CENTS, LineKind.DEBIT, ""),
        ]
        lines = [Line(str(n), line) for n, line in enumerate(statement.lines)]
        assert [(pair.deposit.bag, pair.confidence, pair.off_cents) for pair in pairs(TWO, lines)] == [
            ("B-1", 100, 0),
            ("B-2", 70, -MISCOUNTED_CENTS),
        ]


def test_the_demo_s_own_deposit_is_followed_to_the_bank_s_line(
    banked: Books, key: Ed25519PrivateKey, tmp_path: Path
) -> None:
    written = write(banked, tmp_path / "bank")
    assert [path.name for path in written] == [f"{DAY}.bai", f"{DAY}.ofx"]
    assert write(banked, tmp_path / "bank") == []
    first, other_form = written
    act(banked, key, take_in, first.name, first.read_bytes(), by="dee", biz_date=DAY, id_=new_id())
    with pytest.raises(BankRefusedError, match=rf"These 3 lines are there from {first.name} of 11/23/2026"):
        act(banked, key, take_in, other_form.name, other_form.read_bytes(), by="dee", biz_date=DAY, id_=new_id())
    what = found(banked, key)
    assert [(pair.deposit.bag, pair.confidence, pair.off_cents) for pair in what] == [("B-1", 100, 0)]
    booked(banked, key, what)
    more = {"by": "dee", "second": "bo", "biz_date": DAY}
    with ground(banked, key) as here:
        item, fee = sorted(open_lines(here.connection), key=lambda line: line.says.kind, reverse=True)
        assert (fee.says.cents, item.says.kind) == (-FEE_CENTS, LineKind.RETURNED)
        (listed,) = match_list(here.connection, as_rows(returned([item])))
        assert listed.matched
        return_list(here, [listed], ids=new_id, **more)
        explain_booked(here, item.identity, reason="Returned", id_=new_id(), **more)
        explain(here, fee.identity, "100-4410", reason="Fee of the month", id_=new_id(), **more)
        assert open_lines(here.connection) == []
    assert write(banked, tmp_path / "bank") == []


def test_a_month_is_charged_once_and_another_deposit_has_a_file_of_its_own(
    banked: Books, key: Ed25519PrivateKey, tmp_path: Path
) -> None:
    folder = tmp_path / "bank"
    for path in write(banked, folder):
        path.write_text(path.read_text().replace("B-1", "B-0"))
    again = write(banked, folder)
    assert [path.name for path in again] == [f"{DAY}-2.bai", f"{DAY}-2.ofx"]
    lines = read_bank_file(again[0].read_bytes()).lines
    assert [line.kind for line in lines] == [LineKind.DEPOSIT, LineKind.RETURNED]
    assert lines[1].check not in (folder / f"{DAY}.ofx").read_text()
