"""The snapshot's receipts of all terminals, of the last 24 months."""

from __future__ import annotations

from itertools import islice
from typing import Any

from countertui.store.reference_file import ReferenceFile
from countertui.store.reference_rows import PastReceipt
from countertui.store.search import LEAST_WORD, PAST_NUMBERED, PAST_PAID_BY, PAST_RECEIPT, number_span, span
from countertui.store.words import has_words, words_of

_MOST_OF_A_PAYOR = 200
"""Of so many receipts by payors with a word that was typed, those are looked for that have all of them."""


class PastReceipts:
    """The receipts in a snapshot's file."""

    def __init__(self, file: ReferenceFile) -> None:
        self._file = file

    def of_account(self, account: str) -> list[PastReceipt]:
        """What was taken for an account in the last 24 months, newest first."""
        sql = (
            "SELECT receipt_no, account, biz_date, payor, cents, voided"
            " FROM receipt_history WHERE account = ? ORDER BY biz_date DESC, receipt_no DESC"
        )
        return list(map(_past, self._file.rows(sql, account)))

    def receipt(self, number: str) -> list[PastReceipt]:
        """What a receipt of any terminal took, by account; nothing if it is not known here."""
        return list(map(_past, self._file.rows(PAST_RECEIPT, number)))

    def found(self, text: str, limit: int) -> list[PastReceipt]:
        """What receipts took whose number begins as typed; of a text without digits, whose payor has these words.

        At most `limit`. One of the two longest words is how the payor's first one begins.
        """
        if any(map(str.isdigit, text)):
            return (
                list(map(_past, self._file.rows(PAST_NUMBERED, *span(text.upper()), limit)))
                if number_span(text)
                else []
            )
        longest = sorted(words_of(text), key=len, reverse=True)[:2]
        if not longest or len(longest[0]) < LEAST_WORD:
            return []
        rows = (
            row
            for first, also in zip(longest, reversed(longest), strict=True)
            for row in self._file.rows(PAST_PAID_BY, *span(first), _MOST_OF_A_PAYOR, f" {also}", limit)
        )
        found = (past for past in map(_past, rows) if has_words(past.payor, words_of(text)))
        return list(islice(dict.fromkeys(found), limit))


def _past(row: tuple[Any, ...]) -> PastReceipt:
    receipt_no, account, day, payor, cents, voided = row
    return PastReceipt(receipt_no, account, day, payor, cents, bool(voided))
