"""Drawer sessions of another terminal as its signed records tell them, read one after another.

Nothing of them is a money figure of this terminal: they say what lies in which drawer's bag, so that one deposit can be
made of an office's drawers.
"""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping
from typing import Any, TypedDict

from countertui.domain.record_data import CountData
from countertui.domain.records import Kind
from countertui.domain.rights import took_part
from countertui.domain.tenders import TenderKind

PAPERS = frozenset({TenderKind.CHECK.value, TenderKind.MONEY_ORDER.value})
"""Tenders that are taken to the bank piece by piece."""

_TENDERS = frozenset(kind.value for kind in TenderKind)


class SeenPaper(TypedDict):
    """A check or money order as a receipt took it; n is its place among that receipt's tenders, from 1."""

    receipt_no: str
    n: int
    tender: str
    reference: str
    cents: int


class SeenDrop(TypedDict):
    """A bag that went from the drawer to the safe."""

    bag: str
    cents: int
    seq: int


class SeenSession(TypedDict):
    """A drawer session. Amounts in cents; dates ISO; records by their sequence number at that terminal.

    open_seq and opening_cents (the opening count) are None where its opening was not seen: then receipts and papers are
    not all either. close_seq and batch_no (the batch that holds the close) are None while it is open. people: who
    opened and closed it and approved that. papers: less those of receipts that were voided. through: its last record
    seen.
    """

    id: str
    drawer: str
    operator: str
    biz_date: str
    opening_cents: int | None
    open_seq: int | None
    close_seq: int | None
    batch_no: int | None
    people: list[str]
    receipts: int
    papers: list[SeenPaper]
    drops: list[SeenDrop]
    counted: list[CountData]
    over_short: list[CountData]
    through: int


class UnsoundRecord(ValueError):  # noqa: N818 - told as a sentence
    """A record that does not say of its drawer what one of its kind says."""


def add_record(sessions: MutableMapping[str, SeenSession], body: Mapping[str, Any], batch_no: int | None) -> None:
    """Let a terminal's next record move what is known of its sessions; batch_no is the batch that holds it, if sealed.

    Raises UnsoundRecord.
    """
    kind, id_ = body.get("kind"), body.get("session")
    if id_ is None or type(kind) is not str or kind not in _READ:
        return
    try:
        _add(sessions, body, kind, batch_no)
    except (KeyError, TypeError, IndexError) as fault:
        raise UnsoundRecord(f"Record {body.get('seq')} does not say of its drawer what a {kind} says.") from fault


def _add(sessions: MutableMapping[str, SeenSession], body: Mapping[str, Any], kind: str, batch_no: int | None) -> None:
    data, seq, id_ = body["data"], body["seq"], _text(body["session"])
    one = sessions.get(id_)
    if one is None:
        one = sessions[id_] = SeenSession(
            id=id_,
            drawer="",
            operator=_text(body["operator"]),
            biz_date=_text(body["biz_date"]),
            opening_cents=None,
            open_seq=None,
            close_seq=None,
            batch_no=None,
            people=[],
            receipts=0,
            papers=[],
            drops=[],
            counted=[],
            over_short=[],
            through=seq,
        )
    one["through"] = seq
    if kind == Kind.PAY:
        _take(one, body)
    elif kind == Kind.VOID:
        gone = _text(data["original"]["receipt_no"])
        one["papers"] = [paper for paper in one["papers"] if paper["receipt_no"] != gone]
    elif kind == Kind.DROP:
        one["drops"].append(SeenDrop(bag=_text(data["bag"]), cents=_whole(data["cents"]), seq=seq))
    else:
        one["drawer"] = _text(data["drawer"])
        one["people"] = list(dict.fromkeys([*one["people"], *took_part(body)]))
        if kind == Kind.OPEN:
            one["operator"], one["biz_date"] = _text(body["operator"]), _text(body["biz_date"])
            one["open_seq"], one["opening_cents"] = seq, _whole(data["counted_cents"])
        else:
            one["close_seq"], one["batch_no"] = seq, batch_no
            one["counted"] = [_counted(each) for each in data["counted"]]
            one["over_short"] = [_counted(each) for each in data["over_short"]]
            one["receipts"] = _whole(data["receipts"])


def _take(one: SeenSession, body: Mapping[str, Any]) -> None:
    number = _text(body["receipt_no"])
    one["receipts"] += 1
    for n, tender in enumerate(body["data"]["tenders"], start=1):
        if _text(tender["kind"]) in PAPERS:
            one["papers"].append(
                SeenPaper(
                    receipt_no=number,
                    n=n,
                    tender=tender["kind"],
                    reference=_text(tender["reference"], or_none=True),
                    cents=_whole(tender["cents"]),
                )
            )


def _counted(each: Mapping[str, Any]) -> CountData:
    if each["tender"] not in _TENDERS:
        raise KeyError(each["tender"])
    return CountData(tender=each["tender"], count=_whole(each["count"]), cents=_whole(each["cents"]))


def _text(said: object, *, or_none: bool = False) -> str:
    if type(said) is not str or not (said or or_none):
        raise TypeError(said)
    return said


def _whole(said: object) -> int:
    if type(said) is not int:
        raise TypeError(said)
    return said


_READ = frozenset({Kind.OPEN.value, Kind.PAY.value, Kind.VOID.value, Kind.DROP.value, Kind.CLOSE.value})


class SeenDeposit(TypedDict):
    """A deposit that another terminal made: its record there, slip, bag, and the sessions whose money is in it.

    sessions: [terminal, epoch, session] each, of any terminal of the office. safe_bags: dropped bags that it took apart
    from their sessions, [terminal, epoch, session, bag] each.
    """

    seq: int
    slip_no: str
    bag: str
    sessions: list[tuple[str, int, str]]
    safe_bags: list[tuple[str, int, str, str]]


def deposit_made(body: Mapping[str, Any]) -> SeenDeposit | None:
    """The deposit that a record makes; None for another kind. Raises UnsoundRecord."""
    if body.get("kind") != Kind.DEPOSIT:
        return None
    try:
        data = body["data"]
        places = [(_text(each["terminal"]), _whole(each["epoch"]), _text(each["session"])) for each in data["sessions"]]
        bags = [
            (_text(each["terminal"]), _whole(each["epoch"]), _text(each["session"]), _text(each["bag"]))
            for each in data.get("safe_bags", ())
        ]
        return SeenDeposit(
            seq=_whole(body["seq"]),
            slip_no=_text(data["slip_no"]),
            bag=_text(data["bag"]),
            sessions=places,
            safe_bags=bags,
        )
    except (KeyError, TypeError) as fault:
        raise UnsoundRecord(f"Record {body.get('seq')} does not say what is deposited.") from fault


def deposit_taken_back(body: Mapping[str, Any]) -> int | None:
    """The record of the deposit that a record takes back; None for another kind. Raises UnsoundRecord."""
    if body.get("kind") != Kind.DEPOSIT_TAKEN_BACK:
        return None
    try:
        return _whole(body["data"]["deposit"]["seq"])
    except (KeyError, TypeError) as fault:
        raise UnsoundRecord(f"Record {body.get('seq')} does not say which deposit it takes back.") from fault
