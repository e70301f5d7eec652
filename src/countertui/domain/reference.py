"""The tables of a snapshot: what the ledger publishes and terminals look things up in. One definition for both sides.

Rows are tuples of str, int and None in the order of the columns. Amounts in cents, dates ISO 8601, roles and flags
space-separated words.
"""

from __future__ import annotations

from enum import StrEnum

TABLES: dict[str, tuple[str, ...]] = {
    "city": ("key", "value"),
    "office": ("code", "name", "address"),
    "terminal": ("code", "office", "epoch", "public_key", "certificate"),
    "drawer": ("code", "office", "name", "fund_cents"),
    "operator": ("id", "name", "roles", "verifier", "active_from", "active_to"),
    "fund": ("code", "name"),
    "gl_account": ("code", "fund", "name", "type"),
    "fee": ("code", "description", "unit_cents", "gl", "ordinance", "effective_from", "effective_to"),
    "account": (
        "number",
        "kind",
        "party",
        "name",
        "address",
        "phone",
        "status",
        "flags",
        "credit_gl",
        "language",
    ),
    "charge": ("id", "account", "due", "head", "description", "gl", "amount_cents", "balance_cents"),
    "license": (
        "number",
        "account",
        "class",
        "status",
        "issued_on",
        "expires_on",
        "mailing_address",
        "business",
        "trade_name",
        "premises",
        "naics",
        "starts",
        "same_owner",
        "version",
    ),
    "license_act": (
        "license",
        "n",
        "id",
        "terminal",
        "epoch",
        "seq",
        "dated",
        "operator",
        "step",
        "carried_out",
        "body",
    ),
    "license_term": ("license", "begins", "ends", "due", "assessed_in"),
    "receipt_history": ("receipt_no", "account", "biz_date", "payor", "cents", "voided"),
    "decision": (
        "terminal",
        "epoch",
        "request_seq",
        "receipt_no",
        "verdict",
        "carried_by",
        "reason",
        "decided_by",
        "decided_at",
        "seq",
    ),
    "erased": ("terminal", "epoch", "seq", "field"),
    "personal_sealed": ("terminal", "epoch", "seq", "field", "reader", "reader_epoch", "sealed"),
    "paper_book": ("series", "first_no", "last_no", "office", "issued_on", "closed_on", "last_used"),
    "returned_check": ("receipt_no", "reference", "account", "biz_date"),
    "paper_number": ("series", "paper_no", "terminal", "epoch", "seq", "receipt_no", "state", "paper_date"),
    "known_as": ("number", "what", "account"),
    "charge_step": ("charge", "source", "n", "account", "dated", "what", "cents", "ordinance"),
    "account_flag": ("account", "flag", "since", "due", "cents", "note"),
    "account_note": ("id", "account", "dated", "author", "note"),
    "trust_terms": ("account", "project", "minimum_cents", "release_on"),
    "trust_move": ("terminal", "epoch", "seq", "account", "biz_date", "what", "cents", "receipt_no"),
    "industry": ("code", "title", "phrases"),
    "deposit_at_bank": ("terminal", "epoch", "seq", "slip_no", "dated"),
}
"""Table name to columns, in the order they are published.

`account` comes sorted by name, then number: its order is the order results are shown in. A fee with unit_cents None is
an open amount. An account's `language` is the one its holder wants papers in (ISO 639-1), empty where none is known:
see `countertui.domain.languages`. `city` holds the city's rules (see `CityKey`). A `decision` is the ledger's answer
to a terminal's request for a void or refund: see `countertui.domain.desk_records`. `erased` are personal values that
terminals destroy, `personal_sealed` those that one terminal (`reader`) may read, sealed to its key (hex). A
`returned_check` is a check of a receipt that the bank sent back unpaid: whose, and on which business date. A
`paper_book` is a book of numbered paper receipts that an office has, a `paper_number` what became of one that was
keyed in: see `countertui.domain.paper_books`. `known_as` are the other numbers that people bring for an account: see
`NumberKind`. A `charge_step` is a line of how a charge's balance came about: source is empty for how it was billed,
else the record (terminal/epoch/seq) that moved money on it. An `account_flag` says amounts and dates of a word in an
account's `flags`, an `account_note` is for whoever serves it next: see `countertui.domain.account_flags` and
`countertui.domain.account_details`.
A `license` is as its acts, in `license_act`, and what is paid of its terms, in `license_term`, make it; one that a list
from elsewhere brought has no acts and no version: see `countertui.domain.license_rows`. Its status is the calendar's
aside: what was issued has expired after `expires_on`.
`trust_terms` are what a trust deposit is held for, what it shall not
fall below, and the day before which it is not released; a `trust_move` is what one record put onto it (positive) or
took off: see `countertui.domain.trust`. An `industry` is a code of the industry list that the city imported, its title,
and the phrases that people find it by: see `countertui.domain.industries`. A `deposit_at_bank` is a deposit's record at
a terminal, with its slip, that a line of the bank is known to be, and that line's day.
"""


class AccountKind(StrEnum):
    """What a party holds with the city."""

    UTILITY = "utility"
    LICENSE = "license"
    CUSTOMER = "customer"
    CITATION = "citation"
    TRUST = "trust"

    @property
    def label(self) -> str:
        """The word a person reads."""
        return {
            "utility": "Utility",
            "license": "License",
            "customer": "Customer",
            "citation": "Citation",
            "trust": "Trust deposit",
        }[self.value]


class NumberKind(StrEnum):
    """What a number is that leads to an account and is not the account's own."""

    PARCEL = "parcel"
    INVOICE = "invoice"
    CITATION = "citation"
    LICENSE = "license"

    @property
    def label(self) -> str:
        """The word a person reads."""
        return self.value.capitalize()


class CityKey(StrEnum):
    """The keys of table `city`; value is text, or JSON where said."""

    NAME = "name"
    RULES = "rules"
    """JSON of the city's rules, as `countertui.domain.city.rules_to_json` writes it."""
    LICENSES = "licenses"
    """JSON: the text of the city's licenses.toml, as `countertui.config.licenses` reads it; missing for none."""
    SEALING = "sealing_key"
    """Hex: the city's public X25519 key, to which terminals seal personal data."""
