"""The demo city, City of Alder Falls: every table of a snapshot, made up the same on every machine."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from functools import cache
from pathlib import Path

from countertui.demo.accounts import MOST_ACCOUNTS, utility_accounts, utility_charges, utility_history, utility_parcels
from countertui.demo.money_tables import CITY_NAME, FEES, FUNDS, GL_ACCOUNTS, demo_rules
from countertui.demo.places import ACTIVE_FROM, DRAWERS, OFFICES, PEOPLE, TERMINALS
from countertui.demo.trades import businesses, held_by_businesses
from countertui.demo.workings import account_notes, first_charges, flag_details, working_steps
from countertui.domain.city import CityRules, rules_to_json
from countertui.domain.industries import Industry
from countertui.domain.reference import CityKey
from countertui.errors import UsageError

LEDGER_ID = "DEMO-ALDER-FALLS"
"""The ledger's id; real ledgers and terminals refuse one that begins DEMO."""
LICENSES = Path(__file__).with_name("licenses.toml")
TODAY = date(2026, 11, 23)
PROGRESS_EVERY = 10_000
_WHOLE_CODE = 6
"""Digits of an industry code that names one industry, not a group of them."""

Row = tuple[str | int | None, ...]
Rows = Iterator[Row]
Progress = Callable[[str, int], None]
"""Told now and then: the table being made, and how many of its rows are."""


class TooManyAccounts(UsageError):  # noqa: N818 - names what is wrong with the request
    """More accounts were asked for than the city has numbers."""


class DemoCity:
    """A made-up city with `accounts` utility accounts, billed up to `today`. Raises TooManyAccounts.

    `pins` is operator id to demo PIN. Rows are made as they are read: tables may be read one after another or side by
    side, and as often as wanted.
    """

    def __init__(self, accounts: int = 5_500, today: date = TODAY) -> None:
        if not 0 <= accounts <= MOST_ACCOUNTS:
            raise TooManyAccounts(f"The demo city holds 0 to {MOST_ACCOUNTS:,} accounts.", press="Ask for fewer.")
        self.accounts = accounts
        self.today = today
        self.rules: CityRules = demo_rules()
        self.pins: dict[str, str] = {id_: pin for id_, _, _, pin in PEOPLE}

    def tables(
        self,
        verifier: Callable[[str], str] = lambda _pin: "",
        public_keys: Mapping[str, str] | None = None,
        progress: Progress = lambda _table, _rows: None,
    ) -> Iterator[tuple[str, Rows]]:
        """Every table with its rows, in the order of `domain.reference.TABLES`; account rows are not sorted by name.

        verifier makes what is stored of a PIN. public_keys is terminal code to hex key;
        terminals without one get an empty text.
        """
        for name, rows in self._tables(verifier, public_keys or {}):
            yield name, _told(name, rows, progress)

    def _tables(self, verifier: Callable[[str], str], public_keys: Mapping[str, str]) -> Iterator[tuple[str, Rows]]:
        licenses = json.dumps(LICENSES.read_text(encoding="utf-8"))
        told = (CityKey.NAME, CITY_NAME), (CityKey.RULES, rules_to_json(self.rules)), (CityKey.LICENSES, licenses)
        yield "city", iter([(key.value, value) for key, value in told])
        yield "office", iter(OFFICES)
        yield "terminal", iter([(code, office, 1, public_keys.get(code, ""), None) for code, office in TERMINALS])
        yield "drawer", iter(DRAWERS)
        yield (
            "operator",
            ((id_, name, roles, verifier(pin), ACTIVE_FROM, None) for id_, name, roles, pin in PEOPLE),
        )
        yield "fund", iter(FUNDS)
        yield "gl_account", iter(GL_ACCOUNTS)
        yield "fee", iter(FEES)
        yield "account", self._accounts()
        yield "charge", self._charges()
        yield "license", self._licenses()
        yield "license_act", iter(())
        yield "license_term", iter(())
        yield "receipt_history", utility_history(self.accounts, businesses(), self.today)
        yield "decision", iter(())
        yield "erased", iter(())
        yield "personal_sealed", iter(())
        yield "paper_book", iter(())
        yield "returned_check", iter(())
        yield "paper_number", iter(())
        yield "known_as", self._known_as()
        yield "charge_step", self._steps()
        yield "account_flag", flag_details(self.accounts, self.today)
        yield "account_note", account_notes(self.accounts, self.today)
        yield "trust_terms", self._trust_terms()
        yield "trust_move", iter(())
        yield "industry", iter(_industries())
        yield "deposit_at_bank", iter(())

    def _accounts(self) -> Rows:
        holders = businesses()
        yield from utility_accounts(self.accounts, holders)
        for held in held_by_businesses(holders, self.today):
            yield held.account

    def _charges(self) -> Rows:
        yield from utility_charges(self.accounts, self.today)
        for held in held_by_businesses(businesses(), self.today):
            yield from held.charges

    def _known_as(self) -> Rows:
        yield from utility_parcels(self.accounts)
        for held in held_by_businesses(businesses(), self.today):
            yield from held.known_as

    def _steps(self) -> Rows:
        yield from working_steps(first_charges(self.accounts, self.today))
        for held in held_by_businesses(businesses(), self.today):
            yield from working_steps(held.charges)

    def _trust_terms(self) -> Rows:
        for held in held_by_businesses(businesses(), self.today):
            if held.terms:
                yield held.terms

    def _licenses(self) -> Rows:
        for held in held_by_businesses(businesses(), self.today):
            if held.license:
                yield held.license


@cache
def _industries() -> tuple[Row, ...]:
    """The industry codes that the city's classes name, each with what people call those classes."""
    found: dict[str, Industry] = {}
    for each in tomllib.loads(LICENSES.read_text(encoding="utf-8"))["class"]:
        for code, _, title in (named.partition(" ") for named in each.get("naics", ())):
            if len(code) == _WHOLE_CODE:
                words = *(found[code].phrases if code in found else ()), *each.get("synonyms", ())
                found[code] = Industry(code, title, words)
    return tuple(found[code].row() for code in sorted(found))


def _told(table: str, rows: Iterator[Sequence[str | int | None]], progress: Progress) -> Rows:
    made = 0
    for made, row in enumerate(rows, start=1):
        yield tuple(row)
        if made % PROGRESS_EVERY == 0:
            progress(table, made)
    progress(table, made)
