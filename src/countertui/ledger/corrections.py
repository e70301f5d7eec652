"""Putting money where it belongs: from suspense, closing an error item, or from where a record was posted wrongly.

A correction is a signed record of two people that points at the record it corrects. It says shares: cents taken from
one place (negative) and credited to others, which add up to nothing; every fund stays in balance.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, RowMapping, insert, select, update

from countertui.domain.balances import Movement, charge_movements, paid_by_accounts
from countertui.domain.charges import CREDIT_HEAD, OpenCharge, allocate
from countertui.domain.city import CityRules
from countertui.domain.desk_records import CorrectionData, DeskKind, PlaceData, ShareData
from countertui.domain.money import Cents, format_cents
from countertui.domain.records import Fact, Kind
from countertui.domain.rights import Act, require_second_person, took_part
from countertui.ledger import tables
from countertui.ledger.charted import chart_for, rules_of
from countertui.ledger.credits import CREDIT_PREFIX
from countertui.ledger.desk import Ground, Made, record, require_two
from countertui.ledger.desk_entry import write_entry
from countertui.ledger.paper_keyed import TWICE
from countertui.ledger.periods import CLOSED_PERIOD, Periods
from countertui.ledger.posting import Posting, lines_of
from countertui.ledger.stored import StoredRecord, record_at, share_movements, what_stands
from countertui.ledger.taken_back import refused, require_gone_to_gl, require_standing, waiting_together
from countertui.ledger.trust import first_not_covered

_RECEIPTS = (Kind.PAY, DeskKind.REMITTANCE)


@dataclass(frozen=True, slots=True)
class ToGl:
    """To a GL account, whatever it was for."""

    account: str


@dataclass(frozen=True, slots=True)
class ToCharge:
    """To one charge."""

    charge: str


@dataclass(frozen=True, slots=True)
class ToAccount:
    """To what an account owes, in the city's order; what is left becomes its credit."""

    number: str


@dataclass(frozen=True, slots=True)
class AsRecorded:
    """To where the record itself says: it waits only because its month is closed, or its paper number came twice."""


Target = ToGl | ToCharge | ToAccount | AsRecorded


@dataclass(frozen=True, slots=True)
class Who:
    """Two people who signed in, why they do it, on which business date (ISO), and the record's id (UUIDv7)."""

    by: str
    second: str
    reason: str
    biz_date: str
    id: str


def open_items(connection: Connection) -> list[RowMapping]:
    """The error items that nobody closed yet, oldest first; cents are what waits in suspense (credited: positive)."""
    table = tables.error_item
    return list(connection.execute(select(table).where(table.c.state == "open").order_by(table.c.id)).mappings())


def correct_item(ground: Ground, item: int, target: Target | None, who: Who) -> Made:
    """Close an error item: what waits in suspense for it goes to the target. None: nothing waits, it was looked at.

    Raises CorrectionRefusedError, NotAllowed; nothing is changed then.
    """
    connection = ground.connection
    table = tables.error_item
    row = connection.execute(select(table).where(table.c.id == item).with_for_update()).mappings().first()
    if row is None or row["state"] != "open":
        raise refused(f"There is no open error item {item}.")
    about = _about(connection, row["terminal"], row["epoch"], row["seq"])
    cents, rules = row["cents"], rules_of(connection)
    together = waiting_together(connection, row)
    if together and target is not None:
        items = " and ".join(map(str, together))
        raise refused(f"The receipt was taken back: error items {items} go against each other. Say no place for them.")
    if (target is None) != (cents == 0 or bool(together)):
        waiting = f"{format_cents(cents)} in suspense: say where it belongs" if cents else "nothing in suspense to move"
        raise refused(f"Error item {item} has {waiting}.")
    shares: list[ShareData] = []
    if target is not None:
        shares = [
            _share(None, None, "suspense", rules.posting.suspense, -cents),
            *_shares(connection, rules, target, cents, about),
        ]
    require_gone_to_gl(connection, about, shares)
    return _made(ground, rules, item, about, shares, who)


def move(
    ground: Ground, place: tuple[str, int, int], source: ToGl | ToCharge, target: Target, cents: int, who: Who
) -> Made:
    """Move cents (more than 0) that a posted record (terminal, epoch, seq) credited to the source, to the target.

    No more can be moved than is there of that record, corrections so far counted; what is on a charge or a credit is
    taken from there, and not from the GL account behind it, whose money it would leave paid. Raises as `correct_item`.
    """
    connection = ground.connection
    about, rules = _about(connection, *place), rules_of(connection)
    if about.entry is None or about.body["kind"] not in _RECEIPTS:
        raise refused(f"Record {place[2]} of {place[0]} posted no payment.")
    if isinstance(source, ToGl) and source.account == rules.posting.suspense:
        raise refused("What is in suspense leaves it by its error item.")
    require_standing(connection, about)
    there = _there(connection, about, source)
    _require_enough(about, there, cents)
    taken = _taken(there, cents)
    return _made(ground, rules, None, about, [*taken, *_shares(connection, rules, target, cents, about)], who)


def carry_out(ground: Ground, made: Made) -> None:
    """Post what a correction says, and close its error item, or all those of a receipt that was taken back.

    Raises NotAllowed, CorrectionRefusedError where it moves money that is not there.
    """
    connection, data = ground.connection, made.body["data"]
    rules = rules_of(connection)
    place = {name: data["about"][name] for name in ("terminal", "epoch", "seq")}
    about = _about(connection, **place)
    _require_people(ground, made.body["operator"], made.body["approver"], about)
    closed = []
    if data["item"] is None:
        require_standing(connection, about)
        _require_left(connection, about, data["shares"])
    else:
        require_gone_to_gl(connection, about, data["shares"])
        closed = _closed_by(connection, data["item"], data["shares"])
    connection.execute(insert(tables.corrected).values(**place, by_seq=made.seq))
    moves = share_movements(data["shares"])
    if (short := first_not_covered(connection, moves)) is not None:
        raise refused(short.detail)
    chart = chart_for(connection, rules, [_movement(share) for share in data["shares"]])
    write_entry(ground, made, Posting(lines_of(data["shares"], chart), moves), biz_date=made.body["biz_date"])
    table = tables.error_item
    values = {"state": "corrected", "corrected_seq": made.seq}
    connection.execute(update(table).where(table.c.id.in_(closed)).values(**values))


def spread(connection: Connection, rules: CityRules, number: str, cents: int) -> list[ShareData]:
    """Cents (more than 0) over what an account owes, in the city's order, the rest to its credit.

    Raises CorrectionRefusedError for an account that is not known.
    """
    account, charge = tables.reference["account"].c, tables.reference["charge"].c
    credit_gl = connection.execute(select(account.credit_gl).where(account.number == number)).scalar()
    if credit_gl is None:
        raise refused(f"Account {number} is not known here.")
    columns = (charge.id, charge.head, charge.due, charge.description, charge.gl, charge.balance_cents)
    rows = connection.execute(select(*columns).where(charge.account == number).order_by(charge.id))
    owed = [
        OpenCharge(id_, head, date.fromisoformat(due), text, gl, Cents(balance))
        for id_, head, due, text, gl, balance in rows
    ]
    return [
        _share(number, part.charge, part.head, part.gl, part.cents)
        for part in allocate(Cents(cents), owed, rules.order, credit_gl)
    ]


def _require_people(ground: Ground, by: str, second: str, about: StoredRecord) -> None:
    """Two who may, the second of whom took no part in what is corrected. Raises NotAllowed."""
    require_two(ground.connection, by, Act.CORRECT, second, Act.AGREE, ground.now)
    require_second_person(second, took_part(about.body))


def _made(
    ground: Ground, rules: CityRules, item: int | None, about: StoredRecord, shares: list[ShareData], who: Who
) -> Made:
    connection = ground.connection
    _require_people(ground, who.by, who.second, about)
    if not who.reason.strip():
        raise refused("A reason is needed.")
    if Periods(connection, rules.posting).open_date(who.biz_date) != who.biz_date:
        raise refused(f"{who.biz_date[:7]} is closed: a correction is dated into an open month.")
    _require_known(connection, rules, shares)
    body = about.body
    data = CorrectionData(
        item=item,
        about=PlaceData(terminal=body["terminal"], epoch=body["epoch"], seq=body["seq"], h=about.h.hex()),
        reason=who.reason.strip(),
        shares=shares,
    )
    fact = Fact(
        id=who.id, kind=DeskKind.CORRECTION, operator=who.by, approver=who.second, data=data, biz_date=who.biz_date
    )
    made = record(connection, ground.books, ground.key, fact, ground.now)
    carry_out(ground, made)
    return made


def _shares(
    connection: Connection, rules: CityRules, target: Target, cents: int, about: StoredRecord
) -> list[ShareData]:
    """Cents credited (negative: debited) to a target, as shares."""
    if isinstance(target, ToGl):
        return [_share(None, None, "gl", target.account, cents)]
    if isinstance(target, ToCharge):
        c = tables.reference["charge"].c
        row = connection.execute(select(c.account, c.head, c.gl).where(c.id == target.charge)).first()
        if row is None:
            raise refused(f"Charge {target.charge} is not known here.")
        charge = None if row.head == CREDIT_HEAD else target.charge
        account = row.account if cents > 0 else _paid_by(connection, about, target.charge) or row.account
        return [_share(account, charge, row.head, row.gl, cents)]
    if isinstance(target, ToAccount):
        if cents <= 0:
            raise refused("Money that went out belongs to a GL account or a charge, not to what an account owes.")
        return spread(connection, rules, target.number, cents)
    # The charges were paid when it was posted and only the general ledger waits, unless it was held back whole.
    held = _waits_as(connection, about, TWICE)
    if not held and not _waits_as(connection, about, CLOSED_PERIOD):
        raise refused("It waits for another reason than a closed month or a paper number: say where it belongs.")
    movements = list(charge_movements(about.body["kind"], about.body["data"]))
    if held:
        _require_there(connection, rules, movements)
    parts = [
        _share(part.account if held else None, part.charge if held else None, part.head, part.gl, part.cents)
        for part in movements
    ]
    if sum(part["cents"] for part in parts) != cents:
        raise refused("What waits is not the whole of what the record says: say where it belongs.")
    return parts


def _require_there(connection: Connection, rules: CityRules, movements: Sequence[Movement]) -> None:
    """Raises CorrectionRefusedError where a receipt names a charge or an account that is not known here."""
    chart = chart_for(connection, rules, movements)
    for account, charge, *_ in movements:
        if charge is not None and chart.charges.get(charge) != account:
            raise refused(f"Charge {charge} is not on account {account} here: say where the money belongs.")
        if charge is None and account is not None and account not in chart.accounts:
            raise refused(f"Account {account} is not known here: say where the money belongs.")


def _waits_as(connection: Connection, about: StoredRecord, reason: str) -> bool:
    """Whether a record's money waited in suspense for that reason."""
    c, body = tables.error_item.c, about.body
    here = (c.terminal == body["terminal"]) & (c.epoch == body["epoch"]) & (c.seq == body["seq"])
    return connection.execute(select(c.id).where(here, c.reason == reason)).first() is not None


def _paid_by(connection: Connection, about: StoredRecord, charge: str) -> str | None:
    """Whose receipt paid most on a charge, which may have become another account's since; None if none did."""
    if about.body["kind"] not in _RECEIPTS:
        return None
    paid = {
        by: cents for (to, by), cents in paid_by_accounts(what_stands(connection, about).moves).items() if to == charge
    }
    return max(sorted(paid), key=paid.__getitem__, default=None)


def _there(connection: Connection, about: StoredRecord, source: ToGl | ToCharge) -> list[ShareData]:
    """A receipt's money, corrections and returned checks counted, on a charge, a credit or a GL account alone."""
    posted = what_stands(connection, about)
    if isinstance(source, ToGl):
        cents = -sum(cents for (_, account), cents in posted.lines.items() if account == source.account)
        owned = sum(each.cents for each in posted.moves if each.gl == source.account)
        return [_share(None, None, "gl", source.account, cents - owned)]
    sums: dict[tuple[str | None, str | None, str, str], int] = {}
    for each in posted.moves:
        if (each.charge or f"{CREDIT_PREFIX}{each.account}") == source.charge:
            place = each.account, each.charge, each.head, each.gl
            sums[place] = sums.get(place, 0) + each.cents
    return [_share(*place, cents) for place, cents in sorted(sums.items(), key=str) if cents > 0]


def _taken(there: Sequence[ShareData], cents: int) -> list[ShareData]:
    """Cents off those shares, from the first on: from the account that was credited, whatever the charge's is now."""
    taken: list[ShareData] = []
    for share in there:
        part = min(cents, share["cents"])
        if part:
            taken.append(_share(share["account"], share["charge"], share["head"], share["gl"], -part))
        cents -= part
    return taken


def _require_left(connection: Connection, about: StoredRecord, shares: Sequence[ShareData]) -> None:
    """Raises CorrectionRefusedError where more is taken from a place than stands there of the record."""
    taken: dict[ToGl | ToCharge, int] = {}
    for share in shares:
        if share["cents"] < 0:
            charge = share["charge"] or f"{CREDIT_PREFIX}{share['account']}"
            source = ToGl(share["gl"]) if share["account"] is None else ToCharge(charge)
            taken[source] = taken.get(source, 0) - share["cents"]
    for source, cents in taken.items():
        _require_enough(about, _there(connection, about, source), cents)


def _require_enough(about: StoredRecord, there: Sequence[ShareData], cents: int) -> None:
    left = sum(share["cents"] for share in there)
    if not 0 < cents <= left:
        place = f"Record {about.body['seq']} of {about.body['terminal']}"
        raise refused(f"{place} has {format_cents(max(0, left))} there to move.")


def _closed_by(connection: Connection, item: int, shares: Sequence[ShareData]) -> list[int]:
    """The items that a correction of one closes."""
    table = tables.error_item
    row = connection.execute(select(table).where(table.c.id == item)).mappings().one()
    if shares or row["cents"] == 0:
        return [item]
    together = waiting_together(connection, row)
    if not together:
        raise refused(f"Error item {item} has {format_cents(row['cents'])} in suspense: say where it belongs.")
    return together


def _require_known(connection: Connection, rules: CityRules, shares: Sequence[ShareData]) -> None:
    if sum(share["cents"] for share in shares):
        raise AssertionError("a correction takes as much as it gives")
    chart = chart_for(connection, rules, [_movement(share) for share in shares])
    for share in shares:
        if share["gl"] not in chart.funds and share["gl"] != rules.posting.suspense:
            raise refused(f"GL account {share['gl']} is not in the chart, or its fund can't be posted.")


def _movement(share: ShareData) -> Movement:
    return Movement(share["account"], share["charge"], share["gl"], share["head"], share["cents"])


def _share(account: str | None, charge: str | None, head: str, gl: str, cents: int) -> ShareData:
    return ShareData(account=account, charge=charge, head=head, gl=gl, cents=cents)


def _about(connection: Connection, terminal: str, epoch: int, seq: int) -> StoredRecord:
    stored = record_at(connection, terminal, epoch, seq)
    if stored is None:
        raise refused(f"Record {seq} of {terminal}/{epoch} is not in the books.")
    return stored
