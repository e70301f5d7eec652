"""Exercises at a training city's counter: begun, looked at as records come, scored, and kept with their scores."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields, replace

from countertui.counter.exercise_given import ExerciseRefused, given_now, read_given
from countertui.counter.station import Person, Session, Station
from countertui.domain.exercise_list import EXERCISES, exercise
from countertui.domain.exercises import FOR_THE_RECORDS, Done, Drawer, Exercise, Given, Verdict, judged
from countertui.domain.rights import may, require
from countertui.domain.text import same_person
from countertui.store import journal_rows
from countertui.store.exercise_tries import Try, read_tries, write_tries

_CODES = frozenset(each.code for each in EXERCISES)
_GIVEN = frozenset(field.name for field in fields(Given))


@dataclass(frozen=True, slots=True)
class Offered:
    """An exercise as the list shows it: the trainee's best points (None: never finished) and how many tries ended."""

    exercise: Exercise
    best: int | None
    tries: int

    @property
    def is_done(self) -> bool:
        """Whether it was once done as its task asks."""
        return (self.best or 0) >= FOR_THE_RECORDS


@dataclass(frozen=True, slots=True)
class UnderWay:
    """A try under way: which exercise, its task in words, and the keys counted before the program last started."""

    number: int
    exercise: Exercise
    task: str
    keys: int


def offered(station: Station, person: Person) -> list[Offered]:
    """The exercises of what this person may do, with what they made of each."""
    ended = [one for one in _tries_of(station, person) if one.points is not None]
    return [
        Offered(each, max((one.points or 0 for one in mine), default=None), len(mine))
        for each in EXERCISES
        if may(person.roles, each.act)
        for mine in ([one for one in ended if one.exercise == each.code],)
    ]


def under_way(station: Station, person: Person) -> UnderWay | None:
    """The try that this person left under way, if there is one."""
    found = _open_try(station, person)
    return _under_way(found) if found is not None else None


def begin_exercise(station: Station, person: Person, session: Session | None, code: str) -> UnderWay:
    """Begin a try; one of this person's that was under way is given up. Raises ExerciseRefused, NotAllowed."""
    _require_training(station)
    chosen = exercise(code)
    require(person.name, person.roles, chosen.act)
    if chosen.drawer is Drawer.OPEN and session is None:
        raise ExerciseRefused("This exercise needs a drawer of yours.", "Nothing began.", "F2 opens one; then again.")
    if chosen.drawer is Drawer.NONE and session is not None:
        raise ExerciseRefused(
            "This exercise is for who has no drawer open.", "Nothing began.", "F10, C closes yours; then again."
        )
    tries = [one for one in read_tries(station.store.folder) if not _is_open(one, person)]
    number = max((one.number for one in tries), default=0) + 1
    given = given_now(station, person, session, chosen, number)
    begun = Try(number, code, person.id, station.store.tip()[0], station.clock.utc_ms(), asdict(given))
    write_tries(station.store.folder, [*tries, begun])
    return _under_way(begun)


def look_at_exercise(station: Station, person: Person, keys: int) -> Verdict | None:
    """Score the try under way if all is done as its task wants; None while it is not. keys: pressed since it began."""
    found = _open_try(station, person)
    if found is None:
        return None
    verdict = _verdict(station, found, keys)
    if verdict.is_met:
        _keep(station, found, verdict, keys)
        return verdict
    if keys != found.keys:
        _replace(station, replace(found, keys=keys))
    return None


def end_exercise(station: Station, person: Person, keys: int) -> Verdict:
    """Score the try under way as it stands, with what is wrong in words. Raises ExerciseRefused where there is none."""
    found = _open_try(station, person)
    if found is None:
        raise ExerciseRefused("No exercise is under way.", "", "Choose one with the arrows and Enter.")
    verdict = _verdict(station, found, keys)
    _keep(station, found, verdict, keys)
    return verdict


def _verdict(station: Station, found: Try, keys: int) -> Verdict:
    done = Done(tuple(body for _, body in journal_rows.bodies_since(station.db, found.from_seq + 1)))
    return judged(exercise(found.exercise), read_given(found.given), done, keys, _ms_since(station, found))


def _keep(station: Station, found: Try, verdict: Verdict, keys: int) -> None:
    ended = replace(found, keys=keys, ms=_ms_since(station, found), points=verdict.points, wrong=verdict.wrong)
    _replace(station, ended)


def _ms_since(station: Station, found: Try) -> int:
    return max(0, station.clock.utc_ms() - found.begun_ms)


def _replace(station: Station, changed: Try) -> None:
    tries = read_tries(station.store.folder)
    write_tries(station.store.folder, [changed if one.number == changed.number else one for one in tries])


def _tries_of(station: Station, person: Person) -> list[Try]:
    return [one for one in read_tries(station.store.folder) if same_person(one.operator, person.id)]


def _open_try(station: Station, person: Person) -> Try | None:
    return next((one for one in read_tries(station.store.folder) if _is_open(one, person)), None)


def _is_open(one: Try, person: Person) -> bool:
    """Whether a try is this person's and under way; one that another version of the program began can't be gone on."""
    known = one.exercise in _CODES and one.given.keys() == _GIVEN
    return known and one.points is None and same_person(one.operator, person.id)


def _under_way(found: Try) -> UnderWay:
    chosen = exercise(found.exercise)
    return UnderWay(found.number, chosen, chosen.task(read_given(found.given)), found.keys)


def _require_training(station: Station) -> None:
    if not station.place.training:
        raise ExerciseRefused("Exercises are for the training city.", "Nothing began.", "Run countertui training.")
