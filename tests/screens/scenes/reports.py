"""Reports as tables: the list, one of this terminal, one of the ledger."""

from __future__ import annotations

from screens.ledger_desk import PIN
from screens.report_desk import ReportDesk
from screens.scenes import Scene, scene

LIST = ("f10", "4")
LEDGERS_VOIDS = (*LIST, *["down"] * 12, "enter", *PIN, "enter")

SCENES: dict[str, Scene] = {
    "report_list": scene(*LIST, "down", who="lee", drawer=False, desk=ReportDesk),
    "own_report": scene(*LIST, "enter", who="lee", drawer=False, desk=ReportDesk),
    "own_report_over_short": scene(*LIST, *["down"] * 5, "enter", "p", who="lee", drawer=False, desk=ReportDesk),
    "own_report_days": scene(*LIST, "enter", "g", who="lee", drawer=False, desk=ReportDesk),
    "own_report_receipts": scene(*LIST, "enter", "enter", "down", who="lee", drawer=False, desk=ReportDesk),
    "own_report_file": scene(*LIST, "enter", "e", who="lee", drawer=False, desk=ReportDesk),
    "ledger_report": scene(*LEDGERS_VOIDS, who="lee", drawer=False, desk=ReportDesk),
}
