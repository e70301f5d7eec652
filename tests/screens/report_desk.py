"""A desk with reports: a few of this terminal, and what the ledger answers to `report`."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from countertui.counter import report_tables
from countertui.counter.ledger_desk import LedgerSession
from countertui.domain import report_shapes
from countertui.domain.report_lines import Layout, laid_out
from countertui.domain.report_table import Asked, Heading, Table
from screens.ledger_desk import LedgerDesk

HEADING = Heading("City of Alder Ford", "DEMO-1", "2026-11-23T16:05:00", "by T1's own journal, of closed drawers")
TAKEN = [
    ("ana", "2026-11-02", "T1", "D1", 214, 4_812_37, 4_812_37, 1, "s1"),
    ("ana", "2026-11-23", "T1", "D1", 188, 3_911_20, 3_906_20, 1, "s2"),
    ("bo", "2026-11-23", "T1", "D2", 97, 2_050_00, 2_050_75, 1, "s3"),
]
OFF = [("2026-11-02", 1, 0, 0, 0), ("2026-11-20", 2, 2_50, 0, 2_50), ("2026-11-23", 2, 75, -5_00, -4_25)]
RECEIPTS = [
    ("T1-1", "09:41", "pay (void)", "Bramble Bakery", "cash", 20_00),
    ("T1-2", "09:44", "pay", "Featherstonehaugh, Wilhelmina and Sons", "card, check", 1_234_56),
    ("T1-1", "09:52", "void", "", "cash", -20_00),
]


def own(name: str, asked: Asked) -> Table:
    """What the terminal's journal says."""
    shapes = {"drawers": (report_shapes.drawers, TAKEN), "over-short": (report_shapes.over_short, OFF)}
    shape, rows = shapes.get(name, (report_shapes.receipts, RECEIPTS))
    return replace(shape(asked, rows), heading=HEADING)


def answered(asked: dict[str, Any]) -> dict[str, Any]:
    """What the ledger answers: voids by cashier, and each of them."""
    about = {name: asked[name] for name in ("since", "until", "by", "office", "key")} | {"source": "by the books"}
    if asked["name"] == "voided":
        columns = [[name, "text", False] for name in ("receipt", "reason")] + [["amount", "cents", False]]
        rows = [["T1-4", "Wrong account", 12_50], ["T2-9", "Wrong fee", 3_00]]
        return about | {
            "name": "voided",
            "title": f"Voids and refunds of {asked['key'][0]}'s receipts",
            "columns": columns,
            "rows": rows,
            "left_out": 0,
            "totals": ["Total", "", 15_50],
            "notes": [],
            "drill": None,
            "bars": None,
        }
    kinds = ("text", "count", "cents", "count", "cents", "rate", "count", "cents", "rate")
    names = (*("cashier", "receipts", "taken", "voids", "voided", "voids rate", "refunds", "refunded", "refunds rate"),)
    rows = [["ana", 4_120, 98_120_11, 12, 340_50, 29, 1, 25_00, 2], ["bo", 3_004, 61_009_00, 2, 15_50, 7, 0, 0, 0]]
    return about | {
        "name": "voids",
        "title": "Voids and refunds by cashier",
        "left_out": 0,
        "rows": rows,
        "columns": [[name, kind, False] for name, kind in zip(names, kinds, strict=True)],
        "totals": ["Total", 7_124, 159_129_11, 14, 356_00, 20, 1, 25_00, 1],
        "notes": ["Rates are by number."],
        "drill": ["voided", [0]],
        "bars": None,
    }


@dataclass
class ReportDesk(LedgerDesk):
    """`own_asked`: which reports of its own were read; `files`: which were written."""

    own_asked: list[tuple[str, Asked]] = field(default_factory=list)
    files: list[tuple[Table, str]] = field(default_factory=list)

    def _today(self) -> str:
        return "2026-11-23"

    def _year_from(self) -> int:
        return self.rules.fiscal_year_begins

    def _own_laid_out(self, name: str, asked: Asked, width: int) -> tuple[Table, Layout]:
        self.own_asked.append((name, asked))
        table = own(name, replace(asked, year_from=self.rules.fiscal_year_begins))
        return table, laid_out(table, width)

    def _answer_laid_out(self, said: dict[str, Any], as_of: str, width: int) -> tuple[Table, Layout]:
        station = type("Station", (), {"place": self.place, "rules": self.rules})()
        return report_tables.answer_laid_out(station, said, as_of, width)

    def _write_report(self, table: Table, ending: str) -> Path:
        self.files.append((table, ending))
        return Path("reports") / f"{table.name}{ending}"

    def _ledger_look(self, session: LedgerSession, name: str, args: dict[str, Any]) -> tuple[dict[str, Any], str]:
        if name == "report" and "report" not in self.answers:
            self.answers["report"] = answered(args)
            try:
                return super()._ledger_look(session, name, args)
            finally:
                del self.answers["report"]
        return super()._ledger_look(session, name, args)
