"""What is owed by check: every approved refund once, in one file, whose bytes never change."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from countertui.domain.desk_records import Verdict
from countertui.domain.records import Kind
from countertui.domain.rights import NotAllowed
from countertui.ledger.books import Books
from countertui.ledger.fsck import fsck
from countertui.ledger.payables import Owed, owe
from countertui.ledger.payables_export import (
    COLUMNS,
    Exported,
    ExportRefusedError,
    export_payables,
    exported_again,
    waiting,
)
from countertui.ledger.requests import decide
from ledger.at_the_desk import act, new_id
from ledger.test_checks_returned import OWED, opened
from ledger.test_ingest import asked
from ledger.test_posting import balances, items, posted
from ledger.town import DAY, Till, allocation, line


@pytest.fixture
def till(books: Books, key: Ed25519PrivateKey) -> Till:
    return opened(books, key, "T1")


def exported(books: Books, key: Ed25519PrivateKey, by: str = "dee") -> Exported:
    made: Exported = act(books, key, export_payables, by=by, biz_date=DAY, id_=new_id())
    return made


def taken(till: Till, cents: int = 20_00, **head: Any) -> dict[str, Any]:
    return till.pay(line("U1", allocation("C1", "510-4310", cents)), **head)


def refunded(till: Till, receipt: dict[str, Any], method: str = "ap_check") -> None:
    till.refund(receipt, till.ask(Kind.REFUND_REQUEST, receipt, method)["seq"], method)


def lines(made: Exported) -> list[list[str]]:
    return list(csv.reader(io.StringIO(made.data.decode())))


def test_a_refund_by_check_is_owed_and_one_in_cash_is_not(books: Books, key: Ed25519PrivateKey, till: Till) -> None:
    first, second = taken(till), taken(till, 5_00)
    till.close(225_00, 225_00)
    till.open("S2")
    refunded(till, first)
    till.refund(second, till.ask(Kind.REFUND_REQUEST, second, "cash", session="S2")["seq"], "cash", session="S2")
    posted(books, key, till)
    assert items(books) == []
    with books.reading() as connection:
        (row,) = waiting(connection)
    assert (row["no"], row["kind"], row["reference"], row["account"]) == (1, "refund", "T1-1", "U1")
    assert (row["payee"], row["address"], row["reason"], row["cents"]) == ("Somebody", "1 Elm St", "Paid twice", 20_00)
    assert balances(books)[OWED] == -20_00
    assert fsck(books).differences == ()


def test_one_that_the_ledger_decided_is_owed_too(books: Books, key: Ed25519PrivateKey, till: Till) -> None:
    receipt = taken(till)
    till.close(220_00, 220_00)
    request = till.ask(Kind.REFUND_REQUEST, receipt)
    posted(books, key, till)
    more = {"by": "bo", "reason": "Paid twice", "biz_date": DAY, "id_": new_id()}
    act(books, key, decide, "T1", 1, request["seq"], Verdict.APPROVE, **more)
    with books.reading() as connection:
        (row,) = waiting(connection)
    assert (row["terminal"], row["reference"], row["cents"]) == ("LEDGER", "T1-1", 20_00)
    assert fsck(books).differences == ()


def test_a_refund_that_may_not_stand_is_owed_to_nobody(books: Books, key: Ed25519PrivateKey, till: Till) -> None:
    receipt = taken(till)
    till.close(220_00, 220_00)
    refunded(till, receipt)
    refunded(till, receipt)
    posted(books, key, till)
    assert items(books) == [("taken-back-twice", -20_00)]
    assert asked(books, "SELECT COUNT(*) FROM payable") == [(1,)]


def test_each_is_in_one_file_and_the_file_is_the_same_for_ever(
    books: Books, key: Ed25519PrivateKey, till: Till
) -> None:
    first, second = taken(till), taken(till, 5_00)
    till.close(225_00, 225_00)
    refunded(till, first)
    posted(books, key, till)
    one = exported(books, key)
    assert (one.export_no, one.count, one.total_cents) == (1, 1, 20_00)
    with pytest.raises(ExportRefusedError, match="Nothing waits"):
        exported(books, key)
    refunded(till, second)
    posted(books, key, till)
    two = exported(books, key)
    assert lines(two)[0] == list(COLUMNS)
    assert [each[:3] + each[-1:] for each in lines(two)[1:]] == [
        ["2", "2", "refund", "5.00"],
        ["2", "TRAILER", "", "5.00"],
    ]
    assert lines(two)[-1][-2] == "1"
    with books.writing() as connection:
        connection.exec_driver_sql("UPDATE account SET address = 'elsewhere' WHERE number = 'U1'")
        assert exported_again(connection, 1).data == one.data
        assert exported_again(connection, 2) == two
        connection.exec_driver_sql("UPDATE account SET address = '1 Elm St' WHERE number = 'U1'")
        with pytest.raises(ExportRefusedError, match="No file 3"):
            exported_again(connection, 3)
    assert fsck(books).differences == ()


def test_a_file_of_altered_books_is_not_made_again(books: Books, key: Ed25519PrivateKey, till: Till) -> None:
    receipt = taken(till)
    till.close(220_00, 220_00)
    refunded(till, receipt)
    posted(books, key, till)
    exported(books, key)
    with books.writing() as connection:
        connection.exec_driver_sql("UPDATE payable SET payee = 'Mallory'")
    with books.reading() as connection, pytest.raises(ExportRefusedError, match="were altered"):
        exported_again(connection, 1)
    assert any("payable 1: payee" in told for told in fsck(books).differences)


@pytest.mark.parametrize("by", ["ann", "bo", "eli", "nobody"])
def test_only_a_technician_hands_it_over(books: Books, key: Ed25519PrivateKey, till: Till, by: str) -> None:
    receipt = taken(till)
    till.close(220_00, 220_00)
    refunded(till, receipt)
    posted(books, key, till)
    with pytest.raises(NotAllowed):
        exported(books, key, by)
    assert exported(books, key).count == 1


def test_what_a_spreadsheet_would_run_is_text(books: Books, key: Ed25519PrivateKey, till: Till) -> None:
    owed = Owed("refund", "T1", 1, 2, DAY, "T1-1", "", "=1+1", "@a", "-b", 5)
    with books.writing() as connection:
        owe(connection, [owed])
    assert lines(exported(books, key))[1][6:9] == ["'=1+1", "'@a", "'-b"]


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(1, 30_00), st.booleans()), max_size=6))
def test_refunds_payable_is_what_is_owed_and_was_handed_over(
    books: Books, key: Ed25519PrivateKey, refunds: list[tuple[int, bool]]
) -> None:
    before = asked(books, "SELECT COALESCE(SUM(cents), 0), COUNT(*) FROM payable")[0]
    code = f"H{asked(books, 'SELECT COUNT(*) FROM terminal')[0][0]}"
    till = opened(books, key, code)
    receipts = [taken(till, cents) for cents, _ in refunds]
    cash = sum(cents for cents, _ in refunds)
    till.close(200_00 + cash, 200_00 + cash)
    files = 0
    for receipt, hands_over in zip(receipts, (each for _, each in refunds), strict=True):
        refunded(till, receipt)
        posted(books, key, till)
        if hands_over:
            files += exported(books, key).total_cents
    left = 0 if not asked(books, "SELECT 1 FROM payable WHERE export_no IS NULL") else exported(books, key).total_cents
    total, count = asked(books, "SELECT COALESCE(SUM(cents), 0), COUNT(*) FROM payable")[0]
    assert (total - before[0], count - before[1]) == (cash, len(refunds))  # type: ignore[operator]
    assert files + left == cash
    assert balances(books).get(OWED, 0) == -total  # type: ignore[operator]
