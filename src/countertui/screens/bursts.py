"""Telling a scanner from hands: keys that come faster than any hand types are held together until it is clear.

A keyboard-wedge scanner types what it reads, wherever the keys go just then. Its first letter may be on the screen
already, as a hand's must be at once; it is taken back when the rest turns out to be a burst. Nothing else of a burst
reaches a field before somebody has looked at the whole of it.
"""

from __future__ import annotations

from dataclasses import dataclass

from countertui.widgets.stroke import Stroke

GAP_SECONDS = 0.03
"""Hands leave 60 ms and more between keys, scanners 1 to 20."""
SHORTEST = 6
"""Letters of the shortest burst that an Enter ends."""
PAUSE = 5
"""How many such gaps the line may pause in the middle of what is certainly a burst, as one over a network does."""
SHORTEST_UNENDED = 10
"""Letters of the shortest one that silence ends: a slow line delivers a word at once, too."""
STRIPE = frozenset({"%", ";"})
"""What tracks 1 and 2 of a card begin with: never shown before it is clear what they are."""
_ENTER = frozenset({"enter", "ctrl+j"})


@dataclass(frozen=True, slots=True)
class Burst:
    """Keys that came as no hand types them. first_sent: the first one has been handled already."""

    strokes: tuple[Stroke, ...]
    first_sent: bool

    @property
    def text(self) -> str:
        """What was typed, without its Enter."""
        return "".join(stroke.letter for stroke in self.strokes)

    @property
    def ended(self) -> bool:
        """Whether its Enter came with it."""
        return self.strokes[-1].key in _ENTER


class Bursts:
    """Holds letters until the next one is late; gives what is to be handled, in order."""

    def __init__(self, gap_seconds: float = GAP_SECONDS) -> None:
        self.gap_seconds = gap_seconds
        self._held: list[Stroke] = []
        self._first_sent = False

    @property
    def patience_seconds(self) -> float:
        """How long the next letter of what is held may take: no hand types so many so fast, nor begins with a sign of
        a card's stripe and goes on at once."""
        certain = len(self._held) >= SHORTEST or (self._held and self._held[0].letter in STRIPE)
        return self.gap_seconds * (PAUSE if certain else 1)

    @property
    def waiting(self) -> bool:
        """Whether something is held that nobody has handled."""
        return len(self._held) > self._first_sent

    def take(self, stroke: Stroke, *, at_once: bool) -> list[Stroke | Burst]:
        """A key came; what is to be handled now. at_once: a letter that begins anew goes to a field that is idle."""
        near = bool(self._held) and stroke.at - self._held[-1].at <= self.patience_seconds
        if near and stroke.letter:
            self._held.append(stroke)
            return []
        if near and stroke.key in _ENTER and len(self._held) >= SHORTEST:
            return [self._burst(stroke)]
        ready = self.lapse()
        if not stroke.letter:
            return [*ready, stroke]
        self._held = [stroke]
        self._first_sent = at_once and stroke.letter not in STRIPE
        return [*ready, stroke] if self._first_sent else ready

    def lapse(self) -> list[Stroke | Burst]:
        """Nothing came for a while; what is to be handled now."""
        if len(self._held) >= SHORTEST_UNENDED:
            return [self._burst()]
        ready = self._held[self._first_sent :]
        self._held, self._first_sent = [], False
        return list(ready)

    def _burst(self, *end: Stroke) -> Burst:
        burst = Burst((*self._held, *end), self._first_sent)
        self._held, self._first_sent = [], False
        return burst
