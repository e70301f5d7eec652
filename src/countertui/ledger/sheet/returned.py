"""Checks that a batch says came back, put onto its sheet."""

from __future__ import annotations

from countertui.domain.balances import Movement
from countertui.ledger.charges_raised import lost_with
from countertui.ledger.checks_back import Said, borne_by_suspense, charges_raised
from countertui.ledger.posting import Problem
from countertui.ledger.sheet.entering import Body, Day, credited, enter, lower, not_covered_by
from countertui.ledger.trust import deposits_among, moved_on


def return_checks(day: Day, body: Body) -> None:
    """Take back what each check paid, an entry each; its fee is a charge that this very batch may pay."""
    sheet, seq = day.sheet, body["seq"]
    problem = sheet.checks.problem_of(body, day.people)
    if problem is not None:
        sheet.problems.append((seq, problem))
        return
    voided = {id_ for id_, *_ in sheet.undone}
    held = {of for of, each in sheet.problems if each.cents}
    moves: list[Movement] = []
    for n in range(len(body["data"]["checks"])):
        found = sheet.checks.taken_back(body, n, voided, held, sheet.banked.checks.account_of)
        if isinstance(found, Problem):
            sheet.problems.append((seq, found))
            continue
        back, posting = found
        sheet.deposits |= deposits_among(day.connection, credited(posting.moves))
        for short in not_covered_by(day, posting.moves).values():
            posting = borne_by_suspense(day.connection, sheet.rules, back, short)
        if posting.moves and (receipt := sheet.receipts.find(back.id)) is not None:
            lower(day, body, receipt[0], lost_with(back))
        moves += posting.moves
        sheet.problems += [(seq, doubt) for doubt in sheet.checks.doubts_of(back, body["data"]["checks"][n])]
        if back.account is not None:
            day.chart.charges.update(dict.fromkeys(charges_raised(sheet.rules, back), back.account))
        sheet.checks.keep(back, Said(body["terminal"], body["epoch"], seq, n, enter(day, body, posting)))
    sheet.trust_moves += moved_on(body, moves, sheet.deposits)
