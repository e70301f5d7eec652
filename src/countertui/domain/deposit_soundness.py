"""Whether what a record says of bank deposits has the shape of one: who signs a record may sign anything."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from datetime import date
from typing import Any

from countertui.domain.deposits import (
    DEPOSITED,
    PAPERS,
    BagData,
    BagRef,
    BankDepositData,
    CoveredData,
    DepositCopyData,
    DepositCountData,
    DepositFinalData,
    DepositItemLostData,
    DepositRef,
    DepositTakenBackData,
    DifferenceData,
    FoundData,
    PaperData,
    PaperState,
    SafeBagData,
    Stage,
    What,
    in_bag,
)
from countertui.domain.desk_records import SessionRef, TenderSum
from countertui.domain.drawers import are_pieces
from countertui.domain.drops import LONGEST_BAG
from countertui.domain.tenders import TenderKind

LONGEST_SLIP = 40
_MOST_ROWS = 100_000
_SAFE_BAGS = "safe_bags"
"""Said only where there are any."""


def is_sound(kind: str, data: object) -> bool:
    """Whether a record's data is of that kind at all and adds up to what it says is in the bag.

    Whether that is what was received is judged one by one: who signs a record may sign anything.
    """
    return isinstance(data, dict) and _SOUND[kind](data)


def _is_count(data: dict[str, Any]) -> bool:
    return (
        _names(data, DepositCountData)
        and _some_bags(data, _is_bag_ref)
        and _rows(data["sessions"], _is_ref)
        and _rows(data["found"], _is_text)
        and are_pieces(data["pieces"])
        and _whole(data["cents"])
        and data["cents"] == sum(d * n for d, n in data["pieces"])
    )


def _is_deposit(data: dict[str, Any]) -> bool:
    if not _names(data, BankDepositData) or data["stage"] not in frozenset(Stage):
        return False
    if not all(_is_text(data[name]) for name in ("office", "bank", "slip_no", "bag")):
        return False
    if len(data["bag"]) > LONGEST_BAG or len(data["slip_no"]) > LONGEST_SLIP:
        return False
    if not all(_whole(data[name]) for name in ("count_seq", "counts", "total_cents")):
        return False
    return (
        _rows(data["sessions"], _is_covered)
        and _rows(data["found"], _is_found)
        and _rows(data["differences"], _is_difference)
        and _rows(data["not_heard"], _is_text)
        and _are_dates(data["biz_dates"])
        and are_pieces(data["pieces"])
        and _are_sums(data["composition"])
        and all(each["cents"] >= 0 for each in data["composition"])
        and data["total_cents"] == sum(each["cents"] for each in data["composition"]) > 0
        and in_bag(data, TenderKind.CASH) == sum(d * n for d, n in data["pieces"])
        and _once((each["terminal"], each["epoch"], each["session"]) for each in data["sessions"])
        and _once(each["item"] for each in data["differences"])
        and _once(each["item"] for each in data["found"])
        and _some_bags(data, _is_safe_bag)
        and _bags_apart(data)
    )


def _is_final(data: dict[str, Any]) -> bool:
    return (
        data.keys() == DepositFinalData.__required_keys__
        and _is_deposit_ref(data["deposit"])
        and _are_dates(data["biz_dates"])
        and _rows(data["not_heard"], _is_text)
    )


def _is_taken_back(data: dict[str, Any]) -> bool:
    named = data.keys() == DepositTakenBackData.__required_keys__
    return named and _is_deposit_ref(data["deposit"]) and _is_text(data["reason"])


def _is_lost(data: dict[str, Any]) -> bool:
    if data.keys() != DepositItemLostData.__required_keys__:
        return False
    texts = all(type(data[name]) is str for name in ("receipt_no", "reference"))
    named = texts and _is_text(data["item"]) and _is_text(data["reason"])
    return named and data["tender"] in DEPOSITED and _whole(data["cents"]) and data["cents"] > 0


def _is_copy(data: dict[str, Any]) -> bool:
    named = data.keys() == DepositCopyData.__required_keys__
    return named and _is_deposit_ref(data["deposit"]) and _whole(data["copy"]) and data["copy"] > 0


_SOUND: dict[str, Callable[[dict[str, Any]], bool]] = {
    "deposit_count": _is_count,
    "deposit": _is_deposit,
    "deposit_final": _is_final,
    "deposit_taken_back": _is_taken_back,
    "deposit_copy": _is_copy,
    "deposit_item_lost": _is_lost,
}


def _is_covered(each: Any) -> bool:
    if not _has(each, CoveredData) or not _is_ref({name: each[name] for name in SessionRef.__required_keys__}):
        return False
    if each["batch_no"] is not None and not _whole(each["batch_no"]):
        return False
    if not _are_dates([each["biz_date"]]) or type(each["cash_off"]) is not int:
        return False
    texts = all(_is_text(each[name]) for name in ("drawer", "operator"))
    return (
        texts
        and _rows(each["hands"], _is_text)
        and _are_sums(each["sums"])
        and _rows(each["bags"], _is_bag)
        and _rows(each["papers"], _is_paper)
        and _once((paper["receipt_no"], paper["n"]) for paper in each["papers"])
    )


def _is_paper(each: Any) -> bool:
    return (
        _has(each, PaperData)
        and _is_text(each["receipt_no"])
        and _whole(each["n"])
        and each["tender"] in PAPERS
        and type(each["reference"]) is str
        and _whole(each["cents"])
        and each["state"] in frozenset(PaperState)
        and type(each["reason"]) is str
    )


def _is_bag(each: Any) -> bool:
    return _has(each, BagData) and _is_text(each["bag"]) and _whole(each["cents"])


def _is_bag_ref(each: Any) -> bool:
    named = _has(each, BagRef) and all(_is_text(each[name]) for name in ("terminal", "session", "bag"))
    return named and _whole(each["epoch"])


def _is_safe_bag(each: Any) -> bool:
    if not _has(each, SafeBagData) or not _is_bag_ref({name: each[name] for name in BagRef.__required_keys__}):
        return False
    texts = all(_is_text(each[name]) for name in ("drawer", "operator"))
    return texts and _rows(each["hands"], _is_text) and _are_dates([each["biz_date"]]) and _whole(each["cents"])


def _some_bags(data: dict[str, Any], is_bag: Callable[[Any], bool]) -> bool:
    """Whether bags of the safe are bags, each once, and more than none where any are said to be."""
    if _SAFE_BAGS not in data:
        return True
    rows = data[_SAFE_BAGS]
    if not _rows(rows, is_bag) or not rows:
        return False
    return _once((each["terminal"], each["epoch"], each["session"], each["bag"]) for each in rows)


def _bags_apart(data: dict[str, Any]) -> bool:
    """Whether no bag's session is in the deposit too, and what a bag lacks is of one that is there."""
    there = {(each["terminal"], each["epoch"], each["session"]): set[str]() for each in data.get(_SAFE_BAGS, [])}
    if any((each["terminal"], each["epoch"], each["session"]) in there for each in data["sessions"]):
        return False
    for each in data.get(_SAFE_BAGS, []):
        there[each["terminal"], each["epoch"], each["session"]].add(each["bag"])
    named = [each for each in data["differences"] if each["what"] == What.BAG]
    return all(
        each["reference"] in there.get((each["of"]["terminal"], each["of"]["epoch"], each["of"]["session"]), ())
        for each in named
    )


def _is_found(each: Any) -> bool:
    texts = _has(each, FoundData) and all(type(each[name]) is str for name in ("item", "receipt_no", "reference"))
    if not texts or each["tender"] not in DEPOSITED or type(each["cents"]) is not int:
        return False
    return each["cents"] > 0 or (each["cents"] < 0 and each["tender"] == TenderKind.CASH)


def _is_difference(each: Any) -> bool:
    if not _has(each, DifferenceData) or each["tender"] not in DEPOSITED or each["what"] not in frozenset(What):
        return False
    if any(type(each[name]) is not str for name in ("item", "receipt_no", "reference", "reason")):
        return False
    if type(each["cents"]) is not int or each["cents"] == 0 or type(each["carried"]) is not bool:
        return False
    if each["what"] == What.BAG and (each["tender"] != TenderKind.CASH or each["of"] is None):
        return False
    of_fund = each["what"] == What.FUND
    if of_fund and not (each["tender"] == TenderKind.CASH and each["cents"] > 0 and each["carried"]):
        return False
    return (each["of"] is None or _is_ref(each["of"])) and (of_fund or not (each["carried"] and each["cents"] > 0))


def _is_ref(each: Any) -> bool:
    named = _has(each, SessionRef) and all(_is_text(each[name]) for name in ("terminal", "session"))
    return named and _whole(each["epoch"])


def _is_deposit_ref(each: Any) -> bool:
    named = _has(each, DepositRef) and all(_is_text(each[name]) for name in ("h", "slip_no", "bag"))
    return named and _whole(each["seq"])


def _are_sums(rows: Any) -> bool:
    if not _rows(rows, _is_sum):
        return False
    return _once(each["tender"] for each in rows)


def _is_sum(each: Any) -> bool:
    return (
        _has(each, TenderSum)
        and each["tender"] in DEPOSITED
        and _whole(each["count"])
        and type(each["cents"]) is int
        and (each["tender"] != TenderKind.CASH or each["count"] == 0)
    )


def _are_dates(rows: Any) -> bool:
    try:
        return (
            _rows(rows, _is_text) and bool(rows) and all(date.fromisoformat(each).isoformat() == each for each in rows)
        )
    except ValueError:
        return False


def _names(data: dict[str, Any], shape: Any) -> bool:
    """Whether it says what such a record says; bags of the safe or not."""
    return bool(data.keys() | {_SAFE_BAGS} == shape.__annotations__.keys())


def _has(each: Any, shape: Any) -> bool:
    return type(each) is dict and each.keys() == shape.__required_keys__


def _rows(rows: Any, is_row: Callable[[Any], bool]) -> bool:
    return type(rows) is list and len(rows) <= _MOST_ROWS and all(map(is_row, rows))


def _once(names: Iterable[Hashable]) -> bool:
    each = list(names)
    return len(set(each)) == len(each)


def _is_text(each: Any) -> bool:
    return type(each) is str and bool(each)


def _whole(each: Any) -> bool:
    return type(each) is int and each >= 0
