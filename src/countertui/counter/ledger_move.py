"""Where a posted payment's money stands at the ledger, read strictly from its answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from countertui.counter.ledger_answers import Said, answer_as
from countertui.counter.station import Station
from countertui.forms import Cents, Form, Number


class MoneyPlace(Form, frozen=True, kw_only=True):
    """Cents of it that stand on a charge or a credit (source charge) or on a GL account alone (source gl)."""

    source: Said
    name: Said
    words: Said
    account: Said
    cents: Cents


class Movable(Form, frozen=True, kw_only=True):
    """A payment and where its money stands; is_mine: who looks took part in it."""

    terminal: Said
    epoch: Number
    seq: Number
    receipt_no: Said
    biz_date: Said
    payor: Said
    people: list[Said]
    is_mine: bool
    places: list[MoneyPlace]


def read_movable(_station: Station, said: Mapping[str, Any]) -> Movable:
    """The answer to `move`."""
    return answer_as(Movable, said)
