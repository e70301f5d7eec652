"""Papers that are not known to be there, in words."""

from __future__ import annotations

from collections.abc import Sequence

from countertui.counter.print_queue import PrintNote

_KINDS = {"receipt": "Receipt", "z_report": "Z report"}


def paper_words(note: PrintNote) -> str:
    """What a paper is called: `Receipt T1-9`, `Z report`."""
    kind = _KINDS.get(note.kind, note.kind.capitalize())
    return f"{kind} {note.receipt_no}" if note.receipt_no else kind


def state_words(note: PrintNote) -> str:
    """How it stands, as a cashier would say it."""
    match note.state:
        case "uncertain":
            return "uncertain"
        case "sending":
            return "printing"
        case "later":
            return "later"
        case _:
            return "not printed"


def doubt_about(notes: Sequence[PrintNote]) -> tuple[str, str, str] | None:
    """What is told of papers of which nobody knows whether they came out; None where there is no such."""
    doubted = [note for note in notes if note.state == "uncertain"]
    if not doubted:
        return None
    others = f" and {len(doubted) - 1} more" if len(doubted) > 1 else ""
    why = f": {doubted[0].detail}" if doubted[0].detail else ""
    return (
        f"{paper_words(doubted[0])}{others} may not have printed{why}.",
        "The money is recorded; nothing prints twice by itself.",
        "Look at the paper, then F10, P.",
    )
