"""The technician's desk: a day as the ledger has it."""

from __future__ import annotations

from screens.ledger_desk import PIN, LedgerDesk
from screens.scenes import Scene, scene

IN = ("f10", "3", *PIN, "enter")

SCENES: dict[str, Scene] = {
    "ledger_sign_in": scene("f10", "3", who="lee", drawer=False, desk=LedgerDesk),
    "ledger_desk": scene(*IN, "down", "down", who="lee", drawer=False, desk=LedgerDesk),
    "ledger_receipts": scene(*IN, "down", "enter", "down", who="lee", drawer=False, desk=LedgerDesk),
    "ledger_record": scene(*IN, "down", "enter", "enter", who="lee", drawer=False, desk=LedgerDesk),
}
