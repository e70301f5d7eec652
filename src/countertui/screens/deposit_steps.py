"""The steps of a deposit, and what each says below its list or its fields."""

from __future__ import annotations

from enum import Enum

from countertui.counter.deposit_view import DepositView
from countertui.counter.deposits import Counted
from countertui.screens.deposit_marks import Marks
from countertui.screens.deposit_words import beside_rows, sum_rows
from countertui.widgets.lines import Row


class Step(Enum):
    """One after the other; Esc goes one back."""

    CHOOSE = "choose drawers: Space marks one, F9 counts"
    COUNT = "count the cash, blind; F9 commits the count"
    PAPERS = "mark each check you hold; F9 goes on"
    SIGN = "bag, and the second person; F9 records"


def below_rows(step: Step, view: DepositView, marks: Marks, counted: Counted | None) -> list[Row]:
    """What one has to know at that step; of cash nothing before it is counted."""
    if step is Step.CHOOSE:
        return beside_rows(view)
    if step is Step.PAPERS:
        left = marks.not_looked_at(view)
        return [((f" {left or 'None'} not looked at yet.", "warn" if left else "good"),)]
    if step is Step.COUNT or counted is None:
        return []
    held = [paper for paper in marks.papers(view) if paper.key in marks.seen]
    found = [each for each in view.carried if each.item in marks.found]
    return [*sum_rows(counted, held, found), *(((f" {told}", "warn"),) for told in counted.differences)]
