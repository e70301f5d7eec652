"""Bank deposits: the counted money of closed sessions, whole, in one bag, by two people's signed record.

Intact (reference/counter-practice.md, rule 20): what is deposited of a session is what was counted in it, tender by
tender, less what was there at its opening, and with the bags that it dropped into the safe and that no terminal's
deposit took before; nobody says the sums, they follow from the close and drop records.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, RowMapping, insert, select

from countertui.domain.deposit_accounts import AccountsMixed, one_account
from countertui.domain.deposits import DEPOSITED, Stage
from countertui.domain.desk_records import DepositData, DeskKind, SessionRef, TenderSum
from countertui.domain.drops import DropRefused, bag_number
from countertui.domain.postings import PostingRules
from countertui.domain.records import Fact
from countertui.domain.rights import Act, require_second_person, took_part
from countertui.domain.tenders import TenderKind
from countertui.errors import AnswerNo
from countertui.ledger import tables
from countertui.ledger.charted import rules_of
from countertui.ledger.deposited_bags import left_of, note_bags
from countertui.ledger.desk import Ground, Made, record, require_two
from countertui.ledger.desk_entry import write_entry
from countertui.ledger.periods import Periods
from countertui.ledger.posting import Posting
from countertui.ledger.stored import record_at


class DepositRefusedError(AnswerNo):
    """A deposit that can't be made as asked for."""


@dataclass(frozen=True, slots=True)
class Undeposited:
    """A closed session whose money is in no deposit yet: pieces and cents per tender; cash less the opening count."""

    terminal: str
    epoch: int
    session: str
    office: str
    drawer: str
    operator: str
    biz_date: str
    sums: tuple[TenderSum, ...]

    @property
    def total_cents(self) -> int:
        """All tenders together."""
        return sum(each["cents"] for each in self.sums)


def undeposited(connection: Connection, office: str | None = None) -> list[Undeposited]:
    """Closed sessions in no deposit, by business date; of one office, or of all."""
    session, deposited, terminal = tables.session, tables.deposited, tables.terminal
    there = select(deposited.c.seq).where(
        deposited.c.terminal == session.c.terminal,
        deposited.c.epoch == session.c.epoch,
        deposited.c.session == session.c.id,
    )
    query = (
        select(session, terminal.c.office)
        .join(terminal, (terminal.c.code == session.c.terminal) & (terminal.c.epoch == session.c.epoch))
        .where(session.c.close_seq.is_not(None), ~there.exists())
        .order_by(session.c.biz_date, session.c.terminal, session.c.epoch, session.c.open_seq)
    )
    if office is not None:
        query = query.where(terminal.c.office == office)
    return [
        Undeposited(
            terminal=row["terminal"],
            epoch=row["epoch"],
            session=row["id"],
            office=row["office"],
            drawer=row["drawer"],
            operator=row["operator"],
            biz_date=row["biz_date"],
            sums=_counted(connection, row),
        )
        for row in connection.execute(query).mappings().all()
    ]


def composition(sessions: Iterable[Undeposited]) -> list[TenderSum]:
    """Pieces and cents per tender over all these sessions; tenders without any are left out."""
    found = []
    for kind in DEPOSITED:
        each = [one for session in sessions for one in session.sums if one["tender"] == kind]
        total = TenderSum(tender=kind.value, count=sum(e["count"] for e in each), cents=sum(e["cents"] for e in each))
        if total["count"] or total["cents"]:
            found.append(total)
    return found


def deposit(
    ground: Ground,
    office: str,
    bag: str,
    sessions: Sequence[tuple[str, int, str]],
    *,
    by: str,
    second: str,
    biz_date: str,
    id_: str,
) -> Made:
    """Put the money of these sessions (terminal, epoch, id) of one office into a bag and onto the bank's account.

    Both people have signed in; the second had none of the drawers. Raises DepositRefusedError,
    NotAllowed; nothing is changed then.
    """
    connection = ground.connection
    rules = rules_of(connection)
    _require_people(ground, by, second, ())
    bag = _free_bag(connection, bag)
    if Periods(connection, rules.posting).open_date(biz_date) != biz_date:
        raise _refused(f"{biz_date[:7]} is closed.")
    there = {(each.terminal, each.epoch, each.session): each for each in undeposited(connection, office)}
    if missing := [place for place in sessions if place not in there]:
        raise _refused(f"Session {missing[0][2]} of {missing[0][0]} is not closed here, or deposited already.")
    chosen = [there[place] for place in dict.fromkeys(sessions)]
    _require_people(ground, by, second, chosen)
    sums = composition(chosen)
    if not sums or any(each["cents"] < 0 for each in sums):
        raise _refused("There is no money in these sessions to deposit.")
    account = _account(rules.posting, office, chosen)
    data = DepositData(
        office=office,
        bank=account,
        bag=bag,
        sessions=[SessionRef(terminal=each.terminal, epoch=each.epoch, session=each.session) for each in chosen],
        composition=sums,
        total_cents=sum(each["cents"] for each in sums),
    )
    fact = Fact(id=id_, kind=DeskKind.DEPOSIT, operator=by, approver=second, data=data, biz_date=biz_date)
    made = record(connection, ground.books, ground.key, fact, ground.now)
    carry_out(ground, made)
    return made


def carry_out(ground: Ground, made: Made) -> None:
    """Post a deposit: from what stands for each tender to the bank's account.

    Raises NotAllowed, DepositRefusedError where it is not what was counted in sessions that are in no other one, or not
    to the account of their office and days.
    """
    connection, data = ground.connection, made.body["data"]
    rules = rules_of(connection).posting
    there = {(each.terminal, each.epoch, each.session): each for each in undeposited(connection, data["office"])}
    places = [(each["terminal"], each["epoch"], each["session"]) for each in data["sessions"]]
    chosen = [there[place] for place in places if place in there]
    _require_people(ground, made.body["operator"], made.body["approver"], chosen)
    total = sum(each["cents"] for each in data["composition"])
    if len(chosen) != len(places) or composition(chosen) != data["composition"] or data["total_cents"] != total:
        raise _refused(f"Deposit {data['bag']} is not what was counted in sessions that are in no other one.")
    if (account := _account(rules, data["office"], chosen)) != data["bank"]:
        raise _refused(f"Deposit {data['bag']} goes to {data['bank']}, the money of its sessions to {account}.")
    pool = rules.pooled_fund
    lines = {(pool, data["bank"]): data["total_cents"]}
    for each in data["composition"]:
        place = pool, rules.tender[TenderKind(each["tender"])]
        lines[place] = lines.get(place, 0) - each["cents"]
    standing = {place: cents for place, cents in lines.items() if cents}
    write_entry(ground, made, Posting(standing), biz_date=made.body["biz_date"])
    rows = [{**each, "seq": made.seq} for each in data["sessions"]]
    for terminal, epoch, session in places:
        left = left_of(connection, terminal, epoch, session)
        note_bags(connection, [(terminal, epoch, session, bag) for bag in left], made.seq)
    connection.execute(insert(tables.deposited), rows)
    connection.execute(insert(tables.bag).values(bag=data["bag"], seq=made.seq))
    row = {name: data[name] for name in ("office", "bag", "total_cents")}
    row |= {name: made.body[name] for name in ("terminal", "epoch", "seq", "biz_date")}
    connection.execute(
        insert(tables.deposit).values(
            no=made.seq, slip_no="", account=data["bank"], stage=Stage.INTERIM.value, state="deposited", **row
        )
    )


def _free_bag(connection: Connection, typed: str) -> str:
    """The bag's number as terminals write it. Raises DepositRefusedError for none, and for one that was used before."""
    try:
        bag = bag_number(typed)
    except DropRefused:
        raise _refused("A deposit needs its bag's number.") from None
    for table in (tables.bag, tables.dropped):
        if connection.execute(select(table.c.seq).where(table.c.bag == bag)).first() is not None:
            raise _refused(f"Bag {bag} was used before.")
    return bag


def _account(rules: PostingRules, office: str, sessions: Iterable[Undeposited]) -> str:
    """The one account that the money of these sessions goes to. Raises DepositRefusedError."""
    try:
        account = one_account(rules, office, (each.biz_date for each in sessions))
    except AccountsMixed as mixed:
        raise DepositRefusedError(mixed.happened, "Nothing was changed.", "Make a deposit of each.") from None
    if not account:
        raise DepositRefusedError(
            "No bank account is set in the city's rules.",
            "Nothing was changed.",
            "Name it as bank in gl.toml, [[control]]; then countertui ledger city.",
        )
    return account


def _require_people(ground: Ground, by: str, second: str, sessions: Iterable[Undeposited]) -> None:
    """Two who may, the second of whom had none of these drawers. Raises NotAllowed."""
    require_two(ground.connection, by, Act.DEPOSIT, second, Act.AGREE, ground.now)
    for each in sessions:
        require_second_person(second, _hands_on(ground.connection, each))


def _counted(connection: Connection, session: RowMapping) -> tuple[TenderSum, ...]:
    """What was counted at a session's close, less its opening count, and what of its drops is in the safe still."""
    place = session["terminal"], session["epoch"]
    opened = record_at(connection, *place, session["open_seq"])
    closed = record_at(connection, *place, session["close_seq"])
    before = opened.body["data"]["counted_cents"] if opened is not None else 0
    in_safe = sum(left_of(connection, *place, session["id"]).values())
    found = []
    for each in closed.body["data"]["counted"] if closed is not None else ():
        is_cash = each["tender"] == TenderKind.CASH
        if each["tender"] in DEPOSITED:
            count = 0 if is_cash else each["count"]
            cents = each["cents"] + (in_safe - before if is_cash else 0)
            found.append(TenderSum(tender=each["tender"], count=count, cents=cents))
    return tuple(found)


def _hands_on(connection: Connection, session: Undeposited) -> list[str]:
    """Everybody whom the records name that opened and closed a session."""
    c = tables.session.c
    here = (c.terminal == session.terminal) & (c.epoch == session.epoch) & (c.id == session.session)
    ends = connection.execute(select(c.open_seq, c.close_seq).where(here)).one()
    records = [record_at(connection, session.terminal, session.epoch, seq) for seq in ends]
    return [session.operator, *took_part(*(record.body for record in records if record is not None))]


def _refused(happened: str) -> DepositRefusedError:
    return DepositRefusedError(happened, "Nothing was changed.", "countertui ledger deposits lists what can be.")
