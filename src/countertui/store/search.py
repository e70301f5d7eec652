"""What a typed text can mean on reference.db: digits go to ordered indexes, words to the word index.

No query sorts or counts: each reads an index in the order it has and stops at the limit.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from countertui.store.reference_rows import AccountRow
from countertui.store.words import folded, house_key, indexed_words, number_key, phone_key, words_of

MOST_ROWS = 51
"""One more than a list shows, so that it can say 50+."""
LEAST_WORD = 3
"""Letters of a word that fees and payors are looked for by."""
LONGEST_TEXT = 80
LONGEST_WORD = 24
MOST_WORDS = 8
_LOCAL = 7
_LEAST_NUMBER = 3

_SHOWN = "SELECT a.number, a.kind, a.name, a.address, a.phone, a.status, a.flags, a.credit_gl, a.due_cents FROM"
_FROM_ACCOUNT = f"{_SHOWN} account a WHERE"
_IN_NUMBERS = "number_key >= :number AND number_key < :number_end"
_IN_PHONES = "phone_key >= :phone AND phone_key < :phone_end"
_IN_LOCAL_PHONES = "substr(phone_key, -7) >= :phone AND substr(phone_key, -7) < :phone_end"
_IN_HOUSES = "house_key >= :house AND house_key < :house_end"

_BY_NUMBER = f"{_FROM_ACCOUNT} {_IN_NUMBERS} LIMIT :limit"
_BY_DIGITS = f"""
{_FROM_ACCOUNT} {_IN_NUMBERS}
UNION ALL {_FROM_ACCOUNT} phone_key <> '' AND {_IN_PHONES} AND NOT ({_IN_NUMBERS})
UNION ALL {_FROM_ACCOUNT} phone_key <> '' AND {_IN_LOCAL_PHONES} AND NOT ({_IN_NUMBERS} OR {_IN_PHONES})
UNION ALL {_FROM_ACCOUNT} house_key <> '' AND {_IN_HOUSES}
  AND NOT ({_IN_NUMBERS} OR {_IN_PHONES} OR {_IN_LOCAL_PHONES})
LIMIT :limit
"""
_BY_HOUSE = f"{_FROM_ACCOUNT} house_key <> '' AND {_IN_HOUSES}"
_CHOSEN = f"WITH chosen (id) AS (VALUES {', '.join(['(?)'] * MOST_ROWS)})"
BY_IDS = f"{_CHOSEN} {_SHOWN} chosen CROSS JOIN account a ON a.id = chosen.id"
"""The rows of `padded` account ids, in their order."""
EXACT_NUMBER = f"{_FROM_ACCOUNT} number = ?"
"""The row of one account."""

OWING = f"{_FROM_ACCOUNT} due_cents = ? AND due_cents > 0 LIMIT ?"
"""The rows of accounts that owe so many cents, by name."""

OWING_UNFLAGGED = f"{_FROM_ACCOUNT} due_cents > 0 AND flags = '' ORDER BY number LIMIT ? OFFSET ?"
"""The rows of accounts that owe something and have no flag, by number: for exercises, all of a small city is read."""

_ON_CREDIT = "SELECT account FROM charge WHERE head = 'credit' AND balance_cents < 0"
CREDITS = f"{_FROM_ACCOUNT} kind = ? AND number IN ({_ON_CREDIT})"
"""The rows of accounts of a kind that have money on them, by name."""
OF_PARTY = f"{_FROM_ACCOUNT} party = ? AND party <> '' LIMIT ?"
"""The rows of a party's accounts."""

LICENSES_WITH = """SELECT number, business, trade_name, class, status, expires_on FROM license
  WHERE status IN (SELECT value FROM json_each(?))
  OR (status IN (SELECT value FROM json_each(?)) AND expires_on < ?) ORDER BY number LIMIT ?"""
LICENSES_LIKE = """SELECT number FROM license WHERE class = ? COLLATE NOCASE OR trade_name LIKE ? ESCAPE '\\'
  ORDER BY number LIMIT ?"""
SAID_SAME_OWNER = "SELECT number FROM license WHERE same_owner = ? AND same_owner <> '' ORDER BY number LIMIT ?"
"""Licenses by states, by class or trade name, and by the license that was stated to be of the same owner."""

NUMBERED = f"{_FROM_ACCOUNT} number_key = ? LIMIT 2"
"""The rows of accounts whose numbers have these letters and digits: one, or more than one."""

KNOWN_AS = """
SELECT k.number, k.what, a.number, a.kind, a.name, a.address, a.phone, a.status, a.flags, a.credit_gl, a.due_cents
FROM known_as k CROSS JOIN account a ON a.number = k.account
WHERE k.number_key >= ? AND k.number_key < ? ORDER BY k.number_key LIMIT ?
"""
"""Accounts by another number, from one key up to another: the number, what it is, and the account's row."""

_PAST = "SELECT receipt_no, account, biz_date, payor, cents, voided FROM receipt_history"
PAST_RECEIPT = f"{_PAST} WHERE receipt_no = ? ORDER BY account"
PAST_NUMBERED = f"{_PAST} WHERE receipt_no >= ? AND receipt_no < ? ORDER BY receipt_no LIMIT ?"
PAST_PAID_BY = """
SELECT receipt_no, account, biz_date, payor, cents, voided FROM receipt_history WHERE rowid IN (
  SELECT rowid FROM (
    SELECT rowid, payor_key FROM receipt_history WHERE payor_key >= ? AND payor_key < ? ORDER BY payor_key LIMIT ?
  ) WHERE instr(' ' || payor_key, ?) > 0 LIMIT ?
) ORDER BY payor_key
"""
"""What earlier receipts took for an account each: of one receipt, by a number's beginning, by a payor's."""

_DIGITS = frozenset("0123456789 ()/#+-")
_LETTERS_AND_NUMBER = re.compile(r"[a-z]{1,6}[ /#-]*[0-9][a-z0-9 /#-]*")
_AFTER = "\x7f"
"""Sorts after every letter, digit and space: from `smi` to before `smi\\x7f` is what begins with smi."""


class Query(NamedTuple):
    """A meaning that an ordered index answers: SQL and its named values."""

    sql: str
    values: dict[str, str | int]


class Beginnings(NamedTuple):
    """A meaning that the word index answers: how words of name and address begin, in any order."""

    words: list[str]


def meanings(text: str, limit: int = MOST_ROWS) -> Iterator[Query | Beginnings]:
    """The meanings of a text, likeliest first; the first one that finds anything is what was meant.

    A house number with part of an address; digits of an account number, telephone or house number; a number with
    letters such as a license's; the beginnings of words of name and address in any order; the letters a number begins
    with. Nothing for a text without letters and digits.
    """
    typed = _plain(text)
    house, *words = house_key(typed).split() or [""]
    if words:
        yield _house(house, words, limit)
    number = number_key(typed)
    by_number: dict[str, str | int] = {"limit": limit, "number": number, "number_end": number + _AFTER}
    if number and _DIGITS.issuperset(typed):
        phone = phone_key(typed)
        phones = {"phone": phone, "phone_end": phone + _AFTER}
        yield Query(_BY_DIGITS, {**by_number, **phones, "house": number, "house_end": number + _AFTER})
    elif _LETTERS_AND_NUMBER.fullmatch(typed):
        yield Query(_BY_NUMBER, by_number)
    if begun := beginnings_typed(typed):
        yield Beginnings(begun)
    if number.isalpha():
        yield Query(_BY_NUMBER, by_number)


def beginnings_typed(text: str) -> list[str]:
    """The words that were typed, whole or begun, each once and in order; at most eight."""
    return list(dict.fromkeys(word[:LONGEST_WORD] for word in words_of(_plain(text))))[:MOST_WORDS]


def padded(ids: list[int]) -> list[int]:
    """At most MOST_ROWS account ids, as many values as `BY_IDS` has: no account's id is 0."""
    return ids + [0] * (MOST_ROWS - len(ids))


def number_span(text: str) -> tuple[str, str] | None:
    """From which key up to which one a number begins as typed; None where too little is typed, or no digit."""
    key = number_key(_plain(text))
    return span(key) if len(key) >= _LEAST_NUMBER and any(map(str.isdigit, key)) else None


def span(key: str) -> tuple[str, str]:
    """From which key up to which one others begin with it."""
    return key, key + _AFTER


def fits(text: str, row: AccountRow) -> bool:
    """Whether a typed text means an account by its name, address or telephone, as `meanings` would find it."""
    typed = _plain(text)
    if not typed:
        return False
    if _DIGITS.issuperset(typed):
        phone, house = phone_key(typed), number_key(typed)
        of_row = phone_key(row.phone)
        by_phone = bool(phone) and (of_row.startswith(phone) or of_row[-_LOCAL:].startswith(phone))
        return by_phone or (bool(house) and house_key(row.address).startswith(house))
    words = indexed_words(f"{row.name} {row.address}")
    begun = beginnings_typed(typed)
    return bool(begun) and all(any(word.startswith(one) for word in words) for one in begun)


def _plain(text: str) -> str:
    return " ".join(folded(text[:LONGEST_TEXT])[: 2 * LONGEST_TEXT].split())


def _house(house: str, words: list[str], limit: int) -> Query:
    """All of one house number, in the index alone narrowed to addresses with these words, in any order."""
    holding = {f"word{n}": f" {word[:LONGEST_WORD]}" for n, word in enumerate(words[:MOST_WORDS])}
    narrowed = "".join(f" AND instr(house_key, :{name}) > 0" for name in holding)
    values: dict[str, str | int] = {"limit": limit, "house": f"{house} ", "house_end": f"{house}!", **holding}
    return Query(f"{_BY_HOUSE}{narrowed} LIMIT :limit", values)
