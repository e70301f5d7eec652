"""Bags in the safe that go to the bank before, or apart from, the session that dropped them: their accounting. Pure.

A drop's cash is part of its session's receipts, and no drawer's any more. So it can be at the bank before anybody knows
what the session comes to, and each cent is still deposited once:

- A session owes the bank its receipts less what went out of its drawer, and its over and short. That is what its close
  counted, less its opening count, and the bags it dropped. What an earlier deposit took of those bags, its own deposit
  lacks by just that (`less_bags`); the bags it names are those that are still there.
- An interim deposit owes what the drops' own records say of its bags. It says nothing of the drawer: what that should
  hold stays hidden from who counts, until its close.
- A bag that was opened and holds otherwise is a difference of the deposit, named by its bag and its session
  (`What.BAG`), with the reason that two people sign: over or short of cash, or carried. The session's own over and
  short is worked out of what it dropped, so nobody's drawer is short by what was lost in the safe.
- A void or a refund later in that session is handed out of the drawer. Where more goes out than came in since, the
  session's deposit is of less than nothing in cash: its fund lacks it (`What.FUND`), as without any bag.
- A deposit that is taken back leaves its bags' money in the safe. While their session is in no deposit, they go with it
  once it is closed; when that one is deposited without them, they wait in the safe on their own.
- A session that changes hands is closed, and another opened: its bags stay its own.

A bag is known by its session and its number, and is in one deposit that stands: at a terminal another is refused, in
the books it stands in suspense. Drops are cash alone, so no check is in such a bag.
"""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from countertui.domain.deposits import BagRef, SafeBagData
from countertui.domain.desk_records import SessionRef, TenderSum
from countertui.domain.tenders import TenderKind

if TYPE_CHECKING:
    from countertui.domain.deposit_making import ClosedSession

BagPlace = tuple[str, int, str, str]
"""A bag in the safe: terminal, epoch and id of its session, and its number."""


@dataclass(frozen=True, slots=True)
class SafeBag:
    """Cash that a session dropped into the safe, by its drop's record; hands: who had and opened its drawer."""

    terminal: str
    epoch: int
    session: str
    biz_date: str
    drawer: str
    operator: str
    bag: str
    cents: int
    hands: tuple[str, ...] = ()

    @property
    def place(self) -> BagPlace:
        """What it is known by."""
        return self.terminal, self.epoch, self.session, self.bag

    @property
    def ref(self) -> SessionRef:
        """The session that dropped it."""
        return SessionRef(terminal=self.terminal, epoch=self.epoch, session=self.session)

    @property
    def data(self) -> SafeBagData:
        """The bag as a deposit's record has it."""
        return SafeBagData(
            terminal=self.terminal,
            epoch=self.epoch,
            session=self.session,
            biz_date=self.biz_date,
            drawer=self.drawer,
            operator=self.operator,
            hands=list(self.hands),
            bag=self.bag,
            cents=self.cents,
        )


def place_of_bag(data: SafeBagData | BagRef) -> BagPlace:
    """What a bag of a record is known by."""
    return data["terminal"], data["epoch"], data["session"], data["bag"]


def bags_of(session: ClosedSession) -> list[SafeBag]:
    """The bags of a closed session that no deposit took yet."""
    of = session.terminal, session.epoch, session.session, session.biz_date, session.drawer, session.operator
    return [SafeBag(*of, each["bag"], each["cents"], session.hands) for each in session.bags]


def less_bags(session: ClosedSession, gone: AbstractSet[str]) -> ClosedSession:
    """What a closed session still owes the bank once these of its bags (numbers) are in other deposits."""
    taken = sum(each["cents"] for each in session.bags if each["bag"] in gone)
    if not taken:
        return session
    left = tuple(each for each in session.bags if each["bag"] not in gone)
    return replace(session, sums=tuple(_less_cash(session.sums, taken)), bags=left)


def _less_cash(sums: Iterable[TenderSum], cents: int) -> list[TenderSum]:
    """Sums less so many cents of cash; below nothing where more went out of the drawer than is left of it."""
    others = [each for each in sums if each["tender"] != TenderKind.CASH]
    cash = sum(each["cents"] for each in sums if each["tender"] == TenderKind.CASH) - cents
    own = [TenderSum(tender=TenderKind.CASH.value, count=0, cents=cash)] if cash else []
    return [*own, *others]
