"""What is done with drawers and their money on its way to the bank, as chance has it: for made-up days and lives."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from random import Random
from typing import Any

from counter_station import FUND
from countertui.counter.ask_office import ask_office
from countertui.counter.close_drawer import commit_count
from countertui.counter.courier import CourierTyped, bag_log, hand_to_courier
from countertui.counter.deposit_items import give_up, lacked_items
from countertui.counter.deposit_view import Chosen, deposit_view
from countertui.counter.deposits import Papers, Signing, count_cash, make_deposit
from countertui.counter.deposits_made import take_back
from countertui.counter.drop_cash import drop_cash
from countertui.counter.figures import figures_of
from countertui.counter.fund_change import ask_change, change_fund
from countertui.counter.hand_over import close_to_hand_over, take_over
from countertui.counter.office_sessions import place_of
from countertui.counter.station import Person, Session, Station
from countertui.counter.surprise_count import surprise_count
from countertui.domain.courier import Where
from countertui.domain.deposit_making import LeftOut, expected_cash
from countertui.domain.deposits import PaperState, Stage, SubstitutionRefused
from countertui.domain.drawers import CashCount, TenderCount, cash_count
from countertui.domain.reservations import TakenElsewhere
from countertui.domain.tenders import TenderKind
from countertui.store import deposit_rows

MOST_DROPPED = 40_00


@dataclass(frozen=True, slots=True)
class AtDrawers:
    """A station, its people by id (rosa and ben, lena, hugo, tess), chance, and a name that no other's bags have."""

    station: Station
    people: Mapping[str, Person]
    random: Random
    name: str

    def act(self, session: Session | None) -> Session | None:
        """One of it, with the drawer that is open; gives the drawer that is open then."""
        if session is None or self.random.random() < 0.45:
            self.random.choices((self.deposit, self.courier, self.take_back, self.give_up), (8, 2, 2, 1))[0]()
            return session
        if self.random.random() < 0.2:
            return self.hand_over(session)
        self.random.choice((self.drop, self.surprise, self.change))(session)
        return session

    def drop(self, session: Session) -> None:
        there = self._cash(session)
        if there > 0:
            some = _pieces(self.random.randint(1, min(there, MOST_DROPPED)))
            drop_cash(self.station, self.people[session.operator], session, self._bag(), some)

    def surprise(self, session: Session) -> None:
        counted, others = self._as_expected(session, self.random.choice((0, 0, -3)))
        surprise_count(self.station, self.people["lena"], session, counted, others, "As they say")

    def change(self, session: Session) -> None:
        """Ten dollars in quarters are asked for, and given if the drawer has the ten."""
        person, quarters = self.people[session.operator], cash_count({25: 40})
        if self.random.random() < 0.5:
            ask_change(self.station, person, session, quarters)
        if self._cash(session) >= 10_00:
            change_fund(self.station, person, session, cash_count({10_00: 1}), quarters, self.people["lena"])

    def hand_over(self, session: Session) -> Session:
        """Whatever it holds, its fund stays in it for the other."""
        giver = self.people[session.operator]
        taker = self.people["ben" if session.operator == "rosa" else "rosa"]
        commit_count(self.station, giver, session, *self._as_expected(session, 0))
        close_to_hand_over(self.station, giver, session, "")
        return take_over(self.station, giver, session, taker, FUND, self.people["lena"])

    def deposit(self) -> None:
        """Some of the drawers that are closed, of the bags in the safe and of what lacked before; a paper may lack.

        The office's other terminals are asked for first, half of the time: theirs go to the bank with it.
        """
        if self.random.random() < 0.5:
            ask_office(self.station, self._run)
        view = deposit_view(self.station)
        there = [*view.office.sessions], [*view.office.bags]
        sessions = [each for each in there[0] if self.random.random() < 0.8]
        bags = [each for each in there[1] if self.random.random() < 0.7]
        found = [each for each in view.carried if self.random.random() < 0.6]
        cash = max(0, expected_cash(sessions, found, bags) + self.random.choice((0, 0, -5)))
        papers = {paper.key for each in sessions for paper in each.papers}
        missing = {key: LeftOut(PaperState.MISSING, "Not there") for key in papers if self.random.random() < 0.1}
        if not cash and not papers - missing.keys():
            return
        chosen = Chosen(
            frozenset(map(place_of, sessions)),
            frozenset(each.item for each in found),
            frozenset(each.place for each in bags),
        )
        count_cash(self.station, self.people["tess"], chosen, _pieces(cash))
        is_all = (sessions, bags) == there and not view.office.open
        stage = Stage.FINAL if is_all and self.random.random() < 0.4 else Stage.INTERIM
        off_in = self.random.choice(["", *(each.bag for each in bags)])
        signing = Signing(self._bag(), stage, "Counted twice", self.random.random() < 0.7, off_in)
        held = Papers(papers - missing.keys(), missing)
        with suppress(TakenElsewhere, SubstitutionRefused):
            make_deposit(self.station, self.people["tess"], self.people["hugo"], chosen, held, signing)

    def courier(self) -> None:
        bags = [each.bag for each in bag_log(self.station) if each.where is Where.SAFE]
        if bags:
            typed = CourierTyped("Falls Armored", "J. Reed", "114", "R-1")
            hand_to_courier(self.station, self.people["tess"], self.people["hugo"], bags, typed)

    def take_back(self) -> None:
        safe = [each for each in bag_log(self.station) if each.where is Where.SAFE]
        free = [each for each in safe if not deposit_rows.found_later(self.station.db, each.seq)]
        if free:
            take_back(self.station, self.people["tess"], self.people["hugo"], free[0].seq, "The wrong bag")

    def give_up(self) -> None:
        """What a deposit lacks is lost, by two people; a fund that lacks money is filled up instead."""
        lacked = [each.row for each in lacked_items(self.station) if each.row.cents > 0]
        if lacked:
            tess, hugo = self.people["tess"], self.people["hugo"]
            give_up(self.station, tess, hugo, self.random.choice(lacked).item, "Not found")

    def _run(self, job: Callable[..., Any], *args: object) -> Any:
        return job(self.station, *args)

    def _bag(self) -> str:
        return f"{self.name}-{self.random.getrandbits(32)}"

    def _cash(self, session: Session) -> int:
        return figures_of(self.station, session).expected()[TenderKind.CASH].cents

    def _as_expected(self, session: Session, off: int) -> tuple[CashCount, dict[TenderKind, TenderCount]]:
        expected = figures_of(self.station, session).expected()
        others = {kind: TenderCount(kind, each.count, each.cents) for kind, each in expected.items() if kind != "cash"}
        return _pieces(max(0, expected[TenderKind.CASH].cents + off)), others


def _pieces(cents: int) -> CashCount:
    return cash_count({100: cents // 100, 1: cents % 100})
