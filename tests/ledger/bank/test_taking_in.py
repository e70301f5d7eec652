"""A statement given again in another form: nothing comes in twice, and an overlap brings its new days alone."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import select

from countertui.ledger import tables
from countertui.ledger.bank.booking import open_lines
from countertui.ledger.bank.faults import BankRefusedError
from countertui.ledger.bank.taking_in import checked
from countertui.ledger.books import Books
from ledger.at_the_desk import ground
from ledger.bank import test_booking
from ledger.bank.test_bank_files import OFX
from ledger.bank.test_booking import day_of, taken
from ledger.town import DAY

town, worked, banked = test_booking.town, test_booking.worked, test_booking.banked
DEPOSIT, FEE = "16,301,9400,0,BK1,B1,BRANCH DEPOSIT/", "16,698,1200,Z,BK2,,ANALYSIS FEE/"
TODAY, AFTER = DAY.replace("-", ""), "20261124"


def ofx(*lines: tuple[str, str, str, str], closed: str = "") -> bytes:
    """An OFX file of lines: day, amount, id, words."""
    told = "".join(
        f"<STMTTRN><TRNTYPE>OTHER<DTPOSTED>{day}<TRNAMT>{amount}<FITID>{id_}<NAME>{words}</STMTTRN>\n"
        for day, amount, id_, words in lines
    )
    held = f"<LEDGERBAL><BALAMT>{closed}<DTASOF>{TODAY}</LEDGERBAL></STMTRS>" if closed else "</STMTRS>"
    return OFX.format(lines=told).replace("</STMTRS>", held).encode()


SAME = (TODAY, "94.00", "F1", "DEPOSIT B1"), (TODAY, "-12.00", "F2", "SERVICE CHARGE")


def lines_there(books: Books, key: Ed25519PrivateKey) -> list[tuple[str, int]]:
    with ground(books, key) as here:
        return sorted((line.says.dated.isoformat(), line.says.cents) for line in open_lines(here.connection))


def test_a_statement_given_in_both_forms_comes_in_once(banked: Books, key: Ed25519PrivateKey) -> None:
    taken(banked, key, day_of(DEPOSIT, FEE))
    for again in (ofx(*SAME), ofx(SAME[1]), day_of(DEPOSIT), ofx(*SAME, closed="1000.00")):
        with pytest.raises(BankRefusedError, match=r"there from bank\.bai of 11/23/2026"):
            taken(banked, key, again)
    assert lines_there(banked, key) == [(DAY, -12_00), (DAY, 94_00)]


def test_an_overlap_brings_its_new_days_and_says_so(banked: Books, key: Ed25519PrivateKey) -> None:
    taken(banked, key, day_of(DEPOSIT, FEE))
    data = ofx(*SAME, (AFTER, "-12.00", "F3", "SERVICE CHARGE"))
    with ground(banked, key) as here:
        assert checked(here.connection, data).again == (
            "2 lines are there from bank.bai of 11/23/2026, and not taken in again."
        )
    said = taken(banked, key, data)
    assert (said["seen"], [line["dated"] for line in said["lines"]]) == (2, ["2026-11-24"])
    assert lines_there(banked, key) == [(DAY, -12_00), (DAY, 94_00), ("2026-11-24", -12_00)]


def test_a_file_that_tells_a_day_apart_is_refused_with_its_line(banked: Books, key: Ed25519PrivateKey) -> None:
    taken(banked, key, day_of(DEPOSIT, FEE))
    with pytest.raises(BankRefusedError, match=r"Line 7: 60\.00 of 11/23/2026 is not in bank\.bai"):
        taken(banked, key, ofx((TODAY, "60.00", "F1", "DEPOSIT B1"), (TODAY, "-12.00", "F2", "FEE")))
    assert lines_there(banked, key) == [(DAY, -12_00), (DAY, 94_00)]


def test_a_second_fee_comes_in_where_the_account_held_that_much_less(banked: Books, key: Ed25519PrivateKey) -> None:
    taken(banked, key, day_of(FEE))  # its account began with 1,000.00 and ended with it, less what is not told
    fees = ofx((TODAY, "-12.00", "F2", "FEE"), (TODAY, "-12.00", "F3", "FEE"), closed="988.00")
    said = taken(banked, key, fees)
    assert [line["cents"] for line in said["lines"]] == [-12_00]
    with ground(banked, key) as here:
        held = here.connection.execute(select(tables.bank_balance).order_by("file_seq")).mappings().all()
        files = here.connection.execute(select(tables.bank_file).order_by("seq")).mappings().all()
    assert [(row["account"], row["dated"], row["opened"], row["closed"]) for row in held] == [
        ("4410", DAY, 1_000_00, 1_000_00),
        ("4410", DAY, None, 988_00),
    ]
    assert [(row["form"], row["biz_date"], row["first_day"], row["last_day"]) for row in files] == [
        ("BAI2", DAY, DAY, DAY),
        ("OFX", DAY, DAY, DAY),
    ]
    assert [(row["lines"], row["seen"]) for row in files] == [(1, 0), (1, 1)]
