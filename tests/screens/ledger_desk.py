"""A desk whose ledger answers what a test says: each question by name, from what lies in `answers`."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from countertui.counter.ledger_day import Day, read_day
from countertui.counter.ledger_desk import LedgerOffline, LedgerSession, WrongPinThere
from countertui.domain.rights import Role
from screens.fake_desk import FakeDesk

PIN = "2468"
TOKEN = "7" * 64


def session(drawer: str, terminal: str, who: str, state: str, **more: Any) -> dict[str, Any]:
    """A drawer session as the ledger tells of it."""
    usual = {
        "terminal": terminal,
        "epoch": 1,
        "session": f"s-{drawer}",
        "drawer": drawer,
        "operator": who.lower()[:3],
        "operator_name": who,
        "state": state,
        "batch_no": None,
        "batch": "",
        "bag": "",
        "over_short": None,
        "sums": {"cash": 1_234_50, "check": 567_00, "card": 89_00, "money_order": 20_00},
    }
    return usual | more


def city_day(date: str = "2026-11-23") -> dict[str, Any]:
    """A day of two offices: every state, and a terminal that nothing was heard of."""
    hall = [
        session("D1", "T1", "Ana Quill", "posted", over_short=-5_00, batch_no=None),
        session("D2", "T1", "Bo Marsh", "received", batch_no=4, batch="held", over_short=0),
        session("D3", "T3", "Lee Hart", "open", sums=None),
    ]
    annex = [session("D7", "T7", "Pat Underhill-Featherstone", "at bank", bag="B-1007", over_short=0)]
    sums = {"cash": 1_234_50, "check": 567_00, "card": 89_00, "money_order": 20_00}
    return {
        "date": date,
        "offices": [
            {
                "code": "HALL",
                "name": "City Hall",
                "sessions": hall,
                "sums": None,
                "receipts": 1_204,
                "net_cents": 3_821_00,
                "not_heard": [{"terminal": "T2", "heard_at": "2026-11-22T23:10+00:00"}],
            },
            {
                "code": "ANNEX",
                "name": "Annex",
                "sessions": annex,
                "sums": sums,
                "receipts": 1,
                "net_cents": 1_910_50,
                "not_heard": [],
            },
        ],
    }


@dataclass
class LedgerDesk(FakeDesk):
    """`answers` by name of the question; `reached`: whether there is a network."""

    answers: dict[str, Any] = field(default_factory=dict)
    reached: bool = True
    asked: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    signed_out: int = 0

    def _ledger_sign_in(self, operator: str, pin: str) -> LedgerSession:
        if not self.reached:
            raise LedgerOffline("There is no connection to the ledger.", "Everything is safe here.", "Try again.")
        if pin != PIN:
            raise WrongPinThere("That id and PIN don't belong together.", "Nothing was done.", "4 tries left.")
        return LedgerSession(operator, operator.title(), (Role.LEAD,), TOKEN, 15)

    def _ledger_sign_out(self, _session: LedgerSession) -> None:
        self.signed_out += 1

    def _ledger_look(self, _session: LedgerSession, name: str, args: dict[str, Any]) -> tuple[dict[str, Any], str]:
        self.asked.append((name, dict(args)))
        if not self.reached:
            raise LedgerOffline("There is no connection to the ledger.", "Everything is safe here.", "Try again.")
        answer = self.answers.get(name, city_day(args.get("date") or "2026-11-23"))
        if isinstance(answer, Exception):
            raise answer
        return answer, "2026-11-23 16:05"

    def _read_day(self, said: dict[str, Any]) -> Day:
        clock = SimpleNamespace(local_of=lambda utc: utc[:16].replace("T", " "))
        return read_day(SimpleNamespace(clock=clock), said)  # type: ignore[arg-type]
