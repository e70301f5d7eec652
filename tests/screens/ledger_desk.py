"""A desk whose ledger answers what a test says: each question by name, from what lies in `answers`."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from countertui.counter.ledger_alarms import Attention, read_attention
from countertui.counter.ledger_day import Day, read_day
from countertui.counter.ledger_desk import LedgerOffline, LedgerSession, WrongPinThere
from countertui.counter.ledger_receipts import ReceiptPage, RecordSeen, read_receipts, read_record
from countertui.domain.rights import Role
from screens.fake_desk import PLACE, FakeDesk

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
        "deposit": "",
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


def receipt(seq: int, cents: int, **more: Any) -> dict[str, Any]:
    """A receipt as the ledger lists it."""
    usual = {
        "terminal": "T1",
        "epoch": 1,
        "seq": seq,
        "id": f"r{seq}",
        "kind": "pay",
        "receipt_no": f"T1-{seq}",
        "at": "2026-11-23T09:41:07.000Z",
        "payor": "Bramble Bakery",
        "tenders": ["cash"],
        "cents": cents,
        "state": "posted",
        "undone": "",
    }
    return usual | more


def receipts_page(after: int = 0) -> dict[str, Any]:
    """Two pages of receipts."""
    if after:
        return {"rows": [receipt(9, 7_50, state="live", tenders=["card", "check"])], "next": None}
    rows = [
        receipt(3, 20_00),
        receipt(4, 1_234_56, payor="Featherstonehaugh, Wilhelmina and Sons", undone="void"),
        receipt(5, -1_234_56, kind="void", receipt_no="T1-4", payor="Wrong account", tenders=["cash", "money_order"]),
    ]
    return {"rows": rows, "next": [0, 5]}


def record() -> dict[str, Any]:
    """A posted receipt with its entry."""
    allocation = {"charge": "C1", "head": "water", "gl": "510-4310", "cents": 20_00, "owed_after": 0}
    bill = {
        "n": 1,
        "account": "U1",
        "account_kind": "utility",
        "fee": None,
        "description": "Water October",
        "quantity": None,
        "unit_cents": None,
        "cents": 20_00,
        "owed_after": 30_00,
        "reason": None,
        "allocations": [allocation],
    }
    data = {
        "payor": "Bramble Bakery",
        "lines": [bill],
        "tenders": [{"kind": "cash", "cents": 40_00, "reference": ""}],
        "change_cents": 20_00,
        "total_cents": 20_00,
    }
    body = {
        "terminal": "T1",
        "epoch": 1,
        "seq": 3,
        "id": "r3",
        "kind": "pay",
        "receipt_no": "T1-3",
        "operator": "ana",
        "approver": None,
        "session": "s-D1",
        "biz_date": "2026-11-23",
        "utc": "2026-11-23T09:41:07.000Z",
        "data": data,
    }
    return {
        "body": body,
        "h": "4f" * 32,
        "state": "posted",
        "batch": {"no": 4, "received_at": "2026-11-23T17:05:00Z"},
        "entry": 812,
        "undone": "",
        "corrections": [],
        "office": "City Hall",
        "address": "1 Falls Square",
        "drawer": "D1",
        "operator_name": "Ana Quill",
        "lines": [
            {"fund": "100", "account": "100-1020", "name": "Cash in drawers", "cents": 20_00},
            {"fund": "510", "account": "510-4310", "name": "Water sales", "cents": -20_00},
        ],
    }


def _station() -> Any:
    clock = SimpleNamespace(local_of=lambda utc: utc[:16].replace("T", " "))
    return SimpleNamespace(clock=clock, place=PLACE, reference=SimpleNamespace(languages=lambda _accounts: ()))


def attention(**more: Any) -> dict[str, Any]:
    """What somebody must look at: nothing, or as said."""
    none: dict[str, Any] = {"alarms": [], "gaps": [], "silent": [], "batches": 0, "error_items": 0}
    return none | {"no_backup_hours": None} | more


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
        if name != "attention":  # asked beside every day
            self.asked.append((name, dict(args)))
        if not self.reached:
            raise LedgerOffline("There is no connection to the ledger.", "Everything is safe here.", "Try again.")
        usual = {
            "day": lambda: city_day(args.get("date") or "2026-11-23"),
            "receipts_of": lambda: receipts_page(args.get("after", 0)),
            "record_of": record,
            "attention": attention,
        }
        answer = self.answers[name] if name in self.answers else usual[name]()
        if isinstance(answer, Exception):
            raise answer
        return answer, "2026-11-23 16:05"

    def _read_attention(self, said: dict[str, Any]) -> Attention:
        return read_attention(_station(), said)

    def _read_day(self, said: dict[str, Any]) -> Day:
        return read_day(_station(), said)

    def _read_receipts(self, said: dict[str, Any]) -> ReceiptPage:
        return read_receipts(_station(), said)

    def _read_record(self, said: dict[str, Any]) -> RecordSeen:
        return read_record(_station(), said)
