"""The letters of what can be done with a license as it stands, and what each asks for."""

from __future__ import annotations

from collections.abc import Sequence

from countertui.counter.license_deeds import not_brought, term_to_print
from countertui.counter.license_register import LicenseSeen
from countertui.domain.license_acts import FAILED, PASSED, PREMISES, PRINTED
from countertui.domain.license_facts import FactLine
from countertui.domain.license_file import License
from countertui.domain.license_states import State, Step
from countertui.screens.license_asking import Asked
from countertui.screens.license_rows import DocumentLine, Item, ReviewLine

_PLAIN = (
    ("a", Step.APPROVE, "Approve", "Approve the application."),
    ("d", Step.DENY, "Deny", "Deny the application."),
    ("f", Step.ASSESS, "Fees", "Work out what the next term costs."),
    ("i", Step.ISSUE, "Issue", "Issue it: writes the certificate."),
    ("r", Step.REPLACE, "Print again", "Another certificate, marked as a duplicate."),
    ("s", Step.SUSPEND, "Suspend", "Suspend it."),
    ("s", Step.REINSTATE, "Reinstate", "Put it in force again."),
    ("o", Step.CONFIRM, "Confirm", "Confirm what a list brought, once it is complete."),
    ("t", Step.TRANSFER, "New owner", "Write down who owns it now."),
    ("m", Step.MOVE, "Move", "Write down its new premises: reviews are open again."),
    ("x", Step.REVOKE, "Revoke", "Revoke it for good."),
    ("z", Step.CLOSE, "Close", "Close it for good."),
)
"""Letter, step, label and explanation of what needs no row to be marked. No two of a letter are there in one state."""
_ON_ROWS = (
    ("v", Step.REVIEW, ReviewLine, "Passed", "The marked review is passed."),
    ("n", Step.REVIEW, ReviewLine, "Not passed", "The marked review is not passed."),
    ("b", Step.DOCUMENT, DocumentLine, "Brought", "The marked document was brought; again: it was not."),
    ("e", Step.AMEND, FactLine, "Edit", "Type the marked line anew."),
)
LETTER_OF_ROWS = {Step.REVIEW: "v", Step.DOCUMENT: "b"}
"""What is done row by row: once one is done, the next one is marked."""
_RESULTS = {"v": PASSED, "n": FAILED}
_TEXTS = {Step.TRANSFER: "New owner", Step.MOVE: "New premises"}
_OF_NEW_TERM = ("r", Step.REPLACE, "New certificate", "The certificate of the term it was renewed for.")
_QUESTIONS = {
    Step.APPROVE: "Approve {}?",
    Step.DENY: "Deny {}?",
    Step.ISSUE: "Issue {}?",
    Step.REPLACE: "Print the certificate of {} again?",
    Step.SUSPEND: "Suspend {}?",
    Step.REINSTATE: "Put {} in force again?",
    Step.REVOKE: "Revoke {} for good?",
    Step.CLOSE: "Close {} for good?",
    Step.CONFIRM: "Confirm {} as it stands here?",
    Step.TRANSFER: "Whose is {} now?",
    Step.MOVE: "Where is {} now? Reviews open again.",
    Step.DOCUMENT: "Enter a document of {}?",
}
DONE = {
    Step.APPROVE: "is approved",
    Step.DENY: "is denied",
    Step.ISSUE: "is issued",
    Step.REPLACE: "has another certificate",
    Step.SUSPEND: "is suspended",
    Step.REINSTATE: "is in force again",
    Step.REVOKE: "is revoked",
    Step.CLOSE: "is closed",
    Step.CONFIRM: "is confirmed",
    Step.TRANSFER: "has another owner",
    Step.MOVE: "has moved",
    Step.REVIEW: "has a review's result",
    Step.DOCUMENT: "has its documents noted",
    Step.AMEND: "is changed",
}
"""What is said once it is recorded."""


def letters(seen: LicenseSeen, row: Item | None, rows: Sequence[Item]) -> list[tuple[str, str, str]]:
    """Letter, label and explanation of what can be done now, what is done row by row first.

    Where no such row is marked, of the first one that is still to be done.
    """
    steps = seen.license.steps
    here = [
        (key, label, said)
        for key, step, kind, label, said in _ON_ROWS
        if step in steps and (isinstance(row, kind) or first_to_do(key, rows) is not None)
    ]
    anew = lacks_certificate(seen)
    plain = (_OF_NEW_TERM if anew and row[1] is Step.REPLACE else row for row in _PLAIN)
    return [*here, *((key, label, said) for key, step, label, said in plain if step in steps)]


def lacks_certificate(seen: LicenseSeen) -> bool:
    """Whether the certificate that would be printed is the first of a term after the one printed last."""
    printed, term = seen.license.says.get(PRINTED), term_to_print(seen.license, seen.day)
    return printed is not None and term is not None and str(printed["ends"]) < term.begins.isoformat()


def is_about(key: str, row: Item | None) -> bool:
    """Whether a row is one of those that a letter is about."""
    return any(letter == key and isinstance(row, kind) for letter, _, kind, *_ in _ON_ROWS)


def first_to_do(key: str, rows: Sequence[Item]) -> Item | None:
    """The first review that is not passed, or document that is not brought, for the letter of such a row."""
    return next((row for row in rows if is_about(key, row) and _is_to_do(row)), None)


def next_key(license_: License) -> str:
    """The letter of what is usual next; empty where nothing is."""
    match license_.state:
        case State.SUBMITTED | State.IN_REVIEW:
            if license_.reviews:
                return "v"
            return "b" if not_brought(license_) else "a"
        case State.APPROVED | State.FEES_DUE:
            return "i" if license_.terms else "f"
        case _:
            return ""


def _is_to_do(row: Item) -> bool:
    match row:
        case ReviewLine(result=result):
            return result != PASSED
        case DocumentLine(brought=brought):
            return not brought
        case _:
            return False


def asked_for(key: str | Step, seen: LicenseSeen, row: Item | None, result: str = "") -> Asked:
    """What a letter, or a step that was begun before, asks for."""
    number, steps = seen.license.number, seen.license.steps
    on_row = next((step for letter, step, kind, *_ in _ON_ROWS if letter == key and isinstance(row, kind)), None)
    plain = next((step for letter, step, *_ in _PLAIN if letter == key and step in steps), None)
    step = key if isinstance(key, Step) else on_row or plain
    if step is None:
        raise ValueError(f"no letter of a license: {key}")
    match step, row:
        case Step.REVIEW, ReviewLine(name=name):
            result = result or _RESULTS.get(key, PASSED)
            words = "passed" if result == PASSED else "NOT passed"
            return Asked(step, f"{name} of {number}: {words}?", about=name, result=result)
        case Step.DOCUMENT, DocumentLine(name=name):
            return Asked(step, _QUESTIONS[step].format(number), about=name)
        case Step.AMEND, FactLine(field=field, label=label, text=text):
            return Asked(step, f"{number}: {label}", label, text, about=field)
        case _:
            value = str(seen.license.says.get(PREMISES, "")) if step is Step.MOVE else ""
            words = _QUESTIONS.get(step, step.value + " {}?").format(number)
            if step is Step.REPLACE and lacks_certificate(seen):
                words = f"Print the certificate of {number} for its new term?"
            return Asked(step, words, _TEXTS.get(step, ""), value)
