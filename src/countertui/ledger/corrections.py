"""Putting money where it belongs: from suspense, closing an error item, or from where a record was posted wrongly.

A correction is a signed record of two people that points at the record it corrects. It says shares: cents taken from
one place (negative) and credited to others, which add up to nothing; every fund stays in balance.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, RowMapping, insert, select, update

from countertui.domain.balances import Movement
from countertui.domain.city import CityRules
from countertui.domain.dates import us_date
from countertui.domain.desk_records import DESK, CorrectionData, DeskKind, PlaceData, ShareData, WithdrawnData
from countertui.domain.license_raised import RaisedData
from countertui.domain.money import format_cents
from countertui.domain.records import Fact
from countertui.domain.rights import Act, require_second_person, took_part
from countertui.ledger import raised_corrected, tables
from countertui.ledger.books import next_version
from countertui.ledger.charges_raised import OTHER_RAISED
from countertui.ledger.charted import chart_for, rules_of
from countertui.ledger.city_day import city_day
from countertui.ledger.correction_targets import RECEIPTS, Target, ToCharge, ToGl, share_of, target_shares
from countertui.ledger.credits import CREDIT_PREFIX
from countertui.ledger.desk import Ground, Made, record, require_two
from countertui.ledger.desk_entry import write_entry
from countertui.ledger.licenses import follow_payments
from countertui.ledger.periods import Periods
from countertui.ledger.posting import Posting, lines_of
from countertui.ledger.raised_corrected import Off, correction_of, off_rows
from countertui.ledger.stored import StoredRecord, record_at, share_movements, what_stands
from countertui.ledger.taken_back import (
    CorrectionRefusedError,
    refused,
    require_gone_to_gl,
    require_standing,
    waiting_together,
)
from countertui.ledger.trust import first_not_covered


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


@dataclass(frozen=True, slots=True)
class Proposed:
    """What a correction of an error item would say: the record it is about, its shares, the items that go together."""

    about: StoredRecord
    cents: int
    shares: list[ShareData]
    together: list[int]


def propose(connection: Connection, item: int, target: Target | None) -> Proposed:
    """What closing an error item would do. None: nothing waits, it was looked at. Raises CorrectionRefusedError."""
    table = tables.error_item
    row = connection.execute(select(table).where(table.c.id == item)).mappings().first()
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
            share_of(None, None, "suspense", rules.posting.suspense, -cents),
            *target_shares(connection, rules, target, cents, about),
        ]
    require_gone_to_gl(connection, about, shares)
    _require_known(connection, rules, shares)
    return Proposed(about, cents, shares, together)


def correct_item(ground: Ground, item: int, target: Target | None, who: Who) -> Made:
    """Close an error item: what waits in suspense for it goes to the target. None: nothing waits, it was looked at.

    Raises CorrectionRefusedError, NotAllowed; nothing is changed then.
    """
    table = tables.error_item
    ground.connection.execute(select(table.c.id).where(table.c.id == item).with_for_update()).first()
    found = propose(ground.connection, item, target)
    return _made(ground, rules_of(ground.connection), item, found.about, found.shares, who)


def put_raised_right(ground: Ground, item: int, who: Who) -> Made:
    """Close an error item by what a payment should have raised on licenses, and did not, or raised too much.

    Raises CorrectionRefusedError where nothing is off by the city's rows, NotAllowed; nothing is changed then.
    """
    found = propose_raised(ground.connection, item, who.id)
    rules = rules_of(ground.connection)
    return _made(ground, rules, item, found.about, found.shares, who, found.withdraws, found.raises)


@dataclass(frozen=True, slots=True)
class ProposedRaised:
    """What putting a license's rows right would say: which are off, what is taken back and raised, and the shares."""

    about: StoredRecord
    off: list[Off]
    shares: list[ShareData]
    withdraws: list[WithdrawnData]
    raises: list[RaisedData]


def propose_raised(connection: Connection, item: int, record: str) -> ProposedRaised:
    """What the record of that id would do about an item of what was raised. Raises CorrectionRefusedError."""
    row, about = raised_item(connection, item)
    off = off_rows(connection, about)
    c, rules = tables.reference["account"].c, rules_of(connection)
    numbers = [each.license for each in off]
    accounts = connection.execute(select(c.number, c.credit_gl).where(c.number.in_(numbers))).all()
    gls = {number: gl or rules.license_credits for number, gl in accounts}
    shares, withdraws, raises = correction_of(connection, about, off, record, gls)
    if not withdraws and not raises:
        raise refused(
            f"Nothing is to be put right by error item {row['id']}: what stands is what the city's rows give."
        )
    return ProposedRaised(about, off, shares, withdraws, raises)


def raised_item(connection: Connection, item: int) -> tuple[RowMapping, StoredRecord]:
    """An open error item of what was raised otherwise than the city's rows give, and its payment.

    Raises CorrectionRefusedError.
    """
    row = connection.execute(select(tables.error_item).where(tables.error_item.c.id == item)).mappings().first()
    if row is None or row["state"] != "open" or row["reason"] != OTHER_RAISED:
        raise refused(f"Error item {item} is no open one of a late license.")
    about = _about(connection, row["terminal"], row["epoch"], row["seq"])
    require_standing(connection, about)
    return row, about


def move(
    ground: Ground, place: tuple[str, int, int], source: ToGl | ToCharge, target: Target, cents: int, who: Who
) -> Made:
    """Move cents (more than 0) that a posted record (terminal, epoch, seq) credited to the source, to the target.

    No more can be moved than is there of that record, corrections so far counted; what is on a charge or a credit is
    taken from there, and not from the GL account behind it, whose money it would leave paid. Raises as `correct_item`.
    """
    found = propose_move(ground.connection, place, source, target, cents)
    return _made(ground, rules_of(ground.connection), None, found.about, found.shares, who)


def propose_move(
    connection: Connection, place: tuple[str, int, int], source: ToGl | ToCharge, target: Target, cents: int
) -> Proposed:
    """What moving money of a posted record would do. Raises CorrectionRefusedError."""
    about, rules = payment_at(connection, place), rules_of(connection)
    if isinstance(source, ToGl) and source.account == rules.posting.suspense:
        raise refused("What is in suspense leaves it by its error item.")
    left = there(connection, about, source)
    _require_enough(about, left, cents)
    shares = [*_taken(left, cents), *target_shares(connection, rules, target, cents, about)]
    _require_known(connection, rules, shares)
    return Proposed(about, cents, shares, [])


def payment_at(connection: Connection, place: tuple[str, int, int]) -> StoredRecord:
    """A posted payment that was not taken back, by terminal, epoch and number. Raises CorrectionRefusedError."""
    about = _about(connection, *place)
    if about.entry is None or about.body["kind"] not in RECEIPTS:
        raise refused(f"Record {place[2]} of {place[0]} posted no payment.")
    require_standing(connection, about)
    return about


def require_not_before(about: StoredRecord, dated: str, today: str) -> None:
    """Raise CorrectionRefusedError for a business date before that of the record a correction is about.

    What was not taken yet cannot be put right in an earlier month; today (all ISO) is good always.
    """
    taken = about.body.get("biz_date")
    if isinstance(taken, str) and dated < min(taken, today):
        raise CorrectionRefusedError(
            f"What it is about is of {us_date(taken)}: a correction is not dated before it.",
            "Nothing was changed.",
            "Say that day or a later one.",
        )


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
    chart = chart_for(connection, rules, [movement_of(share) for share in data["shares"]])
    raised = raised_corrected.carry_out(connection, made.body, next_version(connection))
    write_entry(ground, made, Posting(lines_of(data["shares"], chart), moves), biz_date=made.body["biz_date"])
    table = tables.error_item
    values = {"state": "corrected", "corrected_seq": made.seq}
    connection.execute(update(table).where(table.c.id.in_(closed)).values(**values))
    follow_payments(connection, raised, next_version(connection))


def _require_people(ground: Ground, by: str, second: str, about: StoredRecord) -> None:
    """Two who may, neither of whom took part in what is corrected; who took a file in may be the first.

    Raises NotAllowed.
    """
    require_two(ground.connection, by, Act.CORRECT, second, Act.AGREE, ground.now)
    require_second_person(second, took_part(about.body))
    if about.body["terminal"] != DESK:  # what the desk recorded had no money in hand
        require_second_person(by, took_part(about.body))


def _made(
    ground: Ground,
    rules: CityRules,
    item: int | None,
    about: StoredRecord,
    shares: list[ShareData],
    who: Who,
    withdraws: list[WithdrawnData] | None = None,
    raises: list[RaisedData] | None = None,
) -> Made:
    connection = ground.connection
    _require_people(ground, who.by, who.second, about)
    if not who.reason.strip():
        raise refused("A reason is needed.")
    if Periods(connection, rules.posting).open_date(who.biz_date) != who.biz_date:
        raise refused(f"{who.biz_date[:7]} is closed: a correction is dated into an open month.")
    require_not_before(about, who.biz_date, city_day(connection, ground.now))
    _require_known(connection, rules, shares)
    body = about.body
    data = CorrectionData(
        item=item,
        about=PlaceData(terminal=body["terminal"], epoch=body["epoch"], seq=body["seq"], h=about.h.hex()),
        reason=who.reason.strip(),
        shares=shares,
    )
    if withdraws:
        data["withdraws"] = withdraws
    if raises:
        data["raises"] = raises
    fact = Fact(
        id=who.id, kind=DeskKind.CORRECTION, operator=who.by, approver=who.second, data=data, biz_date=who.biz_date
    )
    made = record(connection, ground.books, ground.key, fact, ground.now)
    carry_out(ground, made)
    return made


def there(connection: Connection, about: StoredRecord, source: ToGl | ToCharge) -> list[ShareData]:
    """A receipt's money, corrections and returned checks counted, on a charge, a credit or a GL account alone."""
    posted = what_stands(connection, about)
    if isinstance(source, ToGl):
        cents = -sum(cents for (_, account), cents in posted.lines.items() if account == source.account)
        owned = sum(each.cents for each in posted.moves if each.gl == source.account)
        return [share_of(None, None, "gl", source.account, cents - owned)]
    sums: dict[tuple[str | None, str | None, str, str], int] = {}
    for each in posted.moves:
        if (each.charge or f"{CREDIT_PREFIX}{each.account}") == source.charge:
            place = each.account, each.charge, each.head, each.gl
            sums[place] = sums.get(place, 0) + each.cents
    return [share_of(*place, cents) for place, cents in sorted(sums.items(), key=str) if cents > 0]


def _taken(there: Sequence[ShareData], cents: int) -> list[ShareData]:
    """Cents off those shares, from the first on: from the account that was credited, whatever the charge's is now."""
    taken: list[ShareData] = []
    for share in there:
        part = min(cents, share["cents"])
        if part:
            taken.append(share_of(share["account"], share["charge"], share["head"], share["gl"], -part))
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
        _require_enough(about, there(connection, about, source), cents)


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
    chart = chart_for(connection, rules, [movement_of(share) for share in shares])
    for share in shares:
        if share["gl"] not in chart.funds and share["gl"] != rules.posting.suspense:
            raise refused(f"GL account {share['gl']} is not in the chart, or its fund can't be posted.")


def movement_of(share: ShareData) -> Movement:
    """A share as a movement."""
    return Movement(share["account"], share["charge"], share["gl"], share["head"], share["cents"])


def _about(connection: Connection, terminal: str, epoch: int, seq: int) -> StoredRecord:
    stored = record_at(connection, terminal, epoch, seq)
    if stored is None:
        raise refused(f"Record {seq} of {terminal}/{epoch} is not in the books.")
    return stored
