"""Pages on which something is done at the ledger: why, one's own PIN and where needed a second person's, each anew."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from textual.app import ComposeResult
from textual.worker import WorkType

from countertui.counter.drafts import Form
from countertui.counter.ledger_desk import AnswerLost, Credential, LockedThere, WrongPinThere
from countertui.domain.refusal import Refused
from countertui.errors import CounterError
from countertui.screens.area import Command
from countertui.screens.kept_form import KeptForm
from countertui.screens.ledger_desk.page import DeskPage
from countertui.widgets.field import Field
from countertui.widgets.second_person import SecondPerson
from countertui.widgets.stroke import Stroke
from countertui.widgets.text_line import TextLine

Item = TypeVar("Item")
_WHY = {"needed": "needed", "asked": "Enter goes on without"}
"""What stands in the field of the reason: no PIN is typed there by whoever thinks that none is asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """An act that somebody wants: its name and what it is about; the question that is asked, and what is said after.

    about: the same in few words, for the list of what is half-filled. why: whether a reason must be given ("needed"),
    may be ("asked"), or is not asked for. two: whether a second person agrees. id: under which it is done once, however
    often it is asked for.
    """

    act: str
    args: Mapping[str, Any]
    question: str
    about: str
    done: str
    id: str
    why: str = "needed"
    two: bool = True


class ActingPage(DeskPage[Item]):
    """`want` asks for the reason and the PINs; `after_act` shows what became of it. Esc drops what is not done."""

    PARENT = ""
    """The area that Esc leads back to, of a page that is drilled into."""

    def __init__(self) -> None:
        super().__init__()
        self.why = Field("Why", dom_id=f"{self.NAME}-why", most=200)
        self.own = Field("Your PIN", dom_id=f"{self.NAME}-own", secret=True, most=32)
        self.second = SecondPerson(f"{self.NAME}-second")
        self._question = TextLine(dom_id=f"{self.NAME}-question")
        self._wanted: Wanted | None = None
        self._doing = False
        self._is_unsure = False

    def compose(self) -> ComposeResult:
        for widget in (self.why, self.own, self._question):
            widget.display = False
            widget.add_class("asked")
        fields = {"why": self.why}
        press = "See that it is still right; Enter goes on, Esc drops it."
        self._kept = KeptForm(self.counter, Form.LEDGER_WORK, fields, self._about, press)
        yield from super().compose()
        yield self._question
        yield self.why
        yield self.own
        yield self.second

    async def after_act(self) -> None:
        """Show what became of it: the ledger is asked anew."""
        self.ask_anew()

    async def want(self, wanted: Wanted) -> None:
        """Ask for what an act needs."""
        self._wanted = wanted
        self._question.say(((f" {wanted.question}", "warn"),))
        self._question.display = True
        if wanted.why:
            self.why.hint = _WHY[wanted.why]
            self.why.display = True
            self.to(self.why)
            await self._kept.bring_back()
        else:
            self._ask_own()

    async def new_id(self) -> str:
        """An id for one act."""
        return await (await self.at_ledger()).new_id()

    def asked_fields(self) -> Sequence[Field]:
        """The fields of an act that are shown now, in their order."""
        fields = [field for field in (self.why, self.own) if field.display]
        return [*fields, *([self.second.operator, self.second.pin] if self.second.display else [])]

    def ring(self) -> Sequence[Field]:
        return [*super().ring(), *self.asked_fields()]

    def rows(self) -> Sequence[Sequence[Field]]:
        rows = [[field] for field in self.ring() if field not in (self.second.operator, self.second.pin)]
        return [*rows, [self.second.operator, self.second.pin]] if self.second.display else rows

    async def press(self, stroke: Stroke) -> None:
        if self._doing:
            raise Refused(
                "The ledger is being asked to do it.", "It is done once, or not at all.", "Wait for its answer."
            )
        await super().press(stroke)

    async def enter(self, field: Field) -> None:
        wanted = self._wanted
        if wanted is None:
            await super().enter(field)
        elif field is self.why:
            if wanted.why == "needed" and not field.value.strip():
                raise Refused("A reason is needed.", "Nothing was done.", "Type why, then Enter.")
            self._ask_own()
        elif field is self.own:
            if not field.value:
                raise Refused("Your PIN at the ledger is needed.", "Nothing was done.", "Type it, then Enter.")
            if wanted.two:
                self._ask_second()
            else:
                self._do(wanted)
        elif field is self.second.operator:
            self.to(self.second.pin)
        elif field is self.second.pin:
            if not (self.second.operator.value.strip() and field.value):
                raise Refused("A second person's id and PIN are needed.", "Nothing was done.", "They type both.")
            self._do(wanted)

    async def back(self) -> None:
        if self._wanted is not None:
            self._kept.forget()
            self.drop_act()
            if self._is_unsure:  # it may have been done: what is shown may be what stood before
                self._is_unsure = False
                self.ask_anew()
        elif self.PARENT and not self.pin.display:
            await self.counter.go(self.PARENT)
        else:
            await super().back()

    async def put_away(self) -> None:
        await super().put_away()
        await self._kept.saved()
        self.drop_act()

    def typed(self, field: Field) -> None:
        if field is self.why and self._wanted is not None:
            self._kept.changed()

    def _about(self) -> str:
        return self._wanted.about if self._wanted is not None else ""

    async def appear(self) -> None:
        self.drop_act()
        await super().appear()

    def drop_act(self) -> None:
        """Ask for nothing any more; what was not done yet is not done."""
        self._wanted = None
        self.why.set("")
        self._forget_pins()
        for widget in (self._question, self.why, self.own):
            widget.display = False
        self.second.clear()
        self.to(None)

    def commands(self) -> Sequence[Command]:
        return () if self._wanted is not None else super().commands()

    def _ask_own(self) -> None:
        person = self.counter.person
        self.own.label = f"PIN of {person.name}, at the ledger" if person is not None else "Your PIN"
        self.own.display = True
        self.to(self.own)

    def _ask_second(self) -> None:
        if not self.second.display:
            self.second.ask("Agrees:")
        self.to(self.second.operator if not self.second.operator.value else self.second.pin)

    def _forget_pins(self) -> None:
        self.own.set("")
        self.second.pin.set("")

    def _do(self, wanted: Wanted) -> None:
        person = self.counter.person
        if person is None:
            return
        by = Credential(person.id, self.own.value)
        agrees = Credential(self.second.operator.value.strip(), self.second.pin.value) if wanted.two else None
        self._forget_pins()
        args = {**wanted.args, "reason": self.why.value.strip()}
        self._doing = True
        self.counter.tell("Asking the ledger …", "", "")

        async def doing() -> None:
            await self._done(wanted, args, by, agrees)

        # Not in the group of questions: a page that is looked at meanwhile would cut its answer off.
        work: WorkType[None] = doing
        self.counter.run_worker(work, group="ledger-desk-act")

    async def _done(self, wanted: Wanted, args: Mapping[str, Any], by: Credential, agrees: Credential | None) -> None:
        try:
            await (await self.at_ledger()).act(wanted.act, args, by, agrees, wanted.id)
        except AnswerLost as refusal:
            self._is_unsure = True
            self._type_anew(wanted)
            self.counter.say(refusal)
        except (Refused, CounterError) as error:
            if not (isinstance(error, WrongPinThere | LockedThere) and error.whose == "by"):
                self.second.operator.set("")  # who is refused makes room for the next
            self._type_anew(wanted)
            self.counter.say(self._whose(error) if isinstance(error, WrongPinThere) and wanted.two else error)
        else:
            if self._wanted is wanted:
                self._kept.forget()
                await self._kept.saved()
                self.drop_act()
            self._is_unsure = False
            self.counter.tell(wanted.done, "", "")
            await self.after_act()
        finally:
            self._doing = False
            self.counter.show_keys()

    def _whose(self, error: WrongPinThere) -> Refused:
        """Of two credentials, which was wrong: both are typed again, and one of them was right."""
        person = self.counter.person
        whose = person.name if error.whose == "by" and person is not None else "The second person"
        return Refused(f"{whose}: {error.happened}", error.safe, error.press)

    def _type_anew(self, wanted: Wanted) -> None:
        """Let the PINs be typed anew, unless whoever asked went on to something else."""
        if self._wanted is wanted:
            self._ask_own()
