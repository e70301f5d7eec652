"""What makes a difference of a month's tie-out: records that posted otherwise than they say, entries of other kinds."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, func, select

from countertui.domain.charges import CREDIT_HEAD
from countertui.domain.city import CityRules
from countertui.domain.deposit_accounts import all_accounts
from countertui.domain.desk_records import DeskKind
from countertui.domain.records import Kind
from countertui.domain.tie_out import Cause, Section, TieRow, last_day
from countertui.ledger import tables
from countertui.ledger.charted import rules_of
from countertui.ledger.credits import CREDIT_PREFIX
from countertui.ledger.tie_out import COUNTED, Key, posted_to, receipts_of
from countertui.ledger.tie_out_deposits import DEPOSIT
from countertui.ledger.tie_out_sums import drawers

MOST_CAUSES = 500
"""More than that are not listed one by one; what they come to stands in the last line."""
_CHECKS = (Kind.CHECKS_RETURNED.value, DeskKind.RETURNED_CHECK.value)
_DEPOSITS = (DEPOSIT, Kind.DEPOSIT_TAKEN_BACK.value)
_EXPLAINED = (DeskKind.BANK_EXPLAIN.value, DeskKind.BANK_UNEXPLAIN.value)
_BANK = (DeskKind.BANK_MATCH.value, DeskKind.BANK_UNMATCH.value, *_EXPLAINED)


def causes_of(connection: Connection, month: str, row: TieRow) -> list[Cause]:
    """What makes the difference of a row, largest first; what nothing explains is the last of them."""
    if row.section is Section.MEMO:
        return []
    find = _of_receipts if row.section is Section.RECEIPTS else _of_control
    found = list(find(connection, month, row))
    found.sort(key=lambda cause: (-abs(cause.cents), cause.words, cause.record))
    left = row.difference_cents - sum(cause.cents for cause in found)
    more = sum(cause.cents for cause in found[MOST_CAUSES:])
    rest = [Cause(f"{len(found) - MOST_CAUSES} more like these", more)] if len(found) > MOST_CAUSES else []
    return [*found[:MOST_CAUSES], *rest, *([Cause("Not explained by anything here", left)] if left else [])]


def _of_receipts(connection: Connection, month: str, row: TieRow) -> Iterable[Cause]:
    """Record by record: what it says went to the account, and what its entry posted there."""
    off: defaultdict[Key, int] = defaultdict(int, posted_to(connection, month, row.account))
    for share in receipts_of(connection, month):
        if share.gl == row.account:
            off[share.record] -= share.cents
    why = _items(connection)
    for key, cents in off.items():
        if cents:
            yield Cause(why.get(key, "Posted otherwise than the record says"), cents, _named(key))


def _of_control(connection: Connection, month: str, row: TieRow) -> Iterable[Cause]:
    rules, until = rules_of(connection), last_day(month)
    kinds = _counted_kinds(rules, row.account)
    if kinds:
        yield from _other_entries(connection, row.account, kinds, until)
    yield from _after_the_count(connection, rules, row.account, until)
    yield from _brought(connection, row.account, until)


def _other_entries(connection: Connection, account: str, kinds: Sequence[str], until: str) -> Iterable[Cause]:
    """Entries on a control account that no subsystem counts: corrections, and whatever else was posted there."""
    entry, line = tables.entry, tables.gl_line
    query = (
        select(entry.c.kind, entry.c.terminal, entry.c.epoch, entry.c.seq, func.sum(line.c.cents))
        .join(line, (line.c.entry == entry.c.id) & (line.c.biz_date == entry.c.biz_date))
        .where(line.c.account == account, entry.c.biz_date <= until, entry.c.kind.not_in(kinds))
        .group_by(entry.c.kind, entry.c.terminal, entry.c.epoch, entry.c.seq)
    )
    for kind, terminal, epoch, seq, cents in connection.execute(query):
        words = f"{str(kind).replace('_', ' ').capitalize()} posted here, of no drawer and no deposit"
        yield Cause(words, int(cents), f"{terminal}/{epoch}/{seq}")


def _after_the_count(connection: Connection, rules: CityRules, account: str, until: str) -> Iterable[Cause]:
    """Drawers in which money moved after they were counted and closed: over and short were posted without it."""
    posting = rules.posting
    sign = 1 if account in posting.tender.values() else -1
    kinds = {kind.value for kind, gl in (posting.tender if sign > 0 else posting.over_short).items() if gl == account}
    if not kinds:
        return
    entry, line = tables.entry, tables.gl_line
    query = (
        select(entry.c.terminal, entry.c.epoch, entry.c.seq, func.sum(line.c.cents))
        .join(line, (line.c.entry == entry.c.id) & (line.c.biz_date == entry.c.biz_date))
        .where(entry.c.kind == Kind.CLOSE.value, entry.c.biz_date <= until, line.c.account == account)
        .group_by(entry.c.terminal, entry.c.epoch, entry.c.seq)
    )
    posted = {(terminal, epoch, seq): int(cents) for terminal, epoch, seq, cents in connection.execute(query)}
    for drawer in drawers(connection, until):
        if drawer.close_seq is None:
            continue
        key = drawer.terminal, drawer.epoch, drawer.close_seq
        off = posted.get(key, 0) - sign * sum(cents for kind, cents in drawer.over_short.items() if kind in kinds)
        if off:
            yield Cause(
                f"Session {drawer.session} of {drawer.terminal}: money moved after it was counted", off, _named(key)
            )


def _brought(connection: Connection, account: str, until: str) -> Iterable[Cause]:
    """Credits of accounts that were there before anything of this ledger, and that no entry was made for by then."""
    charge, step = tables.reference["charge"], tables.reference["charge_step"]
    moved = (
        select(step.c.charge, func.sum(step.c.cents).label("cents"))
        .where(step.c.source != "", step.c.charge.startswith(CREDIT_PREFIX))
        .group_by(step.c.charge)
        .subquery()
    )
    query = (
        select(charge.c.account, charge.c.balance_cents - func.coalesce(moved.c.cents, 0))
        .outerjoin(moved, moved.c.charge == charge.c.id)
        .where(charge.c.head == CREDIT_HEAD, charge.c.gl == account)
        .order_by(charge.c.account)
    )
    held: defaultdict[str, int] = defaultdict(int)
    for number, cents in connection.execute(query):
        held[number] += int(cents)
    noted, entry = tables.brought_credit.c, tables.entry.c
    booked = (
        select(noted.account, noted.cents)
        .outerjoin(tables.entry, entry.id == noted.entry)
        .where(noted.gl == account, (noted.biz_date > until) | (entry.biz_date <= until))
    )
    for number, cents in connection.execute(booked):
        held[number] -= cents
    for number, cents in held.items():
        if cents:
            yield Cause(f"Account {number} brought its credit along; no entry was made for it", -cents)


def _counted_kinds(rules: CityRules, account: str) -> tuple[str, ...]:
    """The kinds of entries that the account's subsystems count; none where every kind may be."""
    posting = rules.posting
    kinds: list[str] = []
    if account in all_accounts(posting):
        kinds += *_DEPOSITS, *_BANK, *_CHECKS
    if account in posting.tender.values():
        kinds += *COUNTED, Kind.CLOSE.value, *_DEPOSITS, *_CHECKS, *_EXPLAINED
    if account in posting.over_short.values():
        kinds += Kind.CLOSE.value, *_DEPOSITS, *_BANK
    if account == posting.refunds_payable:
        kinds += Kind.REFUND.value, Kind.TRUST_REFUND.value, DeskKind.DECISION.value
    if account in posting.origins.values():
        kinds += DeskKind.REMITTANCE.value, *_CHECKS, *_EXPLAINED
    return () if account == posting.suspense else tuple(kinds)


def _items(connection: Connection) -> dict[Key, str]:
    """What the worklist says of records whose money waits or waited in suspense."""
    c = tables.error_item.c
    rows = connection.execute(select(c.terminal, c.epoch, c.seq, c.detail).where(c.cents != 0).order_by(c.id))
    return {(terminal, epoch, seq): detail for terminal, epoch, seq, detail in rows}


def _named(key: Key) -> str:
    return "/".join(map(str, key))
