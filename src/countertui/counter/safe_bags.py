"""Bags in the safe that can go to the bank apart from their session: it is open, or was deposited without them.

What each holds is what its drop's record says, and nothing of what its drawer should hold.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from collections.abc import Set as AbstractSet

from countertui.domain.records import Kind
from countertui.domain.rights import took_part
from countertui.domain.safe_bags import BagPlace, SafeBag, place_of_bag
from countertui.domain.seen_sessions import SeenSession
from countertui.store import deposit_rows, session_rows
from countertui.store.session_rows import SessionRow
from countertui.store.store import read_body


def own_bags_left(db: sqlite3.Connection, terminal: str, epoch: int) -> list[SafeBag]:
    """This terminal's, oldest first."""
    found = []
    for id_, bag, cents in deposit_rows.bags_left(db, terminal, epoch):
        row = session_rows.session(db, id_)
        if row is None:
            raise AssertionError("a bag is of a session")
        hands = tuple(dict.fromkeys([row.operator, *took_part(read_body(db, row.open_seq))]))
        found.append(SafeBag(terminal, epoch, id_, row.biz_date, row.drawer, row.operator, bag, cents, hands))
    return found


def bags_of_other(terminal: str, epoch: int, one: SeenSession) -> list[SafeBag]:
    """Every bag that another terminal's session dropped, as its verified batches or the ledger tell it."""
    hands = tuple(dict.fromkeys([one["operator"], *one["people"]]))
    of = terminal, epoch, one["id"], one["biz_date"], one["drawer"], one["operator"]
    return [SafeBag(*of, each["bag"], each["cents"], hands) for each in one["drops"]]


def are_signed(
    db: sqlite3.Connection, row: SessionRow, bags: Iterable[tuple[str, int]], elsewhere: AbstractSet[BagPlace] | None
) -> bool:
    """Whether an own session's bags (number, cents) are what its signed records say it dropped.

    elsewhere: what other terminals' deposits took; then no other may lack but what own deposits took, as signed. None
    where the rest does not matter.
    """
    dropped = {body["data"]["bag"]: body["data"]["cents"] for body in session_rows.bodies_of_kind(db, row, Kind.DROP)}
    there = dict(bags)
    if any(dropped.get(bag) != cents for bag, cents in there.items()):
        return False
    if elsewhere is None:
        return True
    numbers = {place[3] for place in elsewhere if place[2] == row.id}
    return all(_in_a_deposit(db, row.id, bag) for bag in dropped.keys() - there.keys() - numbers)


def _in_a_deposit(db: sqlite3.Connection, session: str, bag: str) -> bool:
    """Whether a deposit made here took the bag apart from its session, by the deposit's own record."""
    seq = deposit_rows.deposit_of_dropped(db, session, bag)
    held = read_body(db, seq)["data"].get("safe_bags", ()) if seq is not None else ()
    return (session, bag) in {place_of_bag(each)[2:] for each in held}
