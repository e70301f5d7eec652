"""What stands below the fields of a license application: classes and codes that fit, licenses alike, what is wrong."""

from __future__ import annotations

from collections.abc import Mapping

from countertui.counter.license_application import Advice, class_meant
from countertui.counter.licenses_alike import Alike
from countertui.domain.classification import Match
from countertui.domain.license_application import CLASS, KIND, NAICS
from countertui.domain.refusal import Refused
from countertui.domain.words import number_of
from countertui.screens.license_pages import LicensePages
from countertui.screens.license_words import fee_title, whole_lines, wrong_lines
from countertui.widgets.lines import Row, fit

Below = Match | Alike | str

_WHY = 26
"""Letters of why a license may be the same business, a space before them."""


def below(advice: Advice, pages: LicensePages, at: str, texts: Mapping[str, str]) -> tuple[str, list[Below], str]:
    """A heading, lines, and what stands there when there are none; at: the field that keys go to."""
    if pages.at_fee:
        return fee_title(advice), list(whole_lines(advice)), ""
    if at == KIND and texts.get(KIND) and not texts.get(CLASS):
        return "Classes that fit; arrows choose, Enter takes", list(advice.classes), "  None fits these words."
    if at == NAICS and advice.industries:
        return "Codes that fit; arrows choose, Enter takes", list(advice.industries), ""
    wrong = [] if pages.beside else wrong_lines(advice, pages.noted)
    alike = "Licenses that may be the same business" if advice.alike else ""
    return alike, [*wrong, *advice.alike], ""


def meant(advice: Advice, at: str, text: str, chosen: Match | None) -> Match | None:
    """The class or code that Enter takes: the chosen one, or what the words say without doubt; None for codes typed.

    Raises Refused where several may be meant, or no class is.
    """
    if chosen is not None:
        return chosen
    if at == KIND:
        found, match, what = advice.classes, class_meant(advice, text), "class"
    elif any(map(str.isdigit, text)) or not advice.industries:
        return None
    else:
        found, what = advice.industries, "code"
        match = found[0] if len(found) == 1 else None
    if match is None and not found:
        raise Refused(f"No class goes by “{text[:24]}”.", "The form is kept as typed.", "Say it in other words.")
    if match is None:
        words = number_of(len(found), what, "classes" if at == KIND else "")
        raise Refused(f"{words} fit “{text[:24]}”.", "None was taken.", "Choose with the arrows, then Enter.")
    return match


def draw_below(item: Below, width: int) -> Row:
    """A class or code that is meant, a license that is alike, or words."""
    if isinstance(item, Match):
        room = width - 15
        title = f"{item.entry.title}{f' ({item.phrase})' if item.phrase != item.entry.title else ''}"
        return ((fit(f"  {item.entry.code}", 15), "strong"), (fit(title, room), ""))
    if isinstance(item, Alike):
        room = width - 16 - _WHY
        return (
            (fit(f"  {item.number}", 16), "strong"),
            (fit(item.name, room // 2 - 1) + " ", ""),
            (fit(item.address, room - room // 2), "dim"),
            (fit(f" {item.why}", _WHY), "warn"),
        )
    return ((fit(f"  {item}", width), ""),)
