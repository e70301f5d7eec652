"""What a batch says of operators and their rights, put onto its sheet."""

from __future__ import annotations

from countertui.ledger.rights_review import why_not_reviewed
from countertui.ledger.sheet.entering import Body, Sheet
from countertui.ledger.staff import People
from countertui.ledger.staff_changes import judge_terminals, keep, why_not_unlocked


def keep_operator(body: Body, people: People, sheet: Sheet) -> None:
    """Let a change of an operator count, as far as who made it may."""
    judged = judge_terminals(body, people)
    if judged.problem is not None:
        sheet.problems.append((body["seq"], judged.problem))
    if judged.counts:
        keep(people, body)
        sheet.operators.append(body)


def unlock(body: Body, people: People, sheet: Sheet) -> None:
    """Say what was wrong with letting an operator in again."""
    problem = why_not_unlocked(body, people)
    if problem is not None:
        sheet.problems.append((body["seq"], problem))


def review(body: Body, people: People, sheet: Sheet) -> None:
    """Keep that rights were looked through, if who did may."""
    problem = why_not_reviewed(body, people)
    if problem is None:
        sheet.reviews.append(body)
    else:
        sheet.problems.append((body["seq"], problem))
