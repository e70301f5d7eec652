"""What can be wrong with a virtual printer, and the paper that came out of it."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True)
class Faults:
    """What is wrong with the printer, or missing from it. `lines_left` is how much paper there is, None for endless.

    mute: says nothing. without_...: has no such command and passes over it. hung: its processor stands still.
    cutter_jammed: stops at the next cut, until the jam is cleared and DLE ENQ 1 or 2 comes. real_time_between_only:
    a real-time command within another command is taken for its parameters.
    """

    paper_out: bool = False
    cover_open: bool = False
    cutter_jammed: bool = False
    hung: bool = False
    mute: bool = False
    without_process_ids: bool = False
    without_clearing: bool = False
    without_answers_in_order: bool = False
    real_time_between_only: bool = False
    lines_left: int | None = None


@dataclass(slots=True)
class Paper:
    """What came out: `lines` of text in order, the same as `receipts` between cuts, codes' contents, drawer kicks.

    `pictures` counts strips of dots.
    """

    lines: list[str] = field(default_factory=list)
    receipts: list[list[str]] = field(default_factory=list)
    qr_codes: list[str] = field(default_factory=list)
    barcodes: list[str] = field(default_factory=list)
    pictures: int = 0
    kicks: list[int] = field(default_factory=list)
    cuts: int = 0
    unknown: int = 0
