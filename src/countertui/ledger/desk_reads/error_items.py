"""The worklist as the desk reads it: items in plain words, one with its record and what can be done, a proposal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, RowMapping, func, select

from countertui.domain.dates import us_date
from countertui.domain.desk_records import DESK, ShareData
from countertui.domain.error_items import Way, kind_words, what_helps
from countertui.domain.rights import took_part
from countertui.domain.text import person_key
from countertui.errors import AnswerNo
from countertui.forms import Form, Number
from countertui.ledger import tables
from countertui.ledger.charted import chart_for, rules_of
from countertui.ledger.city_day import city_day
from countertui.ledger.correction_targets import AsRecorded, Target, ToAccount, ToCharge, ToGl
from countertui.ledger.corrections import movement_of, propose, require_not_before
from countertui.ledger.desk_calls import Looking
from countertui.ledger.desk_reads.plain import cents_or_none, word, word_or_none
from countertui.ledger.desk_reads.raised_items import can_be_put_right, raised_proposal
from countertui.ledger.periods import Periods
from countertui.ledger.posting import lines_of
from countertui.ledger.stored import StoredRecord, corrections_of, record_at
from countertui.ledger.taken_back import CorrectionRefusedError, waiting_together

AT_ONCE = 50
_MOST_PARTS = 100


class NoItemError(AnswerNo):
    """There is no error item of that number."""


class ItemsAsked(Form, frozen=True):
    """after: the number of the last item that was seen."""

    after: int = 0


class ItemAsked(Form, frozen=True):
    """One item."""

    item: Number


class Proposal(Form, frozen=True):
    """Where an item's money shall go: `way` (see domain.error_items.Way), and which account, charge or GL account.

    on: the business date of the correction, ISO; empty for today's.
    """

    item: Number
    way: str
    to: str = ""
    on: str = ""


def error_items(look: Looking, asked: ItemsAsked) -> dict[str, Any]:
    """The open items from the oldest on: {"items", "open", "suspense_cents", "more"}."""
    table, terminal = tables.error_item, tables.terminal
    its_own = (terminal.c.code == table.c.terminal) & (terminal.c.epoch == table.c.epoch)
    query = (
        select(table, terminal.c.office)
        .outerjoin(terminal, its_own)
        .where(table.c.state == "open", table.c.id > asked.after)
        .order_by(table.c.id)
        .limit(AT_ONCE + 1)
    )
    rows = look.connection.execute(query).mappings().all()
    sums = select(func.count(), func.sum(table.c.cents)).where(table.c.state == "open")
    number, cents = look.connection.execute(sums).one()
    return {
        "items": [_row(row) for row in rows[:AT_ONCE]],
        "open": int(number),
        "suspense_cents": int(cents or 0),
        "more": len(rows) > AT_ONCE,
    }


def error_item(look: Looking, asked: ItemAsked) -> dict[str, Any]:
    """One item: {"item", "helps", "ways", "people", "is_mine", "record", "lines", "corrections"}. Raises NoItemError.

    ways: what can be done, by `Way`; none where it is closed, or who looks took part in what it is about (is_mine).
    record: what its record says; lines: what it posted, as fund, account, name, cents.
    """
    connection = look.connection
    table, terminal = tables.error_item, tables.terminal
    its_own = (terminal.c.code == table.c.terminal) & (terminal.c.epoch == table.c.epoch)
    query = select(table, terminal.c.office).outerjoin(terminal, its_own).where(table.c.id == asked.item)
    row = connection.execute(query).mappings().first()
    if row is None:
        raise NoItemError(f"There is no error item {asked.item}.", "Nothing was changed.")
    about = record_at(connection, row["terminal"], row["epoch"], row["seq"])
    people = took_part(about.body) if about is not None and _has_people(about.body) else []
    is_mine = row["terminal"] != DESK and person_key(look.operator) in {person_key(person) for person in people}
    return {
        "item": _row(row) | {"corrected_seq": row["corrected_seq"]},
        "helps": what_helps(row["reason"], row["cents"]),
        "ways": [] if is_mine or about is None else [way.value for way in _ways(connection, row)],
        "people": sorted(set(people)),
        "is_mine": is_mine,
        "record": _record(about),
        "lines": _lines(connection, about),
        "corrections": _corrections(connection, about),
    }


def proposal(look: Looking, asked: Proposal) -> dict[str, Any]:
    """What closing an item so would do, step by step, and nothing done: {"shares", "lines", "together", "cents",
    "raised", "dated"}.

    shares: what is taken (negative cents) and given, with what the charge owes before and after; lines: what the entry
    would post, and dated when. raised: see `raised_proposal`. Raises CorrectionRefusedError as doing it would.
    """
    connection = look.connection
    dated = dated_on(connection, asked.on, look.now)
    if asked.way == Way.PUT_RIGHT:
        raised, rows = raised_proposal(connection, asked.item)
        require_not_before(raised.about, dated, city_day(connection, look.now))
        said: dict[str, Any] = {"cents": 0, "together": [], "raised": rows, "dated": dated} | working(
            connection, raised.shares
        )
        # What a charge comes to changes with it: what is owed of that before and after says nothing.
        return said | {"shares": [{**each, "owed_before": None, "owed_after": None} for each in said["shares"]]}
    found = propose(connection, asked.item, target_of(asked.way, asked.to))
    require_not_before(found.about, dated, city_day(connection, look.now))
    said = {"cents": found.cents, "together": found.together, "raised": [], "dated": dated}
    return said | working(connection, found.shares)


def working(connection: Connection, shares: Sequence[ShareData]) -> dict[str, Any]:
    """Shares with what their charges owe before and after, and what the entry would post."""
    chart = chart_for(connection, rules_of(connection), [movement_of(share) for share in shares])
    posted = lines_of(shares, chart)
    return {
        "shares": [_share(connection, share) for share in shares],
        "lines": [_line(connection, fund, account, cents) for (fund, account), cents in sorted(posted.items())],
    }


def dated_on(connection: Connection, on: str, now: str) -> str:
    """The business date (ISO) of a correction: the city's today, or as it is said. Raises CorrectionRefusedError."""
    today = city_day(connection, now)
    try:
        day = date.fromisoformat(on).isoformat() if on else today
    except ValueError:
        raise CorrectionRefusedError(f"{on[:20]} is no date.", "Nothing was changed.", "Type it anew.") from None
    if day > today:
        raise CorrectionRefusedError(
            f"{us_date(day)} is ahead: it is {us_date(today)} in the city.", "Nothing was changed.", "Type it anew."
        )
    if Periods(connection, rules_of(connection).posting).open_date(day) != day:
        closed = f"{day[:7]} is closed: a correction is dated into an open month."
        raise CorrectionRefusedError(closed, "Nothing was changed.", "Say another day, or have the month opened.")
    return day


def target_of(way: str, to: str) -> Target | None:
    """Where an item's money goes, as it is said on the wire. Raises CorrectionRefusedError."""
    named = to.strip()
    made: Mapping[str, Target | None] = {
        Way.AS_RECORDED: AsRecorded(),
        Way.TO_ACCOUNT: ToAccount(named),
        Way.TO_CHARGE: ToCharge(named),
        Way.TO_GL: ToGl(named),
        Way.LOOKED_AT: None,
    }
    if way not in made or (way in (Way.TO_ACCOUNT, Way.TO_CHARGE, Way.TO_GL) and not named):
        raise CorrectionRefusedError("It is not said where the money belongs.", "Nothing was changed.", "Say a place.")
    return made[way]


def _ways(connection: Connection, row: RowMapping) -> list[Way]:
    """What can be done with an item, by the rules that its correction goes by."""
    if row["state"] != "open":
        return []
    if row["cents"] == 0 or waiting_together(connection, row):
        return [*([Way.PUT_RIGHT] if can_be_put_right(connection, row) else []), Way.LOOKED_AT]
    found = []
    try:
        propose(connection, row["id"], AsRecorded())
        found.append(Way.AS_RECORDED)
    except CorrectionRefusedError:
        pass  # it waits for another reason, or what it names is not there: it goes elsewhere
    undone = tables.undone.c
    record = tables.record.c
    here = (record.terminal == row["terminal"]) & (record.epoch == row["epoch"]) & (record.seq == row["seq"])
    gone = connection.execute(select(undone.seq).join(tables.record, record.id == undone.id).where(here)).first()
    if gone is None:
        found += [Way.TO_ACCOUNT, Way.TO_CHARGE] if row["cents"] > 0 else [Way.TO_CHARGE]
    return [*found, Way.TO_GL]


def _row(row: RowMapping) -> dict[str, Any]:
    names = ("id", "terminal", "epoch", "seq", "reason", "detail", "cents", "state", "made_at")
    return {name: row[name] for name in names} | {"office": row["office"] or "", "words": kind_words(row["reason"])}


def _has_people(body: Mapping[str, Any]) -> bool:
    return "operator" in body and "approver" in body


def _record(about: StoredRecord | None) -> dict[str, Any] | None:
    """What the record that an item is about says, as far as it says any of it."""
    if about is None:
        return None
    body = about.body
    data = body.get("data")
    data = data if isinstance(data, dict) else {}
    heads = ("kind", "operator", "approver", "utc", "biz_date", "receipt_no", "session")
    said: dict[str, Any] = {name: word_or_none(body.get(name)) for name in heads}
    lines = [_part(line, "account", "fee", "description") for line in _parts(data, "lines")]
    tenders = [_part(tender, "kind") for tender in _parts(data, "tenders")]
    more = {"payor": word(data.get("payor")), "total_cents": cents_or_none(data.get("total_cents"))}
    return said | more | {"lines": lines, "tenders": tenders, "h": about.h.hex(), "entry": about.entry}


def _parts(data: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    parts = data.get(name)
    return [part for part in parts if isinstance(part, dict)][:_MOST_PARTS] if isinstance(parts, list) else []


def _part(part: Mapping[str, Any], *names: str) -> dict[str, Any]:
    said: dict[str, Any] = {name: word_or_none(part.get(name)) for name in names}
    return said | {"cents": cents_or_none(part.get("cents"))}


def _lines(connection: Connection, about: StoredRecord | None) -> list[dict[str, Any]]:
    if about is None or about.entry is None:
        return []
    line = tables.gl_line.c
    rows = connection.execute(
        select(line.fund, line.account, line.cents).where(line.entry == about.entry).order_by(line.n)
    )
    return [_line(connection, *row) for row in rows.all()]


def _line(connection: Connection, fund: str, account: str, cents: int) -> dict[str, Any]:
    c = tables.reference["gl_account"].c
    name = connection.execute(select(c.name).where(c.code == account)).scalar()
    return {"fund": fund, "account": account, "name": name or "", "cents": cents}


def _share(connection: Connection, share: ShareData) -> dict[str, Any]:
    """A share with what its charge owes before and after, and what both are called."""
    c = tables.reference["charge"].c
    row = None
    if share["charge"] is not None:
        row = connection.execute(select(c.description, c.balance_cents).where(c.id == share["charge"])).first()
    owed = {"description": "", "owed_before": None, "owed_after": None}
    if row is not None:
        balance = row.balance_cents
        owed = {"description": row.description, "owed_before": balance, "owed_after": balance - share["cents"]}
    return {**share, **owed}


def _corrections(connection: Connection, about: StoredRecord | None) -> list[dict[str, Any]]:
    if about is None or not _has_people(about.body):
        return []
    found = []
    for each in corrections_of(connection, about):
        said = each.body["data"]
        people = {"by": each.body["operator"], "second": each.body["approver"]}
        found.append({"seq": each.body["seq"], "at": each.body["utc"], "reason": said["reason"], **people})
    return found
