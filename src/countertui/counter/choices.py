"""What somebody wants otherwise than the terminal has it: a theme, and where work starts after signing on."""

from __future__ import annotations

from countertui.counter.station import Person, Station
from countertui.domain.appearance import Choice
from countertui.domain.text import person_key
from countertui.errors import EnvironmentFault
from countertui.store.choices import read_choices, write_choices


class ChoiceNotKept(EnvironmentFault):
    """The disk refused what somebody chose for themselves."""


def own_choice(station: Station, person: Person) -> Choice:
    """What this person chose here."""
    return read_choices(station.store.folder).get(person_key(person.id), Choice())


def choose(station: Station, person: Person, choice: Choice) -> None:
    """Keep what this person chose. Raises ChoiceNotKept."""
    choices = {**read_choices(station.store.folder), person_key(person.id): choice}
    try:
        write_choices(station.store.folder, choices)
    except OSError as error:
        raise ChoiceNotKept(
            f"Your choice could not be kept ({error.strerror or error}).",
            "It counts until you sign off; nothing else was changed.",
            "Go on working.",
        ) from error
