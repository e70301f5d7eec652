"""Who applies for a license: name and address, typed or from a scanned card, kept as a draft from the first letter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from textual.app import ComposeResult

from countertui.counter.applicants import KEPT, drop_applicant, new_applicant, take_applicant
from countertui.counter.drafts import Form, may_be_kept
from countertui.domain.dates import us_date
from countertui.domain.device_reads import CardHolder
from countertui.domain.refusal import Refused
from countertui.screens.area import Area, Command
from countertui.screens.kept_form import KeptForm
from countertui.widgets.field import Field
from countertui.widgets.stroke import Stroke
from countertui.widgets.text_line import TextLine

ZIP_DIGITS = 5


class ApplicantArea(Area):
    """The birth date is for the eyes alone: no draft has it, and it is gone once another screen is looked at."""

    NAME = "applicant"
    TITLE = "Applicant for a license"
    HELP = (
        "Type who applies, or scan a driver's license or identity card: name, address and birth date come from it, and"
        " nothing else of the card is looked at. Name and address are kept as they are typed, through a crash and"
        " signing off; Esc leads to the list of them. The birth date is not kept: it is gone when you leave this"
        " screen. F4 begins another applicant, F8 twice drops this one. F9 applies for a license with this one as its"
        " owner."
    )

    def __init__(self) -> None:
        super().__init__()
        self.name_ = Field("Name          ", dom_id="applicant-name", most=120)
        self.street = Field("Street        ", dom_id="applicant-street", most=120)
        self.city = Field("City          ", dom_id="applicant-city", most=60)
        self.state_ = Field("State         ", dom_id="applicant-state", most=20)
        self.zip = Field("ZIP           ", dom_id="applicant-zip", most=10)
        self.born = Field("Born, not kept", dom_id="applicant-born", most=10, hint="like 06/30/1986")
        fields = (self.name_, self.street, self.city, self.state_, self.zip)
        self._texts = dict(zip(KEPT, fields, strict=True))
        self.applicant = ""
        self._dropping = False

    def compose(self) -> ComposeResult:
        self.kept = KeptForm(self.counter, Form.APPLICANT, self._texts, lambda: self.applicant)
        words = (" Applicant for a license", "strong"), ("   type, or scan a driver's license; Esc: the list", "")
        yield TextLine(words, classes="title")
        yield from self.ring()

    def ring(self) -> Sequence[Field]:
        return [self.name_, self.street, self.city, self.state_, self.zip, self.born]

    def commands(self) -> Sequence[Command]:
        return [
            Command("f4", "New", "Begin another applicant.", self.begin, on_bar=True),
            Command("f8", "Drop", "Forget this applicant; asks once.", self._drop, on_bar=True),
            Command("f9", "License", "Apply for a license with this applicant as its owner.", self._apply, on_bar=True),
        ]

    async def arrive(self) -> None:
        if not self.applicant:
            await self.begin()
        elif self.at is None:
            self.to(self.name_)

    async def begin(self) -> None:
        """Begin another applicant; the one before is kept."""
        await self.kept.saved()
        self._show("", {})
        self.applicant = await self.counter.desk.job(new_applicant)

    async def go_on_with(self, id_: str) -> None:
        """Go on with one that is kept. Raises ApplicantGone."""
        if self.counter.person is None:
            return
        await self.kept.saved()
        draft = await self.counter.desk.job(take_applicant, self.counter.person, id_)
        self._show(id_, draft.texts)

    async def put_away(self) -> None:
        self.born.set("")
        await self.kept.saved()

    def on_hide(self) -> None:
        """Another screen is looked at."""
        self.born.set("")

    async def back(self) -> None:
        await self.put_away()
        await self.counter.go("applicants")

    async def enter(self, field: Field) -> None:
        self.step(1)

    async def press(self, stroke: Stroke) -> None:
        self._dropping = False
        await super().press(stroke)

    def typed(self, field: Field) -> None:
        if field is self.born:
            return
        self.kept.changed()
        if not may_be_kept(field.value):
            label = field.label.strip()
            self.counter.tell(
                f"{label}: so many digits are not kept.", "They stand here until you leave.", "Shorten it."
            )

    async def take_card(self, holder: CardHolder) -> None:
        """Fill the form from a card. Raises Refused where it holds somebody else."""
        name = holder.name
        here = self.name_.value.strip()
        if here and here.casefold() != name.casefold():
            raise Refused(
                "A card was scanned, and this form holds somebody else.",
                "Nothing of the card was kept.",
                "F4 begins another applicant; then scan it again.",
            )
        postal = holder.postal_code
        texts = {
            self.name_: name,
            self.street: holder.street,
            self.city: holder.city,
            self.state_: holder.state,
            self.zip: postal[:ZIP_DIGITS] if postal[:ZIP_DIGITS].isdigit() else postal,
            self.born: us_date(holder.born) if holder.born else "",
        }
        for field, text in texts.items():
            field.set("")
            field.insert(text[: field.most])
            field.redraw()
        self.to(self.name_)
        self.kept.changed()
        if holder.cut:
            self.counter.tell("The card was read; it cuts a part of the name off.", press="Type the name whole.")
        else:
            self.counter.tell("The card was read.", "Name and address are kept, the birth date is not.")

    def _show(self, id_: str, texts: Mapping[str, str]) -> None:
        self.applicant, self._dropping = id_, False
        for name, field in self._texts.items():
            field.set(texts.get(name, ""))
        self.born.set("")
        self.to(self.name_)

    async def _apply(self) -> None:
        from countertui.screens.license_form import LicenseFormArea

        await self.kept.saved()
        place = " ".join(text for field in (self.city, self.state_, self.zip) if (text := field.value.strip()))
        address = ", ".join(part for part in (self.street.value.strip(), place) if part)
        form = await self.counter.made(LicenseFormArea)
        await form.begin()
        form.fill_owner(self.name_.value.strip(), address)
        await self.counter.go(LicenseFormArea.NAME)

    async def _drop(self) -> None:
        if not self._dropping:
            self._dropping = True
            self.counter.tell(
                f"Drop {self.name_.value.strip() or 'this applicant'}?", press="F8 once more drops; Esc does not."
            )
            return
        await self.kept.saved()
        await self.counter.desk.job(drop_applicant, self.applicant)
        self.applicant = ""
        await self.begin()
        await self.counter.go("applicants")
        self.counter.tell("The applicant was dropped.", "Nothing of it is kept.")
