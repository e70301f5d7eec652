"""What a session adds up to, from its records alone."""

from __future__ import annotations

from typing import Any

from countertui.domain.drawers import cash_kept
from countertui.domain.session_figures import SessionFigures
from countertui.domain.tenders import TenderKind

_TENDERS = [
    {"kind": "check", "cents": 700, "reference": "1"},
    {"kind": "cash", "cents": 500, "reference": ""},
    {"kind": "cash", "cents": 100, "reference": ""},
]
_PAID = {"tenders": _TENDERS, "change_cents": 300, "total_cents": 1000}
_ABOUT = {"original": {"receipt_no": "T1-1"}}


def _figures(*records: tuple[str, str | None, dict[str, Any]]) -> SessionFigures:
    figures = SessionFigures("s")
    for seq, (kind, session, data) in enumerate(records, start=1):
        figures.add(seq, {"kind": kind, "session": session, "data": data})
    return figures


def _sums(figures: SessionFigures) -> dict[str, tuple[int, int]]:
    return {kind.value: (each.count, each.cents) for kind, each in figures.expected().items()}


def test_what_was_taken_voided_and_paid_out_is_summed_per_tender() -> None:
    opened = ("open", "s", {"counted_cents": 20000})
    assert _sums(_figures(opened)) == {"cash": (0, 20000)}
    assert _sums(_figures(opened, ("pay", "s", _PAID))) == {"cash": (0, 20300), "check": (1, 700)}
    assert _sums(_figures(opened, ("pay", "s", _PAID), ("void", "s", {**_PAID, **_ABOUT}))) == {
        "cash": (0, 20000),
        "check": (0, 0),
    }
    refunds = [
        ("refund", session, {"method": how, "total_cents": 400}) for session, how in (("s", "cash"), (None, "ap_check"))
    ]
    assert _sums(_figures(opened, *refunds)) == {"cash": (0, 19600)}


def test_two_tenders_of_a_kind_are_one_row_as_the_store_has_them() -> None:
    figures = _figures(("pay", "s", _PAID))
    assert figures.moves == {
        (1, "check", "tender"): (1, 700),
        (1, "cash", "tender"): (2, 600),
        (1, "cash", "change"): (0, -300),
    }


def test_another_sessions_records_are_not_its_own() -> None:
    figures = _figures(("open", "s", {"counted_cents": 1}), ("pay", "other", _PAID), ("start", None, {}))
    assert (_sums(figures), figures.receipts, figures.through) == ({"cash": (0, 1)}, 0, 3)


def test_each_count_keeps_the_difference_it_showed() -> None:
    count = {"counted": [{"tender": "cash", "count": 0, "cents": 900}]}
    figures = _figures(
        ("open", "s", {"counted_cents": 1000}), ("count", "s", count), ("pay", "s", _PAID), ("count", "s", count)
    )
    cash = [next(each.cents for each in found.difference if each.kind is TenderKind.CASH) for found in figures.counts]
    assert cash == [-100, -400]
    assert (figures.last_move, figures.receipts) == (3, 1)


def test_requests_stand_until_they_are_answered() -> None:
    for answer, left in (("void", []), ("void_refusal", []), ("reprint", ["T1-1"])):
        figures = _figures(("void_request", "s", _ABOUT), (answer, "s", {**_PAID, **_ABOUT}))
        assert list(figures.requested) == left


def test_cash_that_was_kept_is_less_its_change() -> None:
    assert cash_kept(_PAID) == 300
    assert cash_kept({"tenders": [_TENDERS[0]], "change_cents": 0}) == 0
