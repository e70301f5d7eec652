"""A month's tie-out signed off by two people: what they looked at stays with the record, whatever is posted later."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, insert, select

from countertui.domain.desk_records import DeskKind
from countertui.domain.records import Fact
from countertui.domain.rights import Act
from countertui.domain.tie_out import TieOutData, as_signed, month_of, rows_hash
from countertui.domain.words import number_of
from countertui.errors import AnswerNo
from countertui.ledger import tables
from countertui.ledger.city_day import city_day
from countertui.ledger.desk import Ground, Made, record, require_two
from countertui.ledger.tie_out import tie_out


class TieOutRefusedError(AnswerNo):
    """A tie-out that can't be signed: its month goes on, or nobody says why it differs."""


@dataclass(frozen=True, slots=True)
class Signed:
    """Who signed a month's tie-out, when (ISO 8601 UTC), how many rows differed, and what they said of it."""

    seq: int
    by: str
    second: str
    at: str
    sha256: str
    different: int
    reason: str


def sign_tie_out(ground: Ground, month: str, *, by: str, second: str, reason: str, sha256: str, id_: str) -> Made:
    """Sign a month's tie-out off, as it stands: a technician and a second person, who have signed in.

    sha256: the hash of the rows that they looked at; reason: what they say of its differences, needed where there are
    any; id_: a UUIDv7. Raises TieOutRefusedError, NotAllowed, NoMonth; nothing is changed then.
    """
    month_of(month)
    connection = ground.connection
    _require_people(ground, by, second)
    if (today := city_day(connection, ground.now))[:7] <= month:
        raise _refused(f"{month} is not over: it is {today} in the city.", "Sign it when it is over.")
    found = tie_out(connection, month)
    rows, different = as_signed(found), sum(bool(row.difference_cents) for row in found)
    digest = rows_hash(rows)
    if digest != sha256:
        raise _refused("Something was posted since you looked: the tie-out is another now.", "Look at it again.")
    if different and not reason.strip():
        what = number_of(different, "account differs", "accounts differ")
        raise _refused(f"{what}, and nobody says why.", "Type the reason.")
    data = TieOutData(month=month, sha256=digest, rows=rows, different=different, reason=reason.strip())
    fact = Fact(id=id_, kind=DeskKind.TIE_OUT, operator=by, approver=second, data=data)
    made = record(connection, ground.books, ground.key, fact, ground.now)
    carry_out(ground, made)
    return made


def carry_out(ground: Ground, made: Made) -> None:
    """Note who signed which rows. Raises NotAllowed."""
    body, data = made.body, made.body["data"]
    _require_people(ground, body["operator"], body["approver"])
    people = {"by": body["operator"], "second": body["approver"], "at": body["utc"]}
    said = {name: data[name] for name in ("month", "sha256", "different", "reason")}
    ground.connection.execute(insert(tables.tie_out_signed).values(seq=made.seq, **people, **said))


def signed_of(connection: Connection, month: str) -> list[Signed]:
    """Who signed this month's tie-out, newest first."""
    c = tables.tie_out_signed.c
    columns = (c.seq, c.by, c.second, c.at, c.sha256, c.different, c.reason)
    rows = connection.execute(select(*columns).where(c.month == month).order_by(c.seq.desc()))
    return [Signed(*row) for row in rows]


def _require_people(ground: Ground, by: str, second: str) -> None:
    require_two(ground.connection, by, Act.CORRECT, second, Act.AGREE, ground.now)


def _refused(happened: str, press: str) -> TieOutRefusedError:
    return TieOutRefusedError(happened, "Nothing was signed.", press)
