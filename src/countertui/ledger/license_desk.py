"""Acts on licenses at the ledger's desk: the same records as a counter's, in the desk's own journal.

A run of many, such as a year's renewals, is judged and written together; each act is a record of its own, so that every
license has one history, wherever something was done with it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sqlalchemy import Connection, select

from countertui.domain.desk_records import DESK
from countertui.domain.license_act_soundness import is_sound
from countertui.domain.license_acts import LicenseActData, right_of
from countertui.domain.license_numbers import next_number
from countertui.domain.license_states import Step
from countertui.domain.records import Fact, Kind
from countertui.domain.rights import Act
from countertui.errors import AnswerNo
from countertui.ledger import tables
from countertui.ledger.books import next_version
from countertui.ledger.charted import rules_of
from countertui.ledger.city_day import city_day
from countertui.ledger.desk import EPOCH, Ground, Made, record, require_two
from countertui.ledger.licenses import Licenses
from countertui.ledger.staff import people_of


class LicenseActRefusedError(AnswerNo):
    """An act on a license that may not be done: by whom, in its state, or of a version that is not the newest."""


def record_acts(
    ground: Ground, by: str, acts: Sequence[LicenseActData], ids: Callable[[], str], second: str | None = None
) -> list[Made]:
    """Sign acts as the desk's next records and carry them out, all of them or, where one is refused, none.

    by: an operator who signed in; second: another who did and agrees, for a run of many; ids: gives each record's id (a
    UUIDv7). What is not said of the state is left to the caller: `license_file.require_act`. Raises NotAllowed,
    LicenseActRefusedError; the caller's transaction is to be taken back.
    """
    biz_date = city_day(ground.connection, ground.now)
    made = []
    for data in acts:
        if not is_sound(data):
            raise LicenseActRefusedError(f"That is no act on license {data['license']}.", "Nothing was recorded.")
        fact = Fact(id=ids(), kind=Kind.LICENSE, operator=by, approver=second, data=data, biz_date=biz_date)
        made.append(record(ground.connection, ground.books, ground.key, fact, ground.now))
    _carry_out(ground, made)
    return made


def carry_out(ground: Ground, made: Made) -> None:
    """Do what a record of the desk says of a license. Raises LicenseActRefusedError."""
    _carry_out(ground, [made])


def next_desk_number(connection: Connection) -> str:
    """The number of the next license that is filed at the desk."""
    act = tables.reference["license_act"].c
    query = select(act.license).where((act.terminal == DESK) & (act.step == Step.FILE.value))
    drawn = (int(number.rpartition("-L")[2]) for number in connection.execute(query).scalars())
    return next_number(DESK, EPOCH, max(drawn, default=0))


def _carry_out(ground: Ground, made: Sequence[Made]) -> None:
    licenses, people = Licenses(ground.connection), people_of(ground.connection)
    for each in made:
        if (second := each.body["approver"]) is not None:
            right = right_of(Step(each.body["data"]["step"]))
            require_two(ground.connection, each.body["operator"], right, second, Act.AGREE, ground.now)
        for problem in licenses.take(each.body, people):
            raise LicenseActRefusedError(problem.detail, "Nothing was recorded.")
    licenses.write(rules_of(ground.connection).license_credits, next_version(ground.connection))
