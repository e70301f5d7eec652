"""What is asked before an act on a license is recorded: what is typed, why, and whose credential, in place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from textual.app import ComposeResult
from textual.containers import Vertical

from countertui.counter.license_deeds import Deed
from countertui.domain.license_states import NEEDS_REASON, Step
from countertui.widgets.field import Field
from countertui.widgets.second_person import SecondPerson
from countertui.widgets.text_line import TextLine


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be done, in words; text: the label of what is typed besides the reason, empty for nothing.

    value: what stands there already. about: a review, a document or a line's field; result: of a review.
    """

    step: Step
    words: str
    text: str = ""
    value: str = ""
    about: str = ""
    result: str = ""

    @property
    def key(self) -> str:
        """What a draft of it is kept under, besides the license's number."""
        return "/".join((self.step.value, self.about, self.result))


class Asking(Vertical):
    """Hidden until something is asked."""

    def __init__(self) -> None:
        super().__init__(id="license-asking")
        self._question = TextLine(dom_id="license-question")
        self.text = Field("", dom_id="license-text", most=200)
        self.reason = Field("Why", dom_id="license-reason", most=200)
        self.second = SecondPerson("license-second")
        self.asked: Asked | None = None
        self.display = False

    def compose(self) -> ComposeResult:
        yield self._question
        yield self.text
        yield self.reason
        yield self.second

    @property
    def fields(self) -> Sequence[Field]:
        """The fields that are asked now, in the order of Tab."""
        if self.asked is None:
            return ()
        if self.second.display:
            return (self.second.operator, self.second.pin)
        return (self.text, self.reason) if self.asked.text else (self.reason,)

    @property
    def deed(self) -> Deed:
        """What is asked, as it is typed. Raises ValueError where nothing is."""
        if self.asked is None:
            raise ValueError("nothing is asked")
        asked = self.asked
        return Deed(asked.step, asked.about, asked.result or self.text.value, self.reason.value)

    def ask(self, asked: Asked) -> None:
        """Ask for it."""
        self.close()
        self.asked = asked
        self._question.say(((f" {asked.words}", "warn"), ("   Enter records it, Esc does not", "dim")))
        self.text.label = asked.text
        self.text.display = bool(asked.text)
        self.text.set(asked.value, selected=True)
        self.reason.label = "Why" if asked.step in NEEDS_REASON else "Why, if it is to be said"
        self.display = True

    def ask_second(self, words: str) -> None:
        """Ask for another person's credential too."""
        self.second.ask(words)

    def close(self) -> None:
        """Hide and forget."""
        self.asked = None
        self.text.set("")
        self.reason.set("")
        self.second.clear()
        self.display = False
