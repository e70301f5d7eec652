"""What each kind of file brings: its fields, and of what type their values are."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from countertui.domain.languages import LANGUAGES
from countertui.domain.reference import AccountKind, NumberKind


class Kind(StrEnum):
    """The kinds of file, by their names on the command line."""

    ACCOUNTS = "accounts"
    CHARGES = "charges"
    LICENSES = "licenses"
    DEPOSITS = "deposits"
    NUMBERS = "numbers"
    FEES = "fees"
    WORKINGS = "workings"
    FLAGS = "flags"
    NOTES = "notes"
    GL = "gl"
    BUSINESSES = "businesses"
    """A list to look for unlicensed businesses in; none of the ledger's tables."""


class Type(StrEnum):
    """What a field's value is: text, a date (ISO 8601), cents, or a whole number."""

    TEXT = "text"
    DATE = "date"
    CENTS = "cents"
    NUMBER = "number"


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a kind. like: the field that stands in where nothing is given; words: the only values there are."""

    name: str
    type: Type = Type.TEXT
    required: bool = False
    like: str | None = None
    words: frozenset[str] = field(default_factory=frozenset)


def _needed(name: str, type_: Type = Type.TEXT, words: frozenset[str] = frozenset()) -> Field:
    return Field(name, type_, required=True, words=words)


GL_TYPES = frozenset({"asset", "liability", "equity", "revenue", "expense"})

FIELDS: dict[Kind, tuple[Field, ...]] = {
    Kind.ACCOUNTS: (
        _needed("number"),
        _needed("kind", words=frozenset(kind.value for kind in AccountKind)),
        Field("party", like="name"),
        _needed("name"),
        Field("address"),
        Field("phone"),
        Field("status"),
        Field("flags"),
        _needed("credit_gl"),
        Field("language", words=frozenset(LANGUAGES)),
    ),
    Kind.CHARGES: (
        _needed("id"),
        _needed("account"),
        _needed("due", Type.DATE),
        _needed("head"),
        Field("description", like="head"),
        _needed("gl"),
        _needed("amount_cents", Type.CENTS),
        Field("invoice"),
    ),
    Kind.LICENSES: (
        _needed("number"),
        _needed("name"),
        Field("party", like="name"),
        Field("address"),
        Field("phone"),
        Field("class"),
        Field("status"),
        Field("flags"),
        Field("issued_on", Type.DATE),
        Field("expires_on", Type.DATE),
        Field("mailing_address"),
        Field("business", like="name"),
        Field("trade_name"),
        Field("premises", like="address"),
        Field("naics"),
        Field("starts", Type.DATE),
        _needed("credit_gl"),
        Field("language", words=frozenset(LANGUAGES)),
    ),
    Kind.DEPOSITS: (
        _needed("number"),
        _needed("name"),
        Field("party", like="name"),
        Field("address"),
        Field("phone"),
        Field("status"),
        Field("flags"),
        Field("project"),
        Field("minimum_cents", Type.CENTS),
        Field("release_on", Type.DATE),
        _needed("credit_gl"),
        Field("language", words=frozenset(LANGUAGES)),
    ),
    Kind.NUMBERS: (
        _needed("number"),
        _needed("what", words=frozenset(kind.value for kind in NumberKind)),
        _needed("account"),
    ),
    Kind.FEES: (
        _needed("code"),
        _needed("description"),
        Field("unit_cents", Type.CENTS),
        _needed("gl"),
        Field("ordinance"),
        _needed("effective_from", Type.DATE),
        Field("effective_to", Type.DATE),
    ),
    Kind.WORKINGS: (
        _needed("charge"),
        _needed("n", Type.NUMBER),
        _needed("dated", Type.DATE),
        _needed("what"),
        _needed("cents", Type.CENTS),
        Field("ordinance"),
    ),
    Kind.FLAGS: (
        _needed("account"),
        _needed("flag"),
        _needed("since", Type.DATE),
        Field("due", Type.DATE),
        Field("cents", Type.CENTS),
        Field("note"),
    ),
    Kind.NOTES: (
        _needed("id"),
        _needed("account"),
        _needed("dated", Type.DATE),
        _needed("author"),
        _needed("note"),
    ),
    Kind.GL: (
        _needed("code"),
        _needed("fund"),
        Field("fund_name", like="fund"),
        _needed("name"),
        _needed("type", words=GL_TYPES),
    ),
    Kind.BUSINESSES: (
        _needed("key"),
        _needed("name"),
        Field("trade_name"),
        Field("address"),
        Field("city"),
        Field("mailing", like="address"),
        Field("about"),
    ),
}
"""In a license, status "" means that the file doesn't state it. A fee without unit_cents is an open amount."""

KEYS: dict[Kind, tuple[str, ...]] = {
    Kind.ACCOUNTS: ("number",),
    Kind.CHARGES: ("id",),
    Kind.LICENSES: ("number",),
    Kind.DEPOSITS: ("number",),
    Kind.NUMBERS: ("number", "what", "account"),
    Kind.FEES: ("code", "effective_from"),
    Kind.WORKINGS: ("charge", "n"),
    Kind.FLAGS: ("account", "flag", "since", "due"),
    Kind.NOTES: ("id",),
    Kind.GL: ("code",),
    Kind.BUSINESSES: ("key",),
}
"""The fields that make two rows rows of one thing."""
