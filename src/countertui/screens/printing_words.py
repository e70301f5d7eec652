"""Papers that are not known to be there, in words."""

from __future__ import annotations

from collections.abc import Sequence

from countertui.counter.print_queue import PrintNote
from countertui.counter.slips import SlipSaid

_KINDS = {
    "receipt": "Receipt",
    "z_report": "Z report",
    "statement": "Statement",
    "top_up": "Top-up notice",
    "drop": "Drop slip",
    "surprise_count": "Surprise count",
    "fund_request": "Change wanted",
    "fund_change": "Change slip",
    "hand_over": "Hand-over slip",
    "deposit": "Deposit slip",
    "courier": "Courier slip",
}


def paper_words(note: PrintNote) -> str:
    """What a paper is called: `Receipt T1-9`, `Z report`."""
    if note.title:
        return note.title
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


def detail_words(note: PrintNote) -> str:
    """Why, or what comes next: one that waits for paper or a closed cover needs no key."""
    return note.detail or ("goes on by itself" if note.state == "sending" else "")


def slip_words(said: SlipSaid) -> tuple[str, str, str] | None:
    """What the operator is told while a sheet is put in; None for what needs no hand."""
    match said.what:
        case "insert":
            return (
                f"Put {_inside(said.paper)} into {said.printer}.",
                "",
                "Or leave it: it waits in F10, P.",
            )
        case "take out":
            return f"Take the paper out of {said.printer}.", "", ""
        case "left in":
            return f"There is still a paper in {said.printer}.", "Nothing more is printed on it.", "Take it out."
        case _:
            return None


def _inside(title: str) -> str:
    """A sheet's title inside a sentence: `the stub`, `check 1042 of 18.40`."""
    return "the stub" if title == "Stub" else title[:1].lower() + title[1:]


def done_with_sheets(notes: Sequence[PrintNote]) -> tuple[str, str, str] | None:
    """What is told once a sheet that somebody put in was printed on; None where there was none."""
    done = [_inside(note.title) for note in notes if note.title and note.state not in ("refused", "uncertain")]
    return (f"Printed on: {', '.join(done)}.", "", "") if done else None


def doubt_about(notes: Sequence[PrintNote]) -> tuple[str, str, str] | None:
    """What is told of papers of which nobody knows whether they came out, or that nobody put in; None for no such."""
    not_in = [note for note in notes if note.title and note.state == "refused"]
    doubted = [note for note in notes if note.state == "uncertain"]
    if not_in and not doubted:
        return (
            f"{not_in[0].title} was not printed on: {not_in[0].detail}.",
            "The payment is recorded.",
            "F10, P, then A tries again; or stamp it by hand, and N.",
        )
    if not doubted:
        return None
    others = f" and {len(doubted) - 1} more" if len(doubted) > 1 else ""
    at = f"{doubted[0].printer}: " if doubted[0].printer else ""
    why = f": {at}{doubted[0].detail}" if doubted[0].detail else ""
    return (
        f"{paper_words(doubted[0])}{others} may not have printed{why}.",
        "The money is recorded; nothing prints twice by itself.",
        "Look at the paper, then F10, P.",
    )
