"""Bank deposits that terminals made: posted as the desk's are, judged by the books' own records.

Custody is never refused. A deposit that is not what was received stands in suspense whole, with an error item. So does
one that names sessions which did not come yet; it is carried out when the last of them comes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from countertui.domain.deposit_accounts import account_of, all_accounts
from countertui.domain.deposit_making import ClosedSession
from countertui.domain.deposits import Stage
from countertui.domain.money import Cents
from countertui.domain.postings import PostingRules, over_short_entry
from countertui.domain.records import Kind
from countertui.domain.safe_bags import BagPlace, SafeBag
from countertui.domain.tenders import TenderKind
from countertui.ledger import couriers, tables
from countertui.ledger.books import draw_numbers
from countertui.ledger.bulk import insert_many
from countertui.ledger.checks_in_deposits import ChecksInDeposits
from countertui.ledger.deposit_items import end_returned, forget_made_up, give_up
from countertui.ledger.deposit_judging import less_left_out, why_another_account, why_not_intact
from countertui.ledger.deposit_people import had_one, of_hands, of_people
from countertui.ledger.deposited_bags import (
    apart,
    bag_in_books,
    bags_named,
    dropped_since,
    in_deposits,
    note_bags,
    wait_for,
)
from countertui.ledger.deposits_in_books import (
    closed_of,
    deposit_named,
    deposited_of,
    left_of_days,
    named,
    open_items,
    place_of,
    posted_by,
    strange_of,
    why_it_stays,
)
from countertui.ledger.entries import write_entries
from countertui.ledger.periods import Periods
from countertui.ledger.posting import Lines, Posting, Problem, by_place
from countertui.ledger.staff import People
from countertui.ledger.stored import record_at

Body = Mapping[str, Any]
FIRST = 1_000_000_000
"""Deposits of terminals are numbered from the one after it on; those of the desk by their records."""
WAITS = "deposit-waits"
KINDS = frozenset({Kind.DEPOSIT_COUNT, Kind.DEPOSIT, Kind.DEPOSIT_FINAL, Kind.DEPOSIT_TAKEN_BACK, Kind.COURIER})
KINDS |= {Kind.DEPOSIT_ITEM_LOST}
DEPOSITED, WAITING, SUSPENDED, TAKEN_BACK = "deposited", "waiting", "suspended", "taken_back"
"""How a deposit stands."""
_STAYS = frozenset({"deposit-not-there", "deposit-stays", "own-drawer"})
_ITEM = ("id", "terminal", "epoch", "seq", "reason", "detail", "cents", "state", "made_at")


@dataclass(slots=True)
class TerminalDeposits:
    """The deposits of a batch: who may, by the people of the moment; carried out by `write` once all else is in."""

    connection: Connection
    terminal: str
    epoch: int
    rules: PostingRules
    """With an account for every tender."""
    periods: Periods
    now: str = ""
    _bodies: list[tuple[Body, bool]] = field(default_factory=list)
    checks: ChecksInDeposits = field(init=False)
    """Where they leave a check."""

    def __post_init__(self) -> None:
        self.checks = ChecksInDeposits(self.connection)

    def take(self, body: Body, people: People) -> list[Problem]:
        """Keep a record for later, and say who may not do what it says."""
        problems = couriers.of_people(body, people) if body["kind"] == Kind.COURIER else list(of_people(body, people))
        if body["kind"] != Kind.DEPOSIT_COUNT:
            self._bodies.append((body, not problems))
        if body["kind"] == Kind.DEPOSIT:
            self.checks.made(body, self._account(body))
        elif body["kind"] == Kind.DEPOSIT_TAKEN_BACK and not problems:
            self.checks.taken_back(body)
        return problems

    def write(self, closed: Iterable[str], now: str) -> list[tuple[int, Problem]]:
        """Carry the batch's deposits out, in their order, and those of others that waited for its sessions.

        closed: the sessions that the batch closed. Gives what is wrong, by record of this batch.
        """
        self.now = now
        found: list[tuple[int, Problem]] = []
        for body, may in self._bodies:
            if body["kind"] == Kind.DEPOSIT:
                found += [(body["seq"], problem) for problem in self._deposit(body)]
            elif body["kind"] == Kind.DEPOSIT_FINAL:
                found += [(body["seq"], problem) for problem in self._final(body)]
            elif body["kind"] == Kind.COURIER:
                place = self.terminal, self.epoch
                found += [(body["seq"], problem) for problem in couriers.given_away(self.connection, place, body)]
            elif may and body["kind"] == Kind.DEPOSIT_ITEM_LOST:
                found += [(body["seq"], problem) for problem in self._given_up(body)]
            elif may:
                found = self._taken_back(body, found)
        end_returned(self.connection)
        self._follow(sorted(closed))
        return found

    # A deposit

    def _deposit(self, body: Body) -> list[Problem]:
        data, no = body["data"], FIRST + draw_numbers(self.connection, "deposit", 1)
        places = list(map(place_of, data["sessions"]))
        named_bags = bags_named(data)
        strange = strange_of(self.connection, body, [*places, *(place[:3] for place in named_bags)])
        twice, again = deposited_of(self.connection, places), in_deposits(self.connection, named_bags)
        free = [place for place in places if place not in twice and place not in strange]
        sessions = closed_of(self.connection, free)
        rows = [(*place, no) for place in free]
        insert_many(self.connection, tables.deposited, ("terminal", "epoch", "session", "seq"), rows)
        free_bags = [place for place in named_bags if place not in again and place[:3] not in [*strange, *twice]]
        note_bags(self.connection, free_bags, no)
        bags = self._bags_of(data)
        problems = [*self._of_bag(data, no), *of_hands(body, [*sessions.values(), *bags.values()])]
        waiting = [place for place in free if place not in sessions]
        not_dropped = [place for place in apart(data) if place not in bags and place in free_bags]
        if strange:
            told = f"{named(data)} names session {strange[0][2]} of {strange[0][0]}, which is none of {data['office']}."
            posting, state = self._suspended(body, Problem("other-office", told, data["total_cents"])), SUSPENDED
        elif twice:
            told = f"{named(data)} names session {twice[0][2]} of {twice[0][0]}, which is in another deposit."
            posting, state = self._suspended(body, Problem("deposited-twice", told, data["total_cents"])), SUSPENDED
        elif again:
            told = f"{named(data)} contains bag {again[0][3]} of {again[0][0]}, which is in another deposit."
            posting, state = self._suspended(body, Problem("deposited-twice", told, data["total_cents"])), SUSPENDED
        elif waiting or not_dropped:
            each = ", ".join(f"session {id_} of {terminal}" for terminal, _, id_ in waiting)
            drops = ", ".join(f"bag {bag} of {terminal}" for terminal, _, _, bag in not_dropped)
            lacks = [
                *([f"{each}: not closed here yet"] if each else []),
                *([f"{drops}: not dropped here yet"] if drops else []),
            ]
            told = f"{named(data)} waits for {'; '.join(lacks)}."
            posting, state = self._suspended(body, Problem(WAITS, told, data["total_cents"])), WAITING
            columns = ("terminal", "epoch", "session", "no")
            insert_many(self.connection, tables.deposit_waits, columns, [(*place, no) for place in waiting])
            wait_for(self.connection, not_dropped, no)
        else:
            posting, state = self._judged(body, list(sessions.values()), list(bags.values()), no)
        row = {name: data[name] for name in ("slip_no", "office", "bag", "total_cents", "stage")}
        row["account"] = self._account(body)
        row |= {name: body[name] for name in ("terminal", "epoch", "seq", "biz_date")}
        self.connection.execute(insert(tables.deposit).values(no=no, state=state, **row))
        if state != SUSPENDED:
            self._carry(body, no)
        problems += self._enter(body, posting)
        if data["stage"] == Stage.FINAL:
            problems += left_of_days(self.connection, data, data["biz_dates"], data["not_heard"])
        return problems

    def _bags_of(self, data: Body) -> dict[BagPlace, SafeBag]:
        """Of the bags that a deposit took apart those whose drop is in the books."""
        found = {place: bag_in_books(self.connection, place) for place in apart(data)}
        return {place: bag for place, bag in found.items() if bag is not None}

    def _judged(
        self, body: Body, sessions: Sequence[ClosedSession], bags: Sequence[SafeBag], no: int
    ) -> tuple[Posting, str]:
        """What a deposit posts whose sessions and bags are all there, and how it stands then."""
        data = body["data"]
        open_ = open_items(self.connection, body, no)
        owed = less_left_out(data, sessions)
        why = why_not_intact(data, owed, open_, bags)
        why = why or why_another_account(data, owed, open_, self.rules, bags)
        if not self._account(body):
            why = Problem("no-bank", f"{named(data)}: no bank account is set in the city's rules.", 0)
        if why is not None:
            return self._suspended(body, why), SUSPENDED
        return Posting(self._lines(data)), DEPOSITED

    def _account(self, body: Body) -> str:
        """The account that a deposit's bag is at: which its people named, if it is one of the city's."""
        data = body["data"]
        if data["bank"] in all_accounts(self.rules):
            return str(data["bank"])
        return account_of(self.rules, data["office"], body["biz_date"])

    def _lines(self, data: Body) -> Lines:
        """From what stands for each tender to the bank; what is not carried is over or short of its tender."""
        pool = self.rules.pooled_fund
        lines = {(pool, data["bank"]): int(data["total_cents"])}
        for each in data["composition"]:
            place = pool, self.rules.tender[TenderKind(each["tender"])]
            lines[place] = lines.get(place, 0) - each["cents"]
        for each in data["differences"]:
            if not each["carried"]:
                entry = over_short_entry(TenderKind(each["tender"]), Cents(each["cents"]), self.rules)
                for place, cents in by_place(entry).items():
                    lines[place] = lines.get(place, 0) + cents
        return {place: cents for place, cents in lines.items() if cents}

    def _suspended(self, body: Body, why: Problem) -> Posting:
        """The bag goes to the bank, whatever it is made of: all of it stands in suspense until somebody says."""
        pool, total, account = self.rules.pooled_fund, body["data"]["total_cents"], self._account(body)
        if not account:
            return Posting({}, (), [replace(why, cents=0)])
        return Posting({(pool, account): total, (pool, self.rules.suspense): -total}, (), [why])

    def _carry(self, body: Body, no: int) -> None:
        """Note what a deposit lacks, and what it found."""
        place, data, table = (body["terminal"], body["epoch"]), body["data"], tables.deposit_carried
        columns = ("terminal", "epoch", "item", "tender", "cents", "receipt_no", "reference", "reason", "no", "ended")
        own = (table.c.terminal == place[0]) & (table.c.epoch == place[1])
        there = set(self.connection.execute(select(table.c.item).where(own)).scalars())
        rows = [
            (
                *place,
                one["item"],
                one["tender"],
                -one["cents"],
                one["receipt_no"],
                one["reference"],
                one["reason"],
                no,
                "",
            )
            for one in data["differences"]
            if one["carried"] and one["item"] not in there
        ]
        insert_many(self.connection, table, columns, rows)
        items = [each["item"] for each in data["found"]]
        here = own & table.c.item.in_(items) & table.c.found_no.is_(None)
        self.connection.execute(update(table).where(here).values(found_no=no))

    # Sessions that came later

    def _follow(self, closed: Sequence[str]) -> None:
        """Carry out what waited for these sessions of this terminal, once nothing else lacks."""
        table = tables.deposit_waits
        here = (table.c.terminal == self.terminal) & (table.c.epoch == self.epoch) & table.c.session.in_(closed)
        waited = set(self.connection.execute(select(table.c.no).where(here)).scalars()) if closed else set[int]()
        self.connection.execute(delete(table).where(here))
        waited |= dropped_since(self.connection, self.terminal, self.epoch)
        for no in sorted(waited):
            waits = [
                self.connection.execute(select(each.c.no).where(each.c.no == no).limit(1)).first()
                for each in (tables.deposit_waits, tables.deposit_waits_bag)
            ]
            if not any(waits):
                self._settle(no)

    def _settle(self, no: int) -> None:
        deposit, item = tables.deposit, tables.error_item
        row = self.connection.execute(select(deposit).where(deposit.c.no == no)).mappings().one()
        stored = record_at(self.connection, row["terminal"], row["epoch"], row["seq"])
        if stored is None:
            raise AssertionError("a deposit's record is in the books")
        body, data = stored.body, stored.body["data"]
        sessions = closed_of(self.connection, map(place_of, data["sessions"]))
        bags = self._bags_of(data)
        posting, state = self._judged(body, list(sessions.values()), list(bags.values()), no)
        of = (item.c.terminal == row["terminal"]) & (item.c.epoch == row["epoch"]) & (item.c.seq == row["seq"])
        open_ = of & (item.c.reason == WAITS) & (item.c.state == "open")
        waits = self.connection.execute(select(item.c.id).where(open_)).scalar()
        problems = of_hands(body, [*sessions.values(), *bags.values()])
        by_it = forget_made_up(self.connection, no) if state == SUSPENDED else ""
        if waits is None:
            told = f"{named(data)}: its sessions came after somebody had moved its money out of suspense.{by_it}"
            problems.append(Problem("deposit-corrected", told, 0))
        elif state == SUSPENDED:
            why = posting.problems[0]
            self.connection.execute(update(item).where(open_).values(reason=why.reason, detail=why.detail + by_it))
        else:
            lines = dict(posting.lines)
            for place, cents in posted_by(self.connection, (row["terminal"], row["epoch"], row["seq"])).items():
                lines[place] = lines.get(place, 0) - cents
            moved = Posting({place: cents for place, cents in lines.items() if cents})
            problems += self._enter(body, moved)
            self.connection.execute(update(item).where(open_).values(state="settled"))
        self.connection.execute(update(deposit).where(deposit.c.no == no).values(state=state))
        self._write_items(body, problems)

    def _write_items(self, body: Body, problems: Sequence[Problem]) -> None:
        """Error items of another batch's record."""
        first = draw_numbers(self.connection, "error_item", len(problems)) if problems else 0
        place = body["terminal"], body["epoch"], body["seq"]
        rows = [
            (number, *place, each.reason, each.detail, each.cents, "open", self.now)
            for number, each in enumerate(problems, start=first)
        ]
        insert_many(self.connection, tables.error_item, _ITEM, rows)

    # What is done with a deposit on record

    def _final(self, body: Body) -> list[Problem]:
        data, row = body["data"], deposit_named(self.connection, body)
        if row is None or row["state"] == TAKEN_BACK:
            return [Problem("deposit-not-there", f"No deposit {data['deposit']['slip_no']} stands.", 0)]
        table = tables.deposit
        self.connection.execute(update(table).where(table.c.no == row["no"]).values(stage=Stage.FINAL.value))
        named = {"slip_no": row["slip_no"], "bag": row["bag"], "office": row["office"]}
        left = left_of_days(self.connection, named, data["biz_dates"], data["not_heard"])
        return [*self._of_those_who_had(body, self._signed(row)), *left]

    def _of_those_who_had(self, body: Body, made: Body) -> list[Problem]:
        """The second person of what is done with a deposit had one of its drawers, by the books or as it says itself.

        made: the deposit's data; sessions that did not come yet are known by it alone.
        """
        closed = closed_of(self.connection, map(place_of, made["sessions"])).values()
        owners: list[ClosedSession | SafeBag] = [*closed, *self._bags_of(made).values()]
        said = [*made["sessions"], *made.get("safe_bags", [])]
        return of_hands(body, owners) or had_one(
            body, ((each["drawer"], each["terminal"], (each["operator"], *each["hands"])) for each in said)
        )

    def _signed(self, row: Mapping[Any, Any]) -> Body:
        """What the record of a deposit in the books says."""
        stored = record_at(self.connection, row["terminal"], row["epoch"], row["seq"])
        if stored is None:
            raise AssertionError("a deposit's record is in the books")
        data: Body = stored.body["data"]
        return data

    def _taken_back(self, body: Body, found: Sequence[tuple[int, Problem]]) -> list[tuple[int, Problem]]:
        """Take a deposit back, one of this very batch too: then nothing waits in suspense for it."""
        problems = [(body["seq"], problem) for problem in self._take_back(body)]
        if any(problem.reason in _STAYS for _, problem in problems):
            return [*found, *problems]
        seq = body["data"]["deposit"]["seq"]
        left = [(n, replace(one, cents=0) if n == seq else one) for n, one in found if (n, one.reason) != (seq, WAITS)]
        return [*left, *problems]

    def _take_back(self, body: Body) -> list[Problem]:
        """Turn round what a deposit posted, unless its money is elsewhere by now."""
        row = deposit_named(self.connection, body)
        slip_no = body["data"]["deposit"]["slip_no"]
        if row is None or row["state"] == TAKEN_BACK:
            return [Problem("deposit-not-there", f"No deposit {slip_no} stands that could be taken back.", 0)]
        no, place = row["no"], (row["terminal"], row["epoch"], row["seq"])
        problems = self._of_those_who_had(body, self._signed(row))
        if problems or (why := why_it_stays(self.connection, row)):
            return problems or [Problem("deposit-stays", f"{slip_no} was taken back, but {why}.", 0)]
        lines = {each: -cents for each, cents in posted_by(self.connection, place).items()}
        item = tables.error_item
        here = (item.c.terminal == place[0]) & (item.c.epoch == place[1]) & (item.c.seq == place[2])
        money = here & (item.c.state == "open") & (item.c.cents != 0)
        self.connection.execute(update(item).where(money).values(state="settled"))
        gone = tables.deposit_waits, tables.deposit_waits_bag, tables.deposited_bag, tables.deposit_carried
        for table in gone:
            self.connection.execute(delete(table).where(table.c.no == no))
        self.connection.execute(delete(tables.deposited).where(tables.deposited.c.seq == no))
        found = tables.deposit_carried
        self.connection.execute(update(found).where(found.c.found_no == no).values(found_no=None))
        self.connection.execute(update(tables.deposit).where(tables.deposit.c.no == no).values(state=TAKEN_BACK))
        return self._enter(body, Posting(lines))

    def _given_up(self, body: Body) -> list[Problem]:
        """Post what a deposit lacks as short, if that is open."""
        data, c = body["data"], tables.deposit_carried.c
        here = (c.terminal == body["terminal"]) & (c.epoch == body["epoch"]) & (c.item == data["item"])
        made = tables.deposit.join(tables.deposit_carried, tables.deposit.c.no == c.no)
        found = select(tables.deposit).select_from(made).where(here)
        row: Mapping[Any, Any] | None = self.connection.execute(found).mappings().first()
        if row is not None and (had := self._of_those_who_had(body, self._signed(row))):
            return had
        posting, problem = give_up(self.connection, body, self.rules)
        return [problem] if problem is not None else self._enter(body, posting)

    # What is in the books

    def _enter(self, body: Body, posting: Posting) -> list[Problem]:
        """Write an entry of a record; gives what is wrong with it, a closed month included."""
        fitted = self.periods.fitted(posting, body["biz_date"])
        if fitted.lines:
            entry = draw_numbers(self.connection, "entry", 1)
            place = body["terminal"], body["epoch"], body["seq"]
            dated = self.periods.open_date(body["biz_date"])
            write_entries(self.connection, [(entry, *place, body["kind"], dated, None)], [fitted.lines])
            c = tables.record.c
            here = (c.terminal == place[0]) & (c.epoch == place[1]) & (c.seq == place[2]) & c.entry.is_(None)
            self.connection.execute(update(tables.record).where(here).values(entry=entry))
        return list(fitted.problems)

    def _of_bag(self, data: Body, no: int) -> list[Problem]:
        bag, dropped = tables.bag, tables.dropped
        used = self.connection.execute(select(bag.c.seq).where(bag.c.bag == data["bag"])).first() is not None
        if not used:
            self.connection.execute(insert(bag).values(bag=data["bag"], seq=no))
            used = (
                self.connection.execute(select(dropped.c.seq).where(dropped.c.bag == data["bag"])).first() is not None
            )
        return [Problem("bag-used-twice", f"{named(data)}: that bag was used before.", 0)] if used else []
