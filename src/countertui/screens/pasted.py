"""Text that was pasted into the payment's box."""

from __future__ import annotations

from typing import TYPE_CHECKING

from countertui.domain.refusal import Refused
from countertui.domain.text import TextRefused
from countertui.widgets.stroke import Stroke

if TYPE_CHECKING:
    from countertui.screens.payment import PaymentArea


async def paste(area: PaymentArea, text: str, at: float) -> None:
    """Each line of a pasted text is typed and entered, one after the other; the first refusal is told last."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if any(not line.isprintable() for line in lines):
        raise TextRefused("The pasted text holds control characters; none of it was taken.", press="Type it by hand.")
    refusals: list[Refused] = []
    for n, line in enumerate(lines):
        if area.asking is not None and any(lines[n:]):
            raise Refused("Something is asked first.", "The rest of the pasted text was not taken.", "Paste it again.")
        try:
            if line:
                await area.finding.press(Stroke(pasted=line, at=at + n))  # each is a burst of its own
            if n < len(lines) - 1:
                await area.enter(area.finding.box)
        except Refused as refusal:
            refusals.append(refusal)
    if refusals:
        raise refusals[0]
