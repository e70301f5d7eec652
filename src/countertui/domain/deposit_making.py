"""What a bank deposit is made of: the money of closed sessions, intact, and a name for every difference. Pure.

Intact (reference/counter-practice.md, rule 20): checks and money orders are those of the receipts, one by one, and
cash is what receipts and the recorded over and short come to. So a check can't stand in for cash that was taken out.
Amounts are cents; over is positive, short negative.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from countertui.domain.deposits import (
    DEPOSITED,
    PAPERS,
    BagData,
    CoveredData,
    DepositRefused,
    DifferenceData,
    FoundData,
    PaperData,
    PaperState,
    ReasonNeeded,
    SafeBagData,
    SubstitutionRefused,
    What,
    item_name,
)
from countertui.domain.desk_records import SessionRef, TenderSum
from countertui.domain.money import format_cents
from countertui.domain.safe_bags import SafeBag
from countertui.domain.tenders import TenderKind
from countertui.domain.words import number_of

PaperKey = tuple[str, int]
"""A receipt's number, and which of its tenders it is, from 1."""
_NOTHING = "Nothing was recorded."
_SAID_BEFORE = "Short at the close already"


@dataclass(frozen=True, slots=True)
class Paper:
    """A check or money order that a receipt was paid with and that was not taken back with it."""

    receipt_no: str
    n: int
    tender: TenderKind
    reference: str
    cents: int

    @property
    def key(self) -> PaperKey:
        """What it is known by."""
        return self.receipt_no, self.n

    @property
    def words(self) -> str:
        """For a person: `Check 1182 of receipt T1-17, 84.17`."""
        reference = f" {self.reference}" if self.reference else ""
        return f"{self.tender.label}{reference} of receipt {self.receipt_no}, {format_cents(self.cents)}"


@dataclass(frozen=True, slots=True)
class ClosedSession:
    """A closed session and what was counted in it: sums, cash_off and bags as in CoveredData.

    papers: what its receipts were paid with that goes to the bank by itself. hands: everybody whom its opening and its
    close name: none of them is the second person of its deposit.
    """

    terminal: str
    epoch: int
    session: str
    batch_no: int | None
    drawer: str
    operator: str
    biz_date: str
    sums: tuple[TenderSum, ...]
    cash_off: int
    bags: tuple[BagData, ...] = ()
    papers: tuple[Paper, ...] = ()
    hands: tuple[str, ...] = ()

    @property
    def ref(self) -> SessionRef:
        """What it is known by."""
        return SessionRef(terminal=self.terminal, epoch=self.epoch, session=self.session)

    @property
    def checks(self) -> tuple[Paper, ...]:
        """Its checks alone."""
        return tuple(paper for paper in self.papers if paper.tender is TenderKind.CHECK)

    def cents(self, kind: TenderKind) -> int:
        """What its close says of one tender."""
        return sum(each["cents"] for each in self.sums if each["tender"] == kind)

    def listed(self, kind: TenderKind) -> int:
        """What its papers of one kind add up to."""
        return sum(paper.cents for paper in self.papers if paper.tender is kind)


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Why a paper of a receipt is not in the bag: missing or returned, and the reason two people sign."""

    state: PaperState
    reason: str


@dataclass(frozen=True, slots=True)
class Carried:
    """An open item of an earlier deposit: what was missing then; cents below 0 are what a drawer's fund lacked.

    bank: the account of that deposit, where this money belongs.
    """

    item: str
    tender: TenderKind
    cents: int
    receipt_no: str
    reference: str
    reason: str
    bank: str

    @property
    def data(self) -> FoundData:
        """The item as the deposit has it that contains it."""
        return FoundData(
            item=self.item,
            tender=self.tender.value,
            cents=self.cents,
            receipt_no=self.receipt_no,
            reference=self.reference,
        )


@dataclass(frozen=True, slots=True)
class Made:
    """A deposit's parts, as its record has them."""

    sessions: tuple[CoveredData, ...]
    found: tuple[FoundData, ...]
    differences: tuple[DifferenceData, ...]
    composition: tuple[TenderSum, ...]
    safe_bags: tuple[SafeBagData, ...] = ()

    @property
    def total(self) -> int:
        """What is in the bag, in cents."""
        return sum(each["cents"] for each in self.composition)


@dataclass(frozen=True, slots=True)
class Said:
    """What people say of a deposit they make: its slip, papers they hold, those left out, why cash differs.

    carry: a shortage of cash stays open until a later deposit finds it, instead of being posted as short. off_in: the
    bag of the safe in which the difference in cash is, empty where it is not known to be in one.
    """

    slip_no: str
    seen: AbstractSet[PaperKey] = frozenset()
    left_out: Mapping[PaperKey, LeftOut] | None = None
    reason: str = ""
    carry: bool = False
    off_in: str = ""

    def state(self, paper: Paper) -> LeftOut | None:
        """Why a paper is left out; None where it is in the bag."""
        return (self.left_out or {}).get(paper.key)


def expected_cash(sessions: Iterable[ClosedSession], found: Iterable[Carried], bags: Iterable[SafeBag] = ()) -> int:
    """Cents of cash that the bag should hold: as closed and as dropped, with earlier shortages that turned up."""
    closed = sum(each.cents(TenderKind.CASH) for each in sessions) + sum(each.cents for each in bags)
    return closed + sum(each.cents for each in found if each.tender is TenderKind.CASH)


def made_of(
    sessions: Sequence[ClosedSession],
    found: Sequence[Carried],
    cash: int,
    said: Said,
    bags: Sequence[SafeBag] = (),
) -> Made:
    """Put a deposit together from what was counted (cents of cash) and looked at one by one.

    bags: of the safe, of sessions that are not among these. Raises DepositRefused where a paper was neither seen nor
    named as missing, SubstitutionRefused, ReasonNeeded for a difference without a reason.
    """
    if not sessions and not found and not bags:
        raise DepositRefused("No drawer is chosen.", _NOTHING, "Space chooses one.")
    _require_each_paper(sessions, said)
    differences = tuple(_numbered(_differences(sessions, found, cash, said, bags), said.slip_no))
    _require_no_substitution(sessions, differences)
    for each in differences:
        if not each["reason"]:
            raise ReasonNeeded(_lacking(each), _NOTHING, "Type why; both of you sign it.")
    covered = tuple(_covered(each, said) for each in sessions)
    composition = tuple(_composition(covered, found, cash))
    if not composition:
        raise DepositRefused("There is nothing in this bag.", _NOTHING, "Esc leaves.")
    return Made(
        covered, tuple(each.data for each in found), differences, composition, tuple(each.data for each in bags)
    )


def differences_of(
    sessions: Sequence[ClosedSession],
    found: Sequence[Carried],
    cash: int,
    said: Said,
    bags: Sequence[SafeBag] = (),
) -> list[str]:
    """What differs so far, in words, whether or not a reason is there."""
    return [_lacking(each) for each in _differences(sessions, found, cash, said, bags)]


def paper_named(papers: Iterable[Paper], reference: str, cents: int | None) -> Paper:
    """The paper that somebody holds, by its number as typed or read, and its amount where one was typed.

    Raises DepositRefused: none may be added that is of no receipt here, or that says another amount.
    """
    wanted = _plain(reference)
    there = [paper for paper in papers if _plain(paper.reference) == wanted]
    fitting = [paper for paper in there if cents is None or paper.cents == cents]
    if len(fitting) == 1:
        return fitting[0]
    if len(fitting) > 1:
        raise DepositRefused(f"{len(fitting)} have the number {reference}.", _NOTHING, "Mark it in the list.")
    if there and cents is not None:
        told = f"{there[0].words}: not {format_cents(cents)}."
        raise DepositRefused(told, _NOTHING, "A paper that says another amount stays out: N names it.")
    raise SubstitutionRefused(
        f"No receipt here was paid with number {reference}: a check does not stand in for cash.",
        "It is not in this deposit; nothing was recorded.",
        "Keep it out of the bag, and call a lead.",
    )


def _require_each_paper(sessions: Iterable[ClosedSession], said: Said) -> None:
    """None is left out in silence, and none is both there and missing."""
    papers = [paper for session in sessions for paper in session.papers]
    left_out = said.left_out or {}
    if strange := sorted((said.seen | left_out.keys()) - {paper.key for paper in papers}):
        raise DepositRefused(f"Receipt {strange[0][0]} has no such check here.", _NOTHING, "Look at the list again.")
    open_ = [paper for paper in papers if paper.key not in said.seen and paper.key not in left_out]
    if open_:
        more = f", and {number_of(len(open_) - 1, 'more', 'more')}" if len(open_) > 1 else ""
        raise DepositRefused(
            f"{open_[0].words}{more}: not looked at.", _NOTHING, "Mark each that you hold; name each that is missing."
        )
    if both := sorted(said.seen & left_out.keys()):
        raise DepositRefused(f"A check of receipt {both[0][0]} is marked twice.", _NOTHING, "Mark it once.")


def _differences(
    sessions: Iterable[ClosedSession], found: Iterable[Carried], cash: int, said: Said, bags: Sequence[SafeBag]
) -> Iterator[DifferenceData]:
    """Every difference to what the closes say, not numbered yet; in the order of sessions, cash last."""
    closed = list(sessions)
    for session in closed:
        for paper in session.papers:
            if (left := said.state(paper)) is not None:
                what = What.MISSING if left.state is PaperState.MISSING else What.RETURNED
                yield _difference(
                    paper.tender, -paper.cents, what, left.reason, of=session.ref, paper=paper, carried=True
                )
        for kind in PAPERS:
            # The close said that papers lacked, or that there were some of no receipt: those are not in the bag.
            if off := session.cents(kind) - session.listed(kind):
                reason = said.reason if off > 0 else _SAID_BEFORE
                yield _difference(kind, -off, What.AT_CLOSE, reason, of=session.ref)
    expected = expected_cash(closed, found, bags)
    if expected < 0:
        # Booked as over it would hide that the fund lacks it, and stand among the cash for good.
        yield _difference(TenderKind.CASH, -expected, What.FUND, said.reason, carried=True)
    if off := cash - max(expected, 0):
        carried = said.carry and off < 0
        if (bag := _off_in(bags, said)) is not None:
            yield _difference(
                TenderKind.CASH, off, What.BAG, said.reason, of=bag.ref, reference=bag.bag, carried=carried
            )
        else:
            yield _difference(TenderKind.CASH, off, What.CASH, said.reason, carried=carried)


def _off_in(bags: Sequence[SafeBag], said: Said) -> SafeBag | None:
    """The bag that a difference in cash is in. Raises DepositRefused for one that is not among these."""
    if not said.off_in:
        return None
    there = [each for each in bags if each.bag == said.off_in]
    if not there:
        raise DepositRefused(f"Bag {said.off_in} is none of these.", _NOTHING, "Type one of them, or none.")
    return there[0]


def _difference(
    tender: TenderKind,
    cents: int,
    what: What,
    reason: str,
    *,
    of: SessionRef | None = None,
    paper: Paper | None = None,
    reference: str = "",
    carried: bool = False,
) -> DifferenceData:
    return DifferenceData(
        item="",
        tender=tender.value,
        cents=cents,
        what=what.value,
        of=of,
        receipt_no=paper.receipt_no if paper is not None else "",
        reference=paper.reference if paper is not None else reference,
        reason=reason.strip(),
        carried=carried,
    )


def _numbered(differences: Iterable[DifferenceData], slip_no: str) -> Iterator[DifferenceData]:
    for n, each in enumerate(differences, start=1):
        yield {**each, "item": item_name(slip_no, n)}


def _require_no_substitution(sessions: Sequence[ClosedSession], differences: Iterable[DifferenceData]) -> None:
    """Cash that is over by just what checks lack was put there for them."""
    cash = sum(each.cash_off for each in sessions)
    cash += sum(each["cents"] for each in differences if each["what"] in (What.CASH, What.BAG))
    papers = sum(each["cents"] for each in differences if each["what"] in (What.MISSING, What.RETURNED))
    if swapped(cash, papers):
        raise SubstitutionRefused(
            f"Checks are {format_cents(-papers)} less than received, and cash the same more: one stands for the other.",
            "Nothing was recorded; the money stays as it is.",
            "What was received is deposited: put it back, or call a lead.",
        )


def swapped(cash_off: int, paper_off: int) -> int:
    """How many cents of one tender stand for the other, by how far cash and papers are from what was received; 0: none.

    Checks beyond the receipts beside short cash always do; cash over does where checks lack just as much.
    """
    if cash_off < 0 < paper_off:
        return min(-cash_off, paper_off)
    return cash_off if cash_off == -paper_off > 0 else 0


def _lacking(each: DifferenceData) -> str:
    tender = TenderKind(each["tender"]).label
    amount = f"{format_cents(abs(each['cents']))} {'over' if each['cents'] > 0 else 'short'}"
    if each["what"] == What.FUND:
        return f"{format_cents(each['cents'])} more cash went out than came in: a drawer's fund lacks it."
    if each["what"] == What.CASH:
        return f"Cash is {amount}."
    if each["what"] == What.BAG:
        return f"Bag {each['reference']} of the safe is {amount}."
    if each["what"] == What.AT_CLOSE:
        told = "were short at a close already" if each["cents"] > 0 else "of no receipt, counted at a close: kept out"
        return f"{tender}s, {format_cents(abs(each['cents']))}: {told}."
    return f"{tender} {each['reference']} of receipt {each['receipt_no']}: {each['what']}, {amount}."


def _covered(session: ClosedSession, said: Said) -> CoveredData:
    return CoveredData(
        terminal=session.terminal,
        epoch=session.epoch,
        session=session.session,
        batch_no=session.batch_no,
        biz_date=session.biz_date,
        drawer=session.drawer,
        operator=session.operator,
        hands=list(session.hands),
        sums=list(session.sums),
        cash_off=session.cash_off,
        bags=list(session.bags),
        papers=[_paper_data(paper, said.state(paper)) for paper in session.papers],
    )


def _paper_data(paper: Paper, left: LeftOut | None) -> PaperData:
    return PaperData(
        receipt_no=paper.receipt_no,
        n=paper.n,
        tender=paper.tender.value,
        reference=paper.reference,
        cents=paper.cents,
        state=(left.state if left is not None else PaperState.THERE).value,
        reason=left.reason.strip() if left is not None else "",
    )


def _composition(covered: Iterable[CoveredData], found: Iterable[Carried], cash: int) -> Iterator[TenderSum]:
    """What is in the bag, per tender; tenders without any are left out."""
    papers = [(one["tender"], one["cents"]) for each in covered for one in each["papers"] if _is_there(one)]
    papers += [(one.tender.value, one.cents) for one in found if one.tender in PAPERS]
    for kind in DEPOSITED:
        cents = [amount for tender, amount in papers if tender == kind]
        total = cash if kind is TenderKind.CASH else sum(cents)
        if total:
            yield TenderSum(tender=kind.value, count=len(cents), cents=total)


def _is_there(paper: PaperData) -> bool:
    return paper["state"] == PaperState.THERE


def _plain(reference: str) -> str:
    return "".join(reference.split()).upper().lstrip("0")
