"""What a posting goes by: the city's rules in force, and what is known of all that it names."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, select

from countertui.domain.balances import Movement
from countertui.domain.city import CityRules, rules_from_json
from countertui.domain.reference import CityKey
from countertui.ledger import tables
from countertui.ledger.bulk import known, looked_up
from countertui.ledger.posting import Chart, chart


class NoRulesError(Exception):
    """The ledger has no rules of a city yet, so it can't know how to post."""


def chart_for(connection: Connection, rules: CityRules, movements: Iterable[Movement]) -> Chart:
    """The chart with all that these movements name."""
    gl: set[str] = set()
    charges: set[str] = set()
    accounts: set[str] = set()
    for movement in movements:
        gl.add(movement.gl)
        if movement.charge is not None:
            charges.add(movement.charge)
        elif movement.account is not None:
            accounts.add(movement.account)
    return chart(
        rules.posting,
        looked_up(connection, tables.reference["gl_account"], "code", "fund", gl),
        looked_up(connection, tables.reference["charge"], "id", "account", sorted(charges)),
        known(connection, tables.reference["account"], "number", accounts),
    )


def rules_of(connection: Connection) -> CityRules:
    """The city's rules in force. Raises NoRulesError."""
    city = tables.reference["city"]
    text = connection.execute(select(city.c.value).where(city.c.key == CityKey.RULES)).scalar()
    try:
        return rules_from_json(text or "")
    except (KeyError, TypeError, ValueError) as fault:
        raise NoRulesError from fault
