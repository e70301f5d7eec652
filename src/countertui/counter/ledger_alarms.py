"""What somebody at the ledger's desk must look at first, read strictly: alarms, missing batches, silent terminals."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from countertui.counter.ledger_answers import Said, answer_as
from countertui.counter.ledger_desk import moment
from countertui.counter.station import Station
from countertui.domain.words import number_of
from countertui.forms import Count, Form, Number


class Alarm(Form, frozen=True, kw_only=True):
    """An alarm that nobody saw to yet; terminal is empty for one of the ledger's own."""

    id: Number
    kind: Said
    terminal: Said
    epoch: Count
    seq: Count | None
    detail: Said
    made_at: Said


class Gap(Form, frozen=True, kw_only=True):
    """A batch that is missing before others that came, since when."""

    terminal: Said
    epoch: Number
    missing_no: Number
    since: Said
    state: Said


class Silent(Form, frozen=True, kw_only=True):
    """A terminal that nothing was heard of for so many hours."""

    terminal: Said
    epoch: Number
    office: Said
    heard_at: Said
    hours: Count


class _Attention(Form, frozen=True, kw_only=True):
    alarms: list[Alarm]
    gaps: list[Gap]
    silent: list[Silent]
    batches: Count
    error_items: Count
    no_backup_hours: Count | None


@dataclass(frozen=True, slots=True)
class Heed:
    """One thing that somebody must look at: what kind, whose, since when by the clock here, in words.

    alarm: its number where it is one, which somebody can say they saw; 0 for what ends by itself.
    """

    kind: str
    terminal: str
    since: str
    words: str
    alarm: int = 0


@dataclass(frozen=True, slots=True)
class Attention:
    """What a technician looks at first, and in few words how much of each there is; empty for nothing."""

    rows: tuple[Heed, ...]
    words: str


def read_attention(station: Station, said: Mapping[str, Any]) -> Attention:
    """The answer to `attention`."""
    found = answer_as(_Attention, said)
    rows = [
        *(Heed(each.kind, each.terminal, moment(station, each.made_at), each.detail, each.id) for each in found.alarms),
        *(
            Heed(
                "gap",
                each.terminal,
                moment(station, each.since),
                f"Batch {each.missing_no} is missing; later ones came.",
            )
            for each in found.gaps
        ),
        *(
            Heed("silent", each.terminal, moment(station, each.heard_at), f"Nothing was heard for {each.hours} hours.")
            for each in found.silent
        ),
    ]
    if found.no_backup_hours is not None:
        told = number_of(found.no_backup_hours, "hour")
        rows.append(Heed("backup", "", "", f"The ledger: none for {told}."))
    numbers = (
        (len(found.alarms), "alarm", ""),
        (len(found.gaps), "batch missing", "batches missing"),
        (len(found.silent), "silent", "silent"),
        (found.batches, "waiting", "waiting"),
        (found.error_items, "error", ""),
    )
    return Attention(tuple(rows), ", ".join(number_of(*each) for each in numbers if each[0]))
