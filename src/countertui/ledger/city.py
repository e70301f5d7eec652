"""A city's folder into the ledger: its rules, funds, offices and drawers, as they are in force on one day."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from countertui.config.folder import CityInForce
from countertui.domain.city import rules_from_json, rules_to_json
from countertui.domain.postings import PostingRules
from countertui.domain.reference import TABLES, CityKey
from countertui.domain.rights import Act
from countertui.errors import UsageError
from countertui.ledger import tables
from countertui.ledger.books import Books
from countertui.ledger.bulk import looked_up
from countertui.ledger.desk import Ground, require_right
from countertui.ledger.imported import Answering, Bringing, Counted, ImportFact, begin_import


class CityRefusedError(UsageError):
    """The folder and the books don't fit: a control account that the chart lacks, or another pooled fund."""


@dataclass(frozen=True, slots=True)
class CitySet:
    """How many rows of the city's tables are new, are other than before, and are gone."""

    created: int
    updated: int
    removed: int


def set_city(books: Books, city: CityInForce, who: Answering, now: str, name: str = "") -> CitySet:
    """Bring rules, licenses, funds, offices and drawers to what the folder (of that name) says; again, none changes.

    Offices and drawers that are not in force are taken out, funds never. Every control account must be in the chart
    and in its fund. Raises CityRefusedError, naming all that is not, and NotAllowed; nothing is changed then.
    """
    rules = city.rules
    told: dict[str, list[tuple[Any, ...]]] = {
        "city": [
            (CityKey.NAME.value, rules.name),
            (CityKey.RULES.value, rules_to_json(rules)),
            (CityKey.LICENSES.value, json.dumps(city.licenses)),
        ],
        "fund": [(fund.code, fund.name) for fund in city.funds],
        "office": [(office.code, office.name, office.address) for office in city.offices],
        "drawer": [(drawer.code, drawer.office, drawer.name, drawer.fund) for drawer in city.drawers],
    }
    with books.writing() as connection:
        require_right(connection, who.by, Act.IMPORT, now)
        problems = [*_not_in_chart(connection, rules.posting), *_another_pool(connection, rules.posting)]
        if problems:
            raise CityRefusedError(
                "\n  ".join(("The city's rules and the ledger's chart don't fit:", *problems)),
                "Nothing was changed.",
                "Import the chart of accounts first (countertui import gl), or correct the folder.",
            )
        bringing = begin_import(connection)
        done, removed = Counter[str](), 0
        for table, rows in told.items():
            became, gone = _brought_up(bringing, table, rows)
            done, removed = done + became, removed + gone
        bringing.serve([(office.code, [kind.value for kind in office.accounts]) for office in city.offices])
        counted = Counted(
            rows=done.total(),
            created=done["created"],
            updated=done["updated"],
            unchanged=done["unchanged"],
            removed=removed,
        )
        fact = ImportFact(who.id, "city", who.by, counted, name, city.sha256)
        bringing.answered_by(Ground(connection, books, who.key, now), fact)
    return CitySet(counted.created, counted.updated, counted.removed)


def _brought_up(bringing: Bringing, name: str, rows: Sequence[tuple[Any, ...]]) -> tuple[Counter[str], int]:
    """How many rows were created, updated or left as they were, and how many taken out. A row's first column is its
    key."""
    done = Counter(bringing.put(name, rows))
    if name not in ("office", "drawer"):
        return done, 0
    key = tables.reference[name].c[TABLES[name][0]]
    there = bringing.connection.execute(select(key).order_by(key)).scalars()
    gone = sorted(set(there) - {row[0] for row in rows})
    bringing.remove(name, [(code,) for code in gone])
    return done, len(gone)


def _not_in_chart(connection: Connection, posting: PostingRules) -> Iterator[str]:
    named = dict.fromkeys(_control_accounts(posting))
    funds = looked_up(connection, tables.reference["gl_account"], "code", "fund", {account for _, account, _ in named})
    for what, account, fund in named:
        if account not in funds:
            yield f"{what}: account {account} is not in the chart."
        elif funds[account] != fund:
            yield f"{what}: account {account} is of fund {funds[account]}; an account of fund {fund} is needed."


def _control_accounts(posting: PostingRules) -> Iterable[tuple[str, str, str]]:
    """What each is for, the account, and the fund it must be of."""
    pool = posting.pooled_fund
    yield from ((f"{kind.label}, account", account, pool) for kind, account in posting.tender.items())
    yield from ((f"{kind.label}, over_short", account, pool) for kind, account in posting.over_short.items())
    yield from ((f"fund {fund}, due_from", account, fund) for fund, account in posting.due_from.items())
    yield from ((f"fund {fund}, due_to", account, pool) for fund, account in posting.due_to.items())
    yield from ((f"fund {fund}, opening", account, fund) for fund, account in posting.opening.items())
    yield "refunds_payable", posting.refunds_payable, pool
    yield "suspense", posting.suspense, pool
    yield from (("bank", account, pool) for account in (posting.bank,) if account)
    for row in posting.deposit_accounts:
        table = f"deposit_account]] {row.office}" if row.office else "control]]"
        key = "account" if row.office else "bank"
        yield f"gl.toml, [[{table} from {row.first}, key {key}", row.account, pool
    yield from ((f"{origin} payments", account, pool) for origin, account in posting.origins.items())


def _another_pool(connection: Connection, posting: PostingRules) -> Iterator[str]:
    """What was posted through one pool can't be undone through another."""
    city = tables.reference["city"]
    before = connection.execute(select(city.c.value).where(city.c.key == CityKey.RULES)).scalar()
    if before is None or connection.execute(select(tables.entry.c.id).limit(1)).first() is None:
        return
    pool = rules_from_json(before).posting.pooled_fund
    if pool != posting.pooled_fund:
        yield f"pooled_fund: money is posted through fund {pool} already, so it can't be {posting.pooled_fund}."
