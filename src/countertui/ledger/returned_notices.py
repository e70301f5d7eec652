"""The notices to payors whose checks came back, by what the books say of each: for the city's mail."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import Connection, select

from countertui.documents.returned_check import NoticeFacts, notice_document
from countertui.domain.city import CityRules
from countertui.domain.desk_records import DeskKind
from countertui.domain.documents import Document
from countertui.domain.languages import language_of
from countertui.domain.tender_rules import takes_no_checks
from countertui.ledger import tables
from countertui.ledger.charted import rules_of
from countertui.ledger.stored import record_at, record_of

_NOBODY: Mapping[str, str] = {"name": "", "address": "", "language": ""}


def notices_of(connection: Connection, ledger: str, biz_date: str) -> list[Document]:
    """A notice for each check that came back on a business date (ISO), in the order they were taken into the books.

    What is owed is what the books say now. ledger: its id, for the mark of a demo.
    """
    table, rules = tables.returned, rules_of(connection)
    rows = connection.execute(select(table).order_by(table.c.entry, table.c.reference)).mappings().all()
    found = []
    for row in rows:
        said = record_at(connection, row["terminal"], row["epoch"], row["seq"])
        if said is not None and said.body["biz_date"] == biz_date:
            found.append(_notice(connection, rules, ledger, dict(row), said.body))
    return found


def _notice(
    connection: Connection, rules: CityRules, ledger: str, row: Mapping[str, Any], said: Mapping[str, Any]
) -> Document:
    taken = record_of(connection, row["id"])
    if taken is None:
        raise AssertionError("a receipt in the books is never taken out")
    account, data = row["account"], said["data"]
    is_desks = said["kind"] == DeskKind.RETURNED_CHECK
    one = data if is_desks else data["checks"][row["n"]]
    holder = _holder(connection, account)
    office = _office(connection, taken.body["terminal"], taken.body["epoch"])
    return notice_document(
        NoticeFacts(
            city_name=rules.name,
            office_name=office["name"],
            office_address=office["address"],
            biz_date=said["biz_date"],
            payor=taken.body["data"]["payor"] or holder["name"],
            address=holder["address"],
            account=account or "",
            receipt_no=taken.body["receipt_no"],
            receipt_date=taken.body["biz_date"],
            reference=row["reference"],
            reason=one["reason"],
            cents=row["cents"],
            fee_cents=one["fee_cents"],
            owed_cents=_owed(connection, account),
            no_checks=takes_no_checks(rules.tenders, date.fromisoformat(said["biz_date"]), _days(connection, account)),
            ledger_id=ledger,
            language=language_of([holder["language"]]),
        )
    )


def _holder(connection: Connection, account: str | None) -> Mapping[str, str]:
    c = tables.reference["account"].c
    row = connection.execute(select(c.name, c.address, c.language).where(c.number == account)).mappings().first()
    return _NOBODY if row is None else dict(row)


def _office(connection: Connection, terminal: str, epoch: int) -> Mapping[str, str]:
    place, office = tables.terminal.c, tables.reference["office"].c
    query = select(office.name, office.address).join_from(
        tables.terminal, tables.reference["office"], office.code == place.office
    )
    row = connection.execute(query.where((place.code == terminal) & (place.epoch == epoch))).mappings().first()
    return _NOBODY if row is None else dict(row)


def _owed(connection: Connection, account: str | None) -> int:
    c = tables.reference["charge"].c
    balances: list[int] = list(connection.execute(select(c.balance_cents).where(c.account == account)).scalars())
    return max(0, sum(balances))


def _days(connection: Connection, account: str | None) -> list[str]:
    c = tables.reference["returned_check"].c
    return list(connection.execute(select(c.biz_date).where(c.account == account)).scalars())
