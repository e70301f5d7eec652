"""What is said when the program ends by a fault of its own: where it was, never what was typed.

Textual's own report prints the values of local variables: PINs, card numbers, names.
"""

from __future__ import annotations

import traceback

from textual.worker import WorkerFailed

from countertui.domain.card_guard import holds_card_number

TOLD = (
    "The counter stopped by a fault of its own.\n"
    "What was recorded is safe; everything recorded is kept, and so are carts.\n"
    "Restart the counter: it checks the journal and says whether the last payment was recorded.\n\n"
)
FRAMES = 8
"""How much of the way to the fault is shown: what is above scrolls the three sentences off the screen."""


def crash_words(error: BaseException) -> str:
    """The way to the fault without values, for whoever mends it; lines that hold a card number are left out."""
    cause = error.error if isinstance(error, WorkerFailed) else error
    lines = "".join(traceback.format_exception(cause, limit=-FRAMES)).splitlines()
    return TOLD + "\n".join("(left out)" if holds_card_number(line) else line for line in lines) + "\n"
