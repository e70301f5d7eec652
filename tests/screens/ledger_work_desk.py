"""A desk whose ledger has a worklist, batches and a month's tie-out, and does what it is asked to."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from countertui.counter import ledger_answers, ledger_batches, ledger_items, ledger_month, ledger_move, ledger_tie_out
from countertui.counter.ledger_desk import Credential, WrongPinThere
from screens.ledger_desk import LedgerDesk, attention

SECOND_PIN = "9753"
STATION: Any = SimpleNamespace(
    clock=SimpleNamespace(local_text=lambda: "2026-11-23T16:05:00", local_of=lambda utc: utc[:16].replace("T", " "))
)


def item(number: int, cents: int, reason: str, words: str, detail: str, **more: Any) -> dict[str, Any]:
    usual = {
        "id": number,
        "terminal": "T1",
        "epoch": 1,
        "seq": 17 + number,
        "reason": reason,
        "detail": detail,
        "cents": cents,
        "state": "open",
        "made_at": f"2026-11-{20 + number}T17:00:00+00:00",
        "office": "HALL",
        "words": words,
    }
    return usual | more


UNKNOWN = item(1, 90_00, "unknown-account", "An account that is not known", "Account U-9917 is not known here.")
ALONE = item(2, 0, "self-approval", "Somebody approved their own", "ana approved what they began or took part in.")
OUT = item(3, -25_00, "taken-back-twice", "Taken back twice", "Receipt T1-12 was taken back before.", terminal="T2")


def item_page(said: dict[str, Any], ways: list[str], **more: Any) -> dict[str, Any]:
    record = {
        "kind": "pay",
        "operator": "ana",
        "approver": None,
        "utc": "2026-11-21T16:58:02.113Z",
        "biz_date": "2026-11-21",
        "receipt_no": "T1-31",
        "session": "s1",
        "payor": "Willow Street Bakery",
        "total_cents": 90_00,
        "lines": [{"account": "U-9917", "fee": None, "description": "On account", "cents": 90_00}],
        "tenders": [{"kind": "cash", "cents": 90_00}],
        "h": "5" * 64,
        "entry": 31,
    }
    usual = {
        "item": said | {"corrected_seq": None},
        "helps": "Read what the payor brought, then say where the money belongs.",
        "ways": ways,
        "people": ["ana"],
        "is_mine": False,
        "record": record,
        "lines": [
            {"fund": "999", "account": "999-1010", "name": "Cash in drawers", "cents": 90_00},
            {"fund": "999", "account": "999-2900", "name": "Suspense", "cents": -90_00},
        ],
        "corrections": [],
    }
    return usual | more


def share(account: str | None, charge: str | None, gl: str, cents: int, **more: Any) -> dict[str, Any]:
    usual = {"account": account, "charge": charge, "head": "water", "gl": gl, "cents": cents}
    return usual | {"description": "", "owed_before": None, "owed_after": None} | more


WORKING = {
    "cents": 90_00,
    "together": [],
    "raised": [],
    "dated": "2026-11-23",
    "shares": [
        share(None, None, "999-2900", -90_00, head="suspense"),
        share("10422301", "c2", "500-water", 61_40, description="Water Oct", owed_before=61_40, owed_after=0),
        share("10422301", None, "500-2310", 28_60, head="credit"),
    ],
    "lines": [
        {"fund": "500", "account": "500-2310", "name": "Customer credits", "cents": -28_60},
        {"fund": "500", "account": "500-water", "name": "Water sales", "cents": -61_40},
        {"fund": "999", "account": "999-2900", "name": "Suspense", "cents": 90_00},
    ],
}


MOVABLE = {
    "terminal": "T1",
    "epoch": 1,
    "seq": 3,
    "receipt_no": "T1-3",
    "biz_date": "2026-11-23",
    "payor": "Bramble Bakery",
    "people": ["ana"],
    "is_mine": False,
    "places": [
        {"source": "charge", "name": "C1", "words": "Water October", "account": "U1", "cents": 20_00},
        {"source": "charge", "name": "CR-U1", "words": "Credit", "account": "U1", "cents": 5_00},
        {"source": "gl", "name": "100-4310", "words": "Copies", "account": "", "cents": 3_50},
    ],
}
LATE = item(
    4, 0, "other-raised", "Penalty, interest or discount that differs", "On license BL-8, LATE: 20.00 was raised."
)
RIGHTED = {
    "cents": 0,
    "together": [],
    "dated": "2026-11-23",
    "raised": [
        {
            "license": "BL-8",
            "begins": "2026-10-01",
            "description": "Late penalty 10 %",
            "stands_cents": 20_00,
            "given_cents": 10_00,
            "day": "2026-11-20",
            "withdrawn_cents": 10_00,
            "raised_cents": 0,
        }
    ],
    "shares": [
        share("BL-8", "BL-8/2026-10-01/LATE/x", "100-4210", -10_00),
        share("BL-8", None, "100-2320", 10_00, head="credit"),
    ],
    "lines": [
        {"fund": "100", "account": "100-2320", "name": "License credits", "cents": -10_00},
        {"fund": "100", "account": "100-4210", "name": "Penalties", "cents": 10_00},
    ],
}


def batch(terminal: str, no: int, state: str, **more: Any) -> dict[str, Any]:
    usual = {
        "terminal": terminal,
        "epoch": 1,
        "no": no,
        "office": "HALL",
        "state": state,
        "first_seq": 210,
        "last_seq": 342,
        "receipts": 0,
        "net_cents": 0,
        "error_items": 0,
        "received_at": "2026-11-22T23:10:00+00:00",
        "released_by": None,
        "posted_by": None,
        "reasons": [],
        "tenders": {"cash": {"count": 41, "cents": 1_204_50}, "check": {"count": 12, "cents": 18_330_07}},
        "comes_first": no,
        "steps": [],
    }
    return usual | more


HELD = batch("T2", 4, "held", reasons=["The seal says a net of 19,530.07; the records add up to 19,534.57."])
RELEASED = batch("T1", 9, "released", released_by="hugo")
LATER = batch("T2", 5, "received", comes_first=4)


def batch_page(row: dict[str, Any], may: list[str]) -> dict[str, Any]:
    receipt = {"seq": 211, "kind": "pay", "receipt_no": "T2-88", "biz_date": "2026-11-22", "operator": "bo"}
    step = {"step": "reject", "at": "2026-11-22T23:40:00+00:00", "reason": "The cash is not there", "seq": 7}
    return {
        "batch": row,
        "people": ["ana", "bo"],
        "history": [step | {"by": "hugo", "second": ""}],
        "receipts": [
            receipt | {"payor": "Ida Marsh", "cents": 61_40},
            receipt | {"seq": 214, "kind": "void", "payor": "", "cents": -61_40},
        ],
        "more": False,
        "may": may,
    }


def tie_row(section: str, account: str, name: str, side: int, has: int, gl: int, **more: Any) -> dict[str, Any]:
    usual = {
        "section": section,
        "fund": account[:3],
        "account": account,
        "name": name,
        "side": side,
        "sources": [{"words": "Cash in drawers and safe", "cents": has}],
        "gl_cents": gl,
        "before_cents": 0,
        "subsystem_cents": has,
        "difference_cents": 0 if section == "memo" else gl - has,
    }
    return usual | more


def tie_month(month: str = "2026-10", **more: Any) -> dict[str, Any]:
    rows = [
        tie_row("control", "999-1010", "Cash in drawers", 1, 12_345_67, 12_345_67),
        tie_row("control", "999-2900", "Suspense", -1, -90_00, -115_00, before_cents=-10_00),
        tie_row("receipts", "500-4310", "Water sales", -1, -1_204_330_07, -1_204_330_07),
        tie_row("memo", "", "Open charges: utility", 1, 88_213_11, 0),
    ]
    return {"month": month, "sha256": "a" * 64, "different": 1, "rows": rows, "signed": []} | more


CAUSES = {
    "row": tie_row("control", "999-2900", "Suspense", -1, -90_00, -115_00, before_cents=-10_00),
    "causes": [
        {"words": "Correction posted here, of no drawer and no deposit", "cents": -15_00, "record": "LEDGER/1/44"},
        {"words": "Not explained by anything here", "cents": -10_00, "record": ""},
    ],
}


MONTH = {
    "month": "2026-10",
    "state": "open",
    "over": True,
    "dated": "2026-11-01",
    "drawers": 1,
    "waiting": 0,
    "waiting_cents": 0,
    "signed": {"by": "tess", "second": "lee", "at": "2026-11-02T17:00:00+00:00"},
    "history": [],
}
CLOSED = MONTH | {
    "state": "closed",
    "drawers": 0,
    "waiting": 2,
    "waiting_cents": 140_00,
    "history": [
        {"what": "closed", "at": "2026-11-03T17:00:00+00:00", "reason": "", "by": "tess", "second": "lee"},
        {"what": "opened", "at": "2026-11-02T18:00:00+00:00", "reason": "A late stick", "by": "hugo", "second": "lee"},
    ],
}


ALARM = {
    "id": 7,
    "kind": "rollback",
    "terminal": "T3",
    "epoch": 1,
    "seq": 412,
    "detail": "Its journal ends at 398; it said 412 before.",
    "made_at": "2026-11-23T14:02:00+00:00",
}
GAP = {"terminal": "T2", "epoch": 1, "missing_no": 3, "since": "2026-11-22T23:10:00+00:00", "state": "active"}
SILENT = {"terminal": "T7", "epoch": 1, "office": "ANNEX", "heard_at": "2026-11-20T17:30:00+00:00", "hours": 71}
HEED = attention(alarms=[ALARM], gaps=[GAP], silent=[SILENT], batches=3, error_items=3, no_backup_hours=40)


def answers() -> dict[str, Any]:
    return {
        "attention": HEED,
        "error-items": {"items": [UNKNOWN, ALONE, OUT], "open": 3, "suspense_cents": 65_00, "more": False},
        "error-item": item_page(UNKNOWN, ["to_account", "to_charge", "to_gl"]),
        "error-item.proposal": WORKING,
        "batches": {"batches": [HELD, LATER, RELEASED], "states": {"held": 1, "posted": 40}, "more": False},
        "batch": batch_page(HELD, ["release", "reject"]),
        "tie-out": tie_month(),
        "tie-out.causes": CAUSES,
        "month": MONTH,
        "move": MOVABLE,
        "move.proposal": WORKING,
    }


@dataclass
class LedgerWorkDesk(LedgerDesk):
    """`acts` are those that were done; `act_fault` is raised by the next one."""

    answers: dict[str, Any] = field(default_factory=answers)
    acts: list[tuple[str, dict[str, Any], str, str | None, str]] = field(default_factory=list)
    act_fault: Exception | None = None
    ids: int = 0

    def _new_act_id(self) -> str:
        self.ids += 1
        return f"id-{self.ids}"

    def _ledger_act(
        self, name: str, args: dict[str, Any], by: Credential, second: Credential | None, id_: str
    ) -> dict[str, Any]:
        fault, self.act_fault = self.act_fault, None
        if fault is not None:
            raise fault
        if second is not None and second.pin != SECOND_PIN:
            refused = WrongPinThere("That id and PIN don't belong together.", "Nothing was done.", "4 tries left.")
            refused.whose = "second"
            raise refused
        self.acts.append((name, dict(args), by.operator, second.operator if second is not None else None, id_))
        return {"seq": 1}

    def _read_items(self, said: dict[str, Any]) -> Any:
        return ledger_items.read_items(STATION, said)

    def _read_item(self, said: dict[str, Any]) -> Any:
        return ledger_items.read_item(STATION, said)

    def _read_working(self, said: dict[str, Any]) -> Any:
        return ledger_items.read_working(STATION, said)

    def _read_batches(self, said: dict[str, Any]) -> Any:
        return ledger_batches.read_batches(STATION, said)

    def _read_batch(self, said: dict[str, Any]) -> Any:
        return ledger_batches.read_batch(STATION, said)

    def _read_tie_out(self, said: dict[str, Any]) -> Any:
        return ledger_tie_out.read_tie_out(STATION, said)

    def _read_causes(self, said: dict[str, Any]) -> Any:
        return ledger_tie_out.read_causes(STATION, said)

    def _read_movable(self, said: dict[str, Any]) -> Any:
        return ledger_move.read_movable(STATION, said)

    def _read_month(self, said: dict[str, Any]) -> Any:
        return ledger_month.read_month(STATION, said)

    def _ages(self, moments: list[str]) -> list[str]:
        return ledger_answers.ages(STATION, moments)

    def _moments(self, said: list[str]) -> list[str]:
        return ledger_answers.moments(STATION, said)

    def _month_to_tie(self) -> str:
        return ledger_tie_out.month_to_tie(STATION)
