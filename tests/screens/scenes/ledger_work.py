"""The technician's work at the ledger's desk: the worklist, an item and its working, batches, a month's tie-out."""

from __future__ import annotations

from screens.ledger_desk import PIN
from screens.ledger_work_desk import CLOSED, LATE, RIGHTED, LedgerWorkDesk, item_page
from screens.scenes import Scene, scene

MOVES = ("f10", "3", *PIN, "enter", "down", "enter", "enter", "m")
IN = ("f10", "3", *PIN, "enter")


def closed_month() -> LedgerWorkDesk:
    """A desk whose month is closed."""
    desk = LedgerWorkDesk()
    desk.answers["month"] = CLOSED
    return desk


def late_license() -> LedgerWorkDesk:
    """A desk whose first item is a penalty that was raised twice."""
    desk = LedgerWorkDesk()
    desk.answers["error-item"] = item_page(LATE, ["put_right", "looked_at"])
    desk.answers["error-item.proposal"] = RIGHTED
    return desk


SCENES: dict[str, Scene] = {
    "ledger_desk_heed": scene(*IN, who="tess", drawer=False, desk=LedgerWorkDesk),
    "ledger_alarms": scene(*IN, "a", who="tess", drawer=False, desk=LedgerWorkDesk),
    "ledger_items": scene(*IN, "e", "down", who="tess", drawer=False, desk=LedgerWorkDesk),
    "ledger_item": scene(*IN, "e", "enter", who="tess", drawer=False, desk=LedgerWorkDesk),
    "ledger_item_working": scene(
        *IN, "e", "enter", "n", *"10422301", "enter", who="tess", drawer=False, desk=LedgerWorkDesk
    ),
    "ledger_item_put_right": scene(*IN, "e", "enter", "p", "end", who="tess", drawer=False, desk=late_license),
    "ledger_move": scene(*MOVES, "down", who="tess", drawer=False, desk=LedgerWorkDesk),
    "ledger_move_amount": scene(*MOVES, "down", "n", "end", who="tess", drawer=False, desk=LedgerWorkDesk),
    "ledger_move_working": scene(
        *(*MOVES, "down", "h", "enter", *"C2", "enter", "end"), who="tess", drawer=False, desk=LedgerWorkDesk
    ),
    "ledger_batches": scene(*IN, "b", "down", who="tess", drawer=False, desk=LedgerWorkDesk),
    "ledger_batch": scene(*IN, "b", "enter", "j", who="tess", drawer=False, desk=LedgerWorkDesk),
    "ledger_tie_out": scene(*IN, "t", "down", who="tess", drawer=False, desk=LedgerWorkDesk),
    "ledger_month": scene(*IN, "t", "down", "m", "down", "c", who="tess", drawer=False, desk=LedgerWorkDesk),
    "ledger_month_closed": scene(*IN, "t", "down", "m", who="tess", drawer=False, desk=closed_month),
    "ledger_tie_causes": scene(*IN, "t", "down", "enter", who="tess", drawer=False, desk=LedgerWorkDesk),
}
