"""What is marked while a deposit is made: drawers and found items chosen, papers held, papers left out and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from countertui.counter.deposit_view import Chosen, DepositView
from countertui.counter.deposits import Papers
from countertui.counter.office_sessions import Place, place_of
from countertui.domain.deposit_making import Carried, ClosedSession, LeftOut, Paper, PaperKey
from countertui.domain.deposits import PaperState
from countertui.domain.safe_bags import BagPlace, SafeBag

_SESSION, _FOUND, _PAPER, _BAG = "session", "found", "paper", "safe_bag"
_THERE = "there"


Choice = ClosedSession | SafeBag | Carried
"""What can be chosen."""


def rows_of(view: DepositView) -> list[Choice]:
    """All that can be chosen, in the order of the list."""
    return [*view.office.sessions, *view.office.bags, *view.carried]


@dataclass(slots=True)
class Marks:
    """Marks by what they stand at; each side of them is kept with the form."""

    sessions: set[Place] = field(default_factory=set)
    found: set[str] = field(default_factory=set)
    bags: set[BagPlace] = field(default_factory=set)
    seen: set[PaperKey] = field(default_factory=set)
    left_out: dict[PaperKey, LeftOut] = field(default_factory=dict)

    @property
    def chosen(self) -> Chosen:
        """For the job."""
        return Chosen(frozenset(self.sessions), frozenset(self.found), frozenset(self.bags))

    @property
    def looked_at(self) -> Papers:
        """For the job."""
        return Papers(frozenset(self.seen), dict(self.left_out))

    def of(self, view: DepositView) -> list[ClosedSession]:
        """The chosen sessions that are there."""
        return [each for each in view.office.sessions if place_of(each) in self.sessions]

    def hands(self, view: DepositView) -> tuple[str, ...]:
        """Everybody who had one of the chosen drawers: none of them is the second person."""
        bags = [each for each in view.office.bags if each.place in self.bags]
        owners: list[ClosedSession | SafeBag] = [*self.of(view), *bags]
        return tuple(hand for each in owners for hand in (each.operator, *each.hands))

    def toggle_row(self, item: Choice) -> None:
        """Choose what is to be chosen, or don't."""
        if isinstance(item, ClosedSession):
            self.sessions ^= {place_of(item)}
        elif isinstance(item, SafeBag):
            self.bags ^= {item.place}
        else:
            self.found ^= {item.item}

    def has(self, item: Choice) -> bool:
        """Whether it is chosen."""
        if isinstance(item, ClosedSession):
            return place_of(item) in self.sessions
        return item.place in self.bags if isinstance(item, SafeBag) else item.item in self.found

    def all_usual(self, view: DepositView) -> None:
        """Choose what a deposit is usually made of."""
        self.sessions, self.bags = set(view.usual), set(view.usual_bags)

    def follow(self, before: DepositView, now: DepositView) -> None:
        """Where all that was there is chosen, so is what came since."""
        was = {place_of(each) for each in before.office.sessions}, {each.place for each in before.office.bags}
        if (self.sessions, self.bags) == was:
            self.sessions |= {place_of(each) for each in now.office.sessions}
            self.bags |= {each.place for each in now.office.bags}
        self.only(now)

    def papers(self, view: DepositView) -> list[Paper]:
        """The checks and money orders of the chosen sessions."""
        return [paper for each in self.of(view) for paper in each.papers]

    def not_looked_at(self, view: DepositView) -> int:
        """How many of them have no mark yet."""
        return sum(each.key not in self.seen and each.key not in self.left_out for each in self.papers(view))

    def toggle(self, paper: Paper) -> None:
        """Held, or not looked at yet."""
        if paper.key in self.seen:
            self.seen.discard(paper.key)
        else:
            self.hold(paper)

    def hold(self, paper: Paper) -> None:
        """It goes into the bag."""
        self.left_out.pop(paper.key, None)
        self.seen.add(paper.key)

    def leave_out(self, paper: Paper, state: PaperState, reason: str) -> None:
        """It does not, and why."""
        self.seen.discard(paper.key)
        self.left_out[paper.key] = LeftOut(state, reason)

    def only(self, view: DepositView) -> None:
        """Let go of marks at what is not there any more."""
        self.sessions &= {place_of(each) for each in view.office.sessions}
        self.found &= {each.item for each in view.carried}
        self.bags &= {each.place for each in view.office.bags}
        there = {paper.key for paper in self.papers(view)}
        self.seen &= there
        self.left_out = {key: one for key, one in self.left_out.items() if key in there}

    def texts(self) -> dict[str, str]:
        """As a form keeps them: what stands at which name."""
        kept = {f"{_SESSION}|{terminal}|{epoch}|{id_}": "x" for terminal, epoch, id_ in self.sessions}
        kept |= {f"{_FOUND}|{item}": "x" for item in self.found}
        kept |= {f"{_BAG}|{terminal}|{epoch}|{id_}|{bag}": "x" for terminal, epoch, id_, bag in self.bags}
        kept |= {f"{_PAPER}|{no}|{n}": _THERE for no, n in self.seen}
        kept |= {f"{_PAPER}|{no}|{n}": f"{one.state} {one.reason}" for (no, n), one in self.left_out.items()}
        return kept


def marks_of(texts: Mapping[str, str]) -> Marks:
    """The marks that a form kept."""
    marks = Marks()
    for name, text in texts.items():
        kind, *parts = name.split("|")
        if kind == _SESSION:
            marks.sessions.add((parts[0], int(parts[1]), parts[2]))
        elif kind == _FOUND:
            marks.found.add(parts[0])
        elif kind == _BAG:
            marks.bags.add((parts[0], int(parts[1]), parts[2], "|".join(parts[3:])))
        elif kind == _PAPER:
            key = parts[0], int(parts[1])
            if text == _THERE:
                marks.seen.add(key)
            else:
                state, _, reason = text.partition(" ")
                marks.left_out[key] = LeftOut(PaperState(state), reason)
    return marks
