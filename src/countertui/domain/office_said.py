"""What the ledger says of an office's drawers, and how it goes together with batches that were brought here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from countertui.domain.safe_bags import BagPlace
from countertui.domain.seen_sessions import SeenDeposit, SeenSession

Place = tuple[str, int, str]
"""A session: terminal, epoch, id."""


@dataclass(frozen=True, slots=True)
class SaidTerminal:
    """A terminal of the office as far as the ledger heard it: its journal through that record, when (ISO 8601 UTC).

    dates: business dates (ISO) of which all its sessions are told, or in a deposit; sessions: those that are open, or
    in no deposit, or in one without a bag that is in none; deposits: those it made and that stand.
    """

    code: str
    epoch: int
    through: int
    heard_at: str
    dates: tuple[str, ...]
    sessions: tuple[SeenSession, ...]
    deposits: tuple[SeenDeposit, ...]
    posted: int | None = None
    error_items: int | None = None
    """Open error items of its records through `posted`, the last in the books; None where that was not said."""


@dataclass(frozen=True, slots=True)
class OfficeSaid:
    """All of them, the terminal that asked too; by_desk: deposits that were made at the technician's desk."""

    office: str
    at: str
    terminals: tuple[SaidTerminal, ...]
    by_desk: tuple[SeenDeposit, ...]


@dataclass(frozen=True, slots=True)
class Seen:
    """What is known of the office's other terminals: sessions, those that are in a deposit, dates of which any is.

    in_deposit has the slip's number of each, or the bag's of a deposit made at the desk. dates: (terminal, ISO date).
    bags: dropped ones that a deposit took apart from their sessions.
    """

    sessions: tuple[tuple[str, int, SeenSession], ...]
    in_deposit: dict[Place, str]
    dates: frozenset[tuple[str, str]]
    bags: frozenset[BagPlace] = frozenset()


def together(
    said: OfficeSaid | None,
    own: tuple[str, int],
    brought: list[tuple[str, int, SeenSession]],
    brought_through: dict[tuple[str, int], int],
    brought_deposits: list[tuple[str, int, SeenDeposit]],
) -> Seen:
    """Of each terminal what knows it further: the ledger's answer, or its batches that were brought here.

    own: this terminal and its epoch, of which its own journal knows best. brought_through: the last record of each that
    was brought.
    """
    newer = {
        (each.code, each.epoch): each
        for each in (said.terminals if said is not None else ())
        if (each.code, each.epoch) != own and each.through >= brought_through.get((each.code, each.epoch), 0)
    }
    sessions = {(code, epoch, one["id"]): one for code, epoch, one in brought if _stays(newer.get((code, epoch)), one)}
    dates = {(code, one["biz_date"]) for code, _, one in brought if one["open_seq"] is not None}
    deposits = [each for code, epoch, each in brought_deposits if (code, epoch) not in newer]
    for (code, epoch), each in newer.items():
        sessions |= {(code, epoch, one["id"]): one for one in each.sessions}
        dates |= {(code, date) for date in each.dates}
        deposits += each.deposits
    deposits += said.by_desk if said is not None else ()
    in_deposit = {
        (place[0], place[1], place[2]): each["slip_no"] or each["bag"]
        for each in deposits
        for place in each["sessions"]
    }
    halves = {(code, one["biz_date"]) for (code, _, _), one in sessions.items() if one["open_seq"] is None}
    return Seen(
        tuple((code, epoch, one) for (code, epoch, _), one in sorted(sessions.items())),
        in_deposit,
        frozenset(dates - halves),
        frozenset((bag[0], bag[1], bag[2], bag[3]) for each in deposits for bag in each["safe_bags"]),
    )


def _stays(newer: SaidTerminal | None, one: SeenSession) -> bool:
    """Whether what was brought of a session still says how it is: a closed one does not change."""
    return newer is None or one["close_seq"] is not None


def as_json(said: OfficeSaid) -> dict[str, Any]:
    """What was said, for JSON."""
    return {
        "office": said.office,
        "at": said.at,
        "terminals": [
            {
                "code": each.code,
                "epoch": each.epoch,
                "through": each.through,
                "heard_at": each.heard_at,
                "dates": list(each.dates),
                "sessions": [dict(one) for one in each.sessions],
                "deposits": [dict(one) for one in each.deposits],
                "posted": each.posted,
                "error_items": each.error_items,
            }
            for each in said.terminals
        ],
        "by_desk": [dict(one) for one in said.by_desk],
    }


def said_of(content: dict[str, Any]) -> OfficeSaid:
    """The same from JSON, once it was read as a form."""
    return OfficeSaid(
        office=content["office"],
        at=content["at"],
        terminals=tuple(
            SaidTerminal(
                code=each["code"],
                epoch=each["epoch"],
                through=each["through"],
                heard_at=each["heard_at"],
                dates=tuple(each["dates"]),
                sessions=tuple(each["sessions"]),
                deposits=tuple(map(_deposit, each["deposits"])),
                posted=each.get("posted"),
                error_items=each.get("error_items"),
            )
            for each in content["terminals"]
        ),
        by_desk=tuple(map(_deposit, content["by_desk"])),
    )


def _deposit(content: dict[str, Any]) -> SeenDeposit:
    """What was kept before bags went to the bank apart from their sessions has none."""
    return SeenDeposit(
        seq=content["seq"],
        slip_no=content["slip_no"],
        bag=content["bag"],
        sessions=content["sessions"],
        safe_bags=content.get("safe_bags", []),
    )
