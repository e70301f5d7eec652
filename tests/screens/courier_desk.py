"""A desk with bags of deposits, for tests of their log."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from countertui.counter.courier import BagSeen, CourierTyped
from countertui.counter.drafts import Form
from countertui.counter.station import Person
from countertui.domain.courier import CourierData, Where, courier_data, require_possible, said_time
from countertui.domain.rights import require_second_person
from screens.deposit_desk import DepositDesk

NOW = "2026-11-23 16:42"
DROP = BagSeen(
    44,
    "",
    "B0512",
    "2026-11-23",
    400_00,
    False,
    Where.DROPPED,
    "cash of drawer D1: a deposit takes it with its drawer, or alone; none made here did yet",
)
BAGS = (
    BagSeen(41, "T1-D4", "B0474", "2026-11-23", 1_622_85, True, Where.SAFE, ""),
    BagSeen(37, "T1-D3", "B0473", "2026-11-23", 12_204_10, False, Where.SAFE, ""),
    BagSeen(30, "T1-D2", "B0472", "2026-11-20", 980_00, True, Where.TAKEN_BACK, ""),
    BagSeen(
        21,
        "T1-D1",
        "B0471",
        "2026-11-19",
        3_310_55,
        True,
        Where.COURIER,
        "Loomis, Kim Roe, badge L-77, receipt 4471, 11/19/2026 16:40; whether the bank has it is not known here",
    ),
)


@dataclass
class CourierDesk(DepositDesk):
    """Logs BAGS; what goes with a courier is in `went`, papers that were asked for in `asked_for`."""

    logged: list[BagSeen] = field(default_factory=lambda: list(BAGS))
    went: list[tuple[str, CourierData]] = field(default_factory=list)
    asked_for: list[tuple[Any, ...]] = field(default_factory=list)

    def _bag_log(self) -> tuple[BagSeen, ...]:
        return tuple(self.logged)

    def _require_handable(self, bags: Sequence[str], typed: CourierTyped) -> CourierData:
        at = said_time(typed.at, NOW)
        data = courier_data(typed.company, typed.courier, typed.badge, typed.receipt, at, bags)
        require_possible(at, {}, NOW)
        return data

    def _hand_to_courier(self, person: Person, second: Person, bags: Sequence[str], typed: CourierTyped) -> CourierData:
        require_second_person(second.id, (person.id,))
        data = self._require_handable(bags, typed)
        self.went.append((second.id, data))
        self.drafts.pop((Form.COURIER, "", person.id), None)
        self.logged = [replace(bag, where=Where.COURIER) if bag.bag in data["bags"] else bag for bag in self.logged]
        return data

    def _print_slip_again(self, person: Person, seq: int) -> int:
        self.asked_for.append(("copy", seq))
        return 1

    def _write_slip(self, seq: int) -> Path:
        self.asked_for.append(("slip", seq))
        return Path("papers/deposit-T1-D4.pdf")

    def _write_check_list(self, seq: int) -> Path:
        self.asked_for.append(("checks", seq))
        return Path("papers/checks-T1-D4.pdf")

    def _write_check_list_with_numbers(self, person: Person, seq: int) -> Path:
        self.asked_for.append(("numbers", person.id, seq))
        return Path("papers/checks-T1-D4-numbers.pdf")
