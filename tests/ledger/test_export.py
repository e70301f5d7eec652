import csv
import io
import re
from collections import defaultdict
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from beancount import loader
from beancount.core import realization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import insert

from countertui.domain.records import Kind
from countertui.ledger import export as module
from countertui.ledger import tables
from countertui.ledger.books import Books
from countertui.ledger.entries import write_entries
from countertui.ledger.export import account_names, entries, export, last_entry
from countertui.ledger.ingest import ingest
from ledger.test_ingest import asked
from ledger.town import NOW, Till, allocation, line


@pytest.fixture
def a_day(books: Books, key: Ed25519PrivateKey, till: Till) -> Books:
    till.pay(
        line("U1", allocation("C1", "510-4310", 20_01), allocation("C2", "100-4110", 5_00)),
        line(None, allocation(None, "100-4410", 75)),
        tenders=[("check", 20_00), ("cash", 10_00)],
    )
    taken = till.pay(line("U2", allocation("C3", "510-4310", 33_33)), biz_date="2026-11-24")
    till.pay(line("U9", allocation("C9", "no such", 7)))
    till.void(taken, biz_date="2026-11-24")
    refunded = till.pay(line("U3", allocation(None, "510-2310", 1_99)))
    till.refund(refunded, till.ask(Kind.REFUND_REQUEST, refunded)["seq"])
    till.close(199_95, 200_00)
    assert ingest(books, key, till.seal(), "T1", 1, 1, NOW).status == 201
    return books


def kept(books: Books) -> dict[str, Decimal]:
    names = account_names(books)
    return {
        names[fund, account].name: Decimal(cents) / 100
        for fund, account, cents in asked(books, "SELECT fund, account, cents FROM gl_balance")
    }


def test_beancount_accepts_the_books_and_agrees_to_the_cent(a_day: Books, tmp_path: Path) -> None:
    path = tmp_path / "books.beancount"
    path.write_text("".join(export(a_day, "beancount")), encoding="utf-8")
    loaded, errors, _ = loader.load_file(str(path))
    assert errors == []
    real = realization.realize(loaded)
    found = {
        name: balance.get_currency_units("USD").number
        for name in kept(a_day)
        if (balance := realization.compute_balance(realization.get(real, name))) is not None
    }
    assert found == kept(a_day)
    assert sum(1 for each in loaded if type(each).__name__ == "Balance") == len(found)


def test_beancount_notices_a_cent(a_day: Books, tmp_path: Path) -> None:
    path = tmp_path / "books.beancount"
    text = "".join(export(a_day, "beancount"))
    path.write_text(text.replace("  20.00 USD", "  20.01 USD", 1), encoding="utf-8")
    assert loader.load_file(str(path))[1] != []


def test_hledger_lines_balance_and_agree(a_day: Books) -> None:
    text = "".join(export(a_day, "hledger"))
    declared = set(re.findall(r"^account (\S+)  ; \S", text, re.MULTILINE))
    sums: defaultdict[str, Decimal] = defaultdict(Decimal)
    blocks = re.split(r"\n\n(?=\d{4}-)", text)[1:]
    for block in blocks:
        lines = re.findall(r"^    (\S+)  (-?\d+\.\d\d) USD$", block, re.MULTILINE)
        assert len(lines) == len(block.strip().splitlines()) - 1
        assert sum(Decimal(amount) for _, amount in lines) == 0
        for name, amount in lines:
            sums[name] += Decimal(amount)
    assert len(blocks) == asked(a_day, "SELECT count(*) FROM entry")[0][0]
    assert dict(sums) == kept(a_day)
    assert declared == set(sums)


def test_csv_agrees(a_day: Books) -> None:
    rows = list(csv.DictReader(io.StringIO("".join(export(a_day, "csv")))))
    sums: defaultdict[tuple[str, str], int] = defaultdict(int)
    for row in rows:
        sums[row["fund"], row["account"]] += round(100 * (Decimal(row["debit"] or 0) - Decimal(row["credit"] or 0)))
    assert dict(sums) == {(fund, gl): cents for fund, gl, cents in asked(a_day, "SELECT * FROM gl_balance")}
    assert {row["receipt_no"] for row in rows} >= {"T1-1", "T1-2", "T1-3", "T1-4", ""}


@pytest.mark.parametrize("form", ["hledger", "beancount", "csv"])
def test_an_empty_ledger_can_be_exported(books: Books, form: Any) -> None:
    assert "".join(export(books, form))


def test_names_stay_apart_and_safe(books: Books, tmp_path: Path) -> None:
    odd = ["R_1", "R-u5f-1", "é 1", "=cmd", 'quo"te', "x" * 50]
    with books.writing() as connection:
        connection.execute(insert(tables.gl_balance), [{"fund": "1;0 0", "account": code, "cents": 0} for code in odd])
        connection.execute(
            insert(tables.reference["gl_account"]),
            [
                {"code": code, "fund": "100", "name": f'=A "{code}" \\ \n; x', "type": "revenue", "changed_in": 1}
                for code in odd
            ],
        )
        lines = {("1;0 0", code): 100 * (1 if n % 2 else -1) for n, code in enumerate(odd)}
        write_entries(connection, [(1, "T1", 1, 1, "pay", "2026-11-23", None)], [lines])
    names = [account.name for account in account_names(books).values()]
    assert len(set(names)) == len(odd)
    assert all(re.fullmatch(r"Income:F[A-Za-z0-9-]+:A[A-Za-z0-9-]+", name) for name in names)
    path = tmp_path / "odd.beancount"
    path.write_text("".join(export(books, "beancount")), encoding="utf-8")
    assert loader.load_file(str(path))[1] == []
    rows = list(csv.reader(io.StringIO("".join(export(books, "csv")))))
    assert not any(cell[:1] in "=+@" for row in rows for cell in row if cell)


def test_entries_come_in_slices_and_all_of_them(a_day: Books, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = list(entries(a_day, last_entry(a_day)))
    monkeypatch.setattr(module, "_SLICE", 2)
    assert list(entries(a_day, last_entry(a_day))) == whole
    assert [entry.number for entry in whole] == list(range(1, len(whole) + 1))
