"""Paper receipts written while the power was out, and keyed in later: once, or by mistake once more elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from countertui.demo.places import PAPER_BOOK
from countertui.domain.paper_books import PaperNumber

if TYPE_CHECKING:
    from simulation.life import Life

SERIES, FIRST_FORM, LAST_FORM, _ = PAPER_BOOK


@dataclass(slots=True)
class Form:
    """A paper receipt for copies, and how many times somebody keyed it in and was told its receipt's number."""

    number: int
    copies: int
    keyed: int = 0

    @property
    def text(self) -> str:
        return PaperNumber(SERIES, self.number).text


def power_cut(life: Life) -> None:
    """A machine loses its power in the middle of something; people go on by hand until it is back."""
    if terminal := life.any_terminal():
        terminal.crash()
        for _ in range(life.random.randint(1, 3)):
            number = FIRST_FORM + len(life.forms)
            if number <= LAST_FORM:
                life.forms.append(Form(number, life.random.randint(1, 40)))


def key_in(life: Life) -> None:
    """Somebody keys in the oldest form that is left; or, by mistake, one that was keyed in before, maybe elsewhere."""
    terminal = life.any_terminal()
    left = [form for form in life.forms if not form.keyed]
    done = [form for form in life.forms if form.keyed]
    if terminal is None or not life.forms:
        return
    form = life.random.choice(done) if done and (not left or life.random.random() < 0.2) else left[0]
    form.keyed += terminal.key_in(form.text, form.copies)


def key_in_all(life: Life) -> None:
    """Nothing is left on paper in the end, if there is a machine to key it in at."""
    for form in life.forms:
        for terminal in life.working():
            form.keyed += not form.keyed and terminal.key_in(form.text, form.copies)
