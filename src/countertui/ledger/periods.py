"""Months that are closed: nothing is dated into them any more, and what belongs there waits in suspense.

Custody is never refused. A record of a closed month is posted on the first day after it that is open; of its lines
only what is a fact there and then stays (money in a drawer, a check to be written), the rest goes to suspense with an
error item "closed-period", for a person to say where it belongs. What moves between accounts alone, with no money in
hand, has nothing that could wait: it is posted whole on that later day, and told.
"""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import Connection, select

from countertui.domain.deposit_accounts import all_accounts
from countertui.domain.desk_records import DeskKind, PeriodData
from countertui.domain.postings import PostingRules
from countertui.domain.records import Fact
from countertui.domain.rights import Act
from countertui.errors import AnswerNo, UsageError
from countertui.ledger import tables
from countertui.ledger.bulk import run_many
from countertui.ledger.city_day import city_day
from countertui.ledger.desk import Ground, Made, record, require_two
from countertui.ledger.posting import Posting, Problem

CLOSED_PERIOD = "closed-period"
"""Why what belongs to a closed month waits, by its error item."""
_SET = """INSERT INTO "period" ("month", "state", "seq") VALUES (?, ?, ?)
  ON CONFLICT ("month") DO UPDATE SET "state" = excluded."state", "seq" = excluded."seq\""""


class PeriodRefusedError(AnswerNo):
    """A month that is closed, or open, already."""


class Periods:
    """The months closed as the books have it now, and a city's control accounts."""

    def __init__(self, connection: Connection, rules: PostingRules) -> None:
        c = tables.period.c
        self.closed = frozenset(connection.execute(select(c.month).where(c.state == "closed")).scalars())
        self._rules = rules
        pool = rules.pooled_fund
        accounts = {*rules.tender.values(), *rules.origins.values(), rules.refunds_payable, *all_accounts(rules)}
        self._facts = frozenset((pool, account) for account in accounts)

    def open_date(self, biz_date: str) -> str:
        """The business date, or the first day after its month that is open."""
        month = biz_date[:7]
        if month not in self.closed:
            return biz_date
        while month in self.closed:
            month = _next(month)
        return f"{month}-01"

    def day_after(self, month: str) -> str:
        """The day on which records of that month (YYYY-MM) are posted once it is closed."""
        return self.open_date(f"{_next(month)}-01")

    def fitted(self, posting: Posting, biz_date: str) -> Posting:
        """The posting as it may be made: of a closed month, all that is no fact there and then goes to suspense."""
        if biz_date[:7] not in self.closed or not posting.lines:
            return posting
        suspense = self._rules.pooled_fund, self._rules.suspense
        told = f"It belongs to {biz_date}; {biz_date[:7]} is closed."
        lines = {place: cents for place, cents in posting.lines.items() if place in self._facts}
        if not lines:
            return replace(posting, problems=[*posting.problems, Problem(CLOSED_PERIOD, told, 0)])
        before = posting.lines.get(suspense, 0)
        after = -sum(lines.values())
        if after:
            lines[suspense] = after
        waits = Problem(CLOSED_PERIOD, told, before - after)
        return replace(posting, lines=lines, problems=[*posting.problems, waits])


def set_period(ground: Ground, kind: DeskKind, month: str, *, by: str, second: str, reason: str, id_: str) -> Made:
    """Close a month (YYYY-MM) or open it again: a record signed by two people who signed in. id_: a UUIDv7.

    reason: needed to open a month, and to close one that is not over by the city's day. Raises PeriodRefusedError,
    NotAllowed, UsageError for what is no month; nothing is changed then.
    """
    if len(month) != 7 or month[4] != "-" or not (month[:4] + month[5:]).isascii() or not _is_month(month):
        raise UsageError(f"{month[:20]} is no month.", "Nothing was changed.", "Type it like 2026-11.")
    _require_people(ground, by, second)
    state = state_of(ground.connection, month)
    if state == _STATE[kind]:
        raise PeriodRefusedError(f"{month} is {state} already.", "Nothing was changed.")
    if kind == DeskKind.PERIOD_CLOSE and int(month[:4]) > int(ground.now[:4]) + 1:
        raise PeriodRefusedError(f"{month} is years ahead.", "Nothing was changed.", "Was it mistyped?")
    if kind == DeskKind.PERIOD_OPEN and not reason.strip():
        raise PeriodRefusedError("A reason is needed to open a month again.", "Nothing was changed.", "Say why.")
    if kind == DeskKind.PERIOD_CLOSE and not reason.strip():
        _require_over(ground, month)
    data = PeriodData(month=month, reason=reason.strip())
    fact = Fact(id=id_, kind=kind, operator=by, approver=second, data=data)
    made = record(ground.connection, ground.books, ground.key, fact, ground.now)
    carry_out(ground, made)
    return made


def state_of(connection: Connection, month: str) -> str:
    """How a month (YYYY-MM) stands: open or closed."""
    c = tables.period.c
    return str(connection.execute(select(c.state).where(c.month == month)).scalar() or "open")


def carry_out(ground: Ground, made: Made) -> None:
    """Close the month, or open it. Raises NotAllowed."""
    _require_people(ground, made.body["operator"], made.body["approver"])
    run_many(ground.connection, _SET, [(made.body["data"]["month"], _STATE[made.body["kind"]], made.seq)])


_STATE = {DeskKind.PERIOD_CLOSE.value: "closed", DeskKind.PERIOD_OPEN.value: "open"}


def _require_people(ground: Ground, by: str, second: str) -> None:
    require_two(ground.connection, by, Act.CORRECT, second, Act.AGREE, ground.now)


def _require_over(ground: Ground, month: str) -> None:
    """A month that goes on is closed with a reason only: what comes in of it from then on waits in suspense."""
    today = city_day(ground.connection, ground.now)
    if month >= today[:7]:
        raise PeriodRefusedError(
            f"{month} is not over: it is {today} in the city, and a reason is needed to close it now.",
            "Nothing was changed.",
            "Close it when it is over, or say why now (at the command line: give --reason).",
        )


def _is_month(month: str) -> bool:
    return (month[:4] + month[5:]).isdecimal() and 1 <= int(month[5:]) <= 12


def _next(month: str) -> str:
    year, number = int(month[:4]), int(month[5:])
    return f"{year + number // 12:04}-{number % 12 + 1:02}"
