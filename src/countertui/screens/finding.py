"""Finding: the box, what it finds, and the one thing that Enter means."""

from __future__ import annotations

from collections.abc import Sequence

from countertui.counter.find import MOST_FOUND, Found
from countertui.domain.card_guard import CardNumberRefused
from countertui.domain.refusal import Refused
from countertui.screens.beside import Start
from countertui.screens.desk import Desk
from countertui.screens.lookup import Lookup
from countertui.screens.payment_words import draw_found
from countertui.widgets.line_list import LineList
from countertui.widgets.one_box import OneBox
from countertui.widgets.stroke import Stroke

ARROWS = frozenset({"up", "down", "pageup", "pagedown"})


class Finding:
    """The box and its results. Results never jump: they are of one text, and the cursor is set by keys alone."""

    def __init__(self, desk: Desk, start: Start) -> None:
        self.box = OneBox()
        self.results: LineList[Found] = LineList(draw_found, dom_id="results")
        self.results.picked = self._picked
        self._lookup = Lookup(desk, start, self._show)

    @property
    def text(self) -> str:
        """What was typed."""
        return self.box.value.strip()

    async def press(self, stroke: Stroke) -> None:
        """Type into the box and look up. Raises Refused; of a card number nothing is kept."""
        if stroke.key in ARROWS:
            if not self._lookup.knows(self.text):
                self._show(self.text, await self._lookup.answer(self.text))
            self.results.press(stroke.key)
            return
        try:
            changed = self.box.press(stroke)
        except CardNumberRefused as refusal:
            await self._only_if_known(self.box.take_doubtful(), refusal)
            changed = True
        if changed:
            self._lookup.want(self.text)

    async def chosen(self) -> Found:
        """The result under the cursor, else the exact one, else the only one; of several none is guessed.

        What is only spelled nearly so is never taken unless it was chosen.

        Raises Refused.
        """
        return await self._chosen(self.text)

    def look_again(self) -> None:
        """The box's text changed by itself: find what goes by it now."""
        self._lookup.want(self.text)

    def typed_anew(self) -> None:
        """What was refused stays to be read, and what is typed or scanned next replaces it."""
        self.box.set(self.box.value, selected=True)

    def clear(self) -> None:
        """Empty the box."""
        self.box.set("")
        self._lookup.forget()
        self._show("", ())

    async def _chosen(self, text: str) -> Found:
        if self.results.current is not None and self._lookup.knows(text):
            return self.results.current
        found = await self._lookup.answer(text)
        fitting = [one for one in found if one.exact] or [one for one in found if not one.near]
        if not fitting and found:
            self.results.show(found, cursor=0)
            raise Refused(
                f"Nothing goes by “{text[:24]}”, but some are spelled nearly so.",
                "Nothing was added.",
                "Choose with the arrows, then Enter.",
            )
        if not fitting:
            raise Refused(
                f"Nothing goes by “{text[:24]}”.", "The cart is as it was.", "Type it again, or part of a name."
            )
        if len(fitting) > 1:
            self.results.show(found, cursor=0)
            raise Refused(
                f"{_number_fitting(found)} fit “{text[:24]}”.",
                "Nothing was added.",
                "Choose with the arrows, then Enter.",
            )
        return fitting[0]

    async def _only_if_known(self, doubtful: str, refusal: CardNumberRefused) -> None:
        """An exact known number comes before the guard; all else is refused without echo."""
        self.clear()
        found = await self._lookup.answer(doubtful)
        self._lookup.forget()
        if not any(one.exact for one in found):
            raise refusal
        self.box.accept(doubtful)

    def _show(self, text: str, found: Sequence[Found]) -> None:
        self.results.show(found, hint="Nothing found." if text else "")

    def _picked(self, n: int) -> None:
        self.results.show(self.results.items, cursor=n)


def _number_fitting(found: Sequence[Found]) -> str:
    """How many were found, as far as anybody looked."""
    return f"{MOST_FOUND} or more" if len(found) >= MOST_FOUND else str(len(found))
