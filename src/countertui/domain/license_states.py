"""The states of a license and what leads from one to the next. A table: what is not in it is refused.

A license in force is `issued`; that it has expired is no act of anybody's but the calendar's (`standing`). A renewal
that is paid keeps it in force for another term; one whose payment came back gives the former term again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from countertui.domain.money import ZERO, Cents, format_cents
from countertui.domain.refusal import Refused


class State(StrEnum):
    """Where a license stands; NOT_STATED is what a list from elsewhere doesn't say."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    IN_REVIEW = "in_review"
    APPROVED = "approved"
    FEES_DUE = "fees_due"
    ISSUED = "issued"
    EXPIRED = "expired"
    SUSPENDED = "suspended"
    REVOKED = "revoked"
    CLOSED = "closed"
    DENIED = "denied"
    NOT_STATED = "not_stated"

    @property
    def label(self) -> str:
        """The words a person reads."""
        return self.value.replace("_", " ")


class Step(StrEnum):
    """What is done with a license.

    FILE is the first act of each. UNPAY, RENEW and UNRENEW are nobody's acts: payments do them, and what takes those
    back.
    """

    FILE = "file"
    SUBMIT = "submit"
    AMEND = "amend"
    DOCUMENT = "document"
    REVIEW = "review"
    APPROVE = "approve"
    DENY = "deny"
    ASSESS = "assess"
    ISSUE = "issue"
    UNPAY = "unpay"
    RENEW = "renew"
    UNRENEW = "unrenew"
    SUSPEND = "suspend"
    REINSTATE = "reinstate"
    REVOKE = "revoke"
    CLOSE = "close"
    CONFIRM = "confirm"
    TRANSFER = "transfer"
    MOVE = "move"
    REPLACE = "replace"


_ENDED = frozenset({State.REVOKED, State.CLOSED, State.DENIED})

_RUNNING = frozenset({State.ISSUED, State.EXPIRED, State.NOT_STATED})
_FILED = frozenset(State) - _ENDED - {State.DRAFT}


def _kept(states: frozenset[State]) -> dict[State, State]:
    return {state: state for state in State if state in states}


TABLE: dict[Step, dict[State, State]] = {
    Step.FILE: {State.DRAFT: State.SUBMITTED},
    Step.SUBMIT: {State.DRAFT: State.SUBMITTED},
    Step.AMEND: _kept(_FILED),
    Step.DOCUMENT: _kept(_FILED),
    Step.REVIEW: {**_kept(_FILED), State.SUBMITTED: State.IN_REVIEW},
    Step.APPROVE: {State.SUBMITTED: State.APPROVED, State.IN_REVIEW: State.APPROVED},
    Step.DENY: {State.SUBMITTED: State.DENIED, State.IN_REVIEW: State.DENIED},
    Step.ASSESS: {State.APPROVED: State.FEES_DUE, State.FEES_DUE: State.FEES_DUE, **_kept(_RUNNING)},
    Step.ISSUE: {State.APPROVED: State.ISSUED, State.FEES_DUE: State.ISSUED},
    Step.UNPAY: {State.ISSUED: State.FEES_DUE, State.EXPIRED: State.FEES_DUE},
    Step.RENEW: {State.ISSUED: State.ISSUED, State.EXPIRED: State.ISSUED, State.NOT_STATED: State.ISSUED},
    Step.UNRENEW: {State.ISSUED: State.ISSUED, State.EXPIRED: State.ISSUED},
    Step.SUSPEND: {State.ISSUED: State.SUSPENDED},
    Step.REINSTATE: {State.SUSPENDED: State.ISSUED},
    Step.REVOKE: {State.ISSUED: State.REVOKED, State.SUSPENDED: State.REVOKED, State.EXPIRED: State.REVOKED},
    Step.CLOSE: {state: State.CLOSED for state in State if state not in _ENDED},
    Step.CONFIRM: {State.NOT_STATED: State.ISSUED},
    Step.TRANSFER: _kept(_FILED),
    Step.MOVE: _kept(_FILED),
    Step.REPLACE: {State.ISSUED: State.ISSUED},
}
"""Step to the states it may be done in, and the state it leads to.

What opens a review of a license that had passed all, as a move may, leads back to the reviews: see `reviewed`.
"""

NEEDS_REASON = frozenset({Step.DENY, Step.SUSPEND, Step.REINSTATE, Step.REVOKE, Step.CLOSE, Step.CONFIRM})
"""What is never done without a reason in words."""
WRITES = frozenset({Step.FILE, Step.AMEND, Step.TRANSFER, Step.MOVE})
"""What writes of a license what another person approves."""
APPROVES = frozenset({Step.APPROVE, Step.CONFIRM})
"""What nobody does who wrote what it approves."""
IN_FORCE = frozenset({Step.ISSUE, Step.RENEW, Step.REINSTATE, Step.CONFIRM})
"""What puts a license in force: never with a fee unpaid or a review open."""
_PASSED = frozenset({State.APPROVED, State.FEES_DUE, State.ISSUED, State.EXPIRED})
"""States of a license all of whose reviews are passed."""


class StepRefused(Refused):
    """A step that the table or one of its guards does not allow."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What a step is judged by: the state, fees unpaid in cents, reviews that are open or failed, by their names."""

    state: State
    unpaid: Cents = ZERO
    reviews: tuple[str, ...] = ()


def after(step: Step, standing: Standing, reason: str = "") -> State:
    """The state that a step leads to.

    No license comes into force with a fee unpaid or a review open. Raises StepRefused.
    """
    target = TABLE[step].get(standing.state)
    if target is None:
        allowed = ", ".join(state.label for state in TABLE[step])
        raise StepRefused(
            f"A license that is {standing.state.label} can't be taken to this: {step.value}.",
            "The license is as it was.",
            f"That is done with one that is {allowed}.",
        )
    if step in NEEDS_REASON and not reason.strip():
        raise StepRefused("A reason is needed.", "The license is as it was.", "Type why, then Enter.")
    if (step is Step.APPROVE or step in IN_FORCE) and standing.reviews:
        raise StepRefused(
            f"Not passed yet: {', '.join(standing.reviews)}.", "The license is as it was.", "Enter the reviews first."
        )
    if step in IN_FORCE and standing.unpaid > 0:
        raise StepRefused(
            f"{format_cents(standing.unpaid)} is unpaid.", "The license is not in force.", "Take the payment first."
        )
    return target


def standing_on(state: State, expires_on: date | None, day: date) -> State:
    """The state as the calendar has it on a day: what was issued has expired after its last day."""
    expired = state is State.ISSUED and expires_on is not None and day > expires_on
    return State.EXPIRED if expired else state


def steps_from(state: State) -> tuple[Step, ...]:
    """What can be done with a license in a state, guards aside."""
    return tuple(step for step, leads in TABLE.items() if state in leads)


def reviewed(state: State, reviews: tuple[str, ...]) -> State:
    """The state with reviews (by their names) that are open or failed: such a license is in review again."""
    return State.IN_REVIEW if reviews and state in _PASSED else state
