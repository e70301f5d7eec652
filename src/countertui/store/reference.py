"""Reading reference.db, the newest snapshot: operators, fees, accounts, what is owed. Searching is in `search`."""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import partial
from pathlib import Path

from countertui.domain.account_flags import FlagDetail
from countertui.domain.industries import Industry, industry_of
from countertui.domain.paper_books import PaperBook, PaperNumber
from countertui.domain.personal import Place
from countertui.domain.reference import CityKey
from countertui.store.near_words import SHORTEST
from countertui.store.reference_file import ReferenceFile
from countertui.store.reference_licenses import Licenses
from countertui.store.reference_receipts import PastReceipts
from countertui.store.reference_rows import (
    AccountRow,
    ChargeRow,
    Decision,
    Drawer,
    Fee,
    GlAccount,
    KnownAs,
    NoteRow,
    Office,
    Operator,
    SnapshotInfo,
    StepRow,
)
from countertui.store.reference_trust import TrustDeposits
from countertui.store.search import (
    CREDITS,
    EXACT_NUMBER,
    KNOWN_AS,
    LEAST_WORD,
    MOST_ROWS,
    NUMBERED,
    OF_PARTY,
    OWING,
    OWING_UNFLAGGED,
    Beginnings,
    beginnings_typed,
    meanings,
    number_span,
)
from countertui.store.words import number_key, words_of

_MOST_FEES = 10


class Reference:
    """The snapshot in use, read-only. Threads may share it: each look-up has the connection to itself."""

    def __init__(self, path: Path) -> None:
        """Open the file. Raises ReferenceUnusable if it must be built anew."""
        self.file = ReferenceFile(path)
        self.licenses = Licenses(self.file)
        self.trust = TrustDeposits(self.file)
        self.past = PastReceipts(self.file)
        self._fees = self._all_fees()
        self._certificates = self._all_certificates()

    def reopen(self) -> None:
        """Look things up in the file that is at the path now. Raises as opening does; the one in use then stays."""
        self.file.reopen()
        self._fees = self._all_fees()
        self._certificates = self._all_certificates()

    def close(self) -> None:
        """Let go of the file."""
        self.file.close()

    def snapshot(self) -> SnapshotInfo:
        """Which snapshot this is."""
        return self.file.snapshot

    def rules_json(self) -> str:
        """The city's rules, as `domain.city.rules_from_json` reads them; empty if the snapshot has none."""
        rows = self.file.rows("SELECT value FROM city WHERE key = ?", CityKey.RULES.value)
        return str(rows[0][0]) if rows else ""

    def licenses_toml(self) -> str:
        """The city's licenses.toml, as `config.licenses` reads it; empty if the snapshot has none."""
        rows = self.file.rows("SELECT value FROM city WHERE key = ?", CityKey.LICENSES.value)
        return str(json.loads(rows[0][0])) if rows else ""

    def sealing_key(self) -> bytes | None:
        """The city's public X25519 key, 32 bytes; None if the snapshot has none."""
        rows = self.file.rows("SELECT value FROM city WHERE key = ?", CityKey.SEALING.value)
        return bytes.fromhex(rows[0][0]) if rows else None

    def office(self, code: str) -> Office | None:
        """An office by its code."""
        rows = self.file.rows("SELECT code, name, address FROM office WHERE code = ?", code)
        return Office(*rows[0]) if rows else None

    def terminals(self, office: str) -> list[str]:
        """The terminals of an office, by code."""
        sql = "SELECT DISTINCT code FROM terminal WHERE office = ? ORDER BY code"
        return [row[0] for row in self.file.rows(sql, office)]

    def drawers(self, office: str) -> list[Drawer]:
        """The drawers of an office, by code."""
        sql = "SELECT code, office, name, fund_cents FROM drawer WHERE office = ? ORDER BY code"
        return [Drawer(*row) for row in self.file.rows(sql, office)]

    def operators(self) -> list[Operator]:
        """All operators, active or not, by id."""
        sql = "SELECT id, name, roles, verifier, active_from, active_to FROM operator ORDER BY id"
        return [Operator(*row) for row in self.file.rows(sql)]

    def operator(self, id_: str) -> Operator | None:
        """An operator by id."""
        return self.file.once(self._operator, id_)

    def certificate(self, terminal: str, public_key: str) -> str:
        """The ledger's signature (hex) on a terminal's key (hex), empty where the snapshot has none for that key."""
        return self._certificates.get((terminal, public_key), "")

    def terminal_key(self, terminal: str, epoch: int) -> str | None:
        """A terminal's public key (hex) of an epoch, None where the snapshot does not have it."""
        rows = self.file.rows("SELECT public_key FROM terminal WHERE code = ? AND epoch = ?", terminal, epoch)
        return str(rows[0][0]) if rows else None

    def decision(self, terminal: str, epoch: int, request_seq: int) -> Decision | None:
        """What was decided at the ledger on that request; None if nothing was."""
        rows = self.file.rows(
            "SELECT verdict, carried_by, reason, decided_by, decided_at, seq FROM decision"
            " WHERE terminal = ? AND epoch = ? AND request_seq = ?",
            terminal,
            epoch,
            request_seq,
        )
        return Decision(*rows[0]) if rows else None

    def erased(self, terminal: str, epoch: int) -> list[tuple[int, str]]:
        """Personal values of a terminal's records, (record, field) each, that were erased at the ledger."""
        return [
            (row[0], row[1])
            for row in self.file.rows(
                "SELECT seq, field FROM erased WHERE terminal = ? AND epoch = ? ORDER BY seq, field", terminal, epoch
            )
        ]

    def personal_sealed(self, place: Place, reader: str, reader_epoch: int) -> bytes | None:
        """A personal value as the ledger sealed it to a terminal, empty if it was altered past reading; None if it did
        not."""
        rows = self.file.rows(
            "SELECT sealed FROM personal_sealed WHERE terminal = ? AND epoch = ? AND seq = ? AND field = ?"
            " AND reader = ? AND reader_epoch = ?",
            *place,
            reader,
            reader_epoch,
        )
        if not rows:
            return None
        try:
            return bytes.fromhex(rows[0][0])
        except ValueError:
            return b""  # opens with no key, as anything that was altered

    def checks_returned(self, account: str) -> tuple[str, ...]:
        """The business dates (ISO) on which checks paid for an account came back unpaid, oldest first."""
        sql = "SELECT biz_date FROM returned_check WHERE account = ? ORDER BY biz_date"
        return tuple(date for (date,) in self.file.rows(sql, account))

    def checks_back(self, receipt_no: str) -> list[str]:
        """The numbers of a receipt's checks that the ledger knows to have come back unpaid."""
        rows = self.file.rows(
            "SELECT reference FROM returned_check WHERE receipt_no = ? ORDER BY reference", receipt_no
        )
        return [reference for (reference,) in rows]

    def at_bank(self, terminal: str) -> dict[str, str]:
        """The slips of a terminal's deposits that the ledger knows to be at the bank, and the bank's day (ISO)."""
        return dict(self.file.rows("SELECT slip_no, dated FROM deposit_at_bank WHERE terminal = ?", terminal))

    def paper_books(self, office: str) -> list[PaperBook]:
        """The books of paper receipts that an office ever had, by number."""
        sql = (
            "SELECT series, first_no, last_no, office, issued_on, closed_on, last_used FROM paper_book WHERE office = ?"
        )
        return [PaperBook(*row) for row in self.file.rows(f"{sql} ORDER BY series, first_no", office)]

    def paper_keyed(self, paper: PaperNumber) -> tuple[str, str, str] | None:
        """Where the ledger knows a paper number to be keyed in: terminal, receipt number (or empty), and its state."""
        sql = "SELECT terminal, receipt_no, state FROM paper_number WHERE series = ? AND paper_no = ?"
        rows = self.file.rows(sql, *paper)
        return (rows[0][0], rows[0][1], rows[0][2]) if rows else None

    def papers_keyed(self, series: str) -> dict[int, str]:
        """The numbers of a series that the ledger knows to be keyed in, each with the date (ISO) on its form."""
        return dict(self.file.rows("SELECT paper_no, paper_date FROM paper_number WHERE series = ?", series))

    def party(self, number: str) -> str | None:
        """Whose account it is; None for one that is not known."""
        rows = self.file.rows("SELECT party FROM account WHERE number = ?", number)
        return str(rows[0][0]) if rows else None

    def credits(self, kind: str) -> list[AccountRow]:
        """The accounts of a kind that have money on them which pays nothing yet, in the order of names."""
        return [AccountRow._make(row) for row in self.file.rows(CREDITS, kind)]

    def gl_account(self, code: str) -> GlAccount | None:
        """An account of the chart by code."""
        rows = self.file.rows("SELECT code, fund, name, type FROM gl_account WHERE code = ?", code)
        return GlAccount(*rows[0]) if rows else None

    def industries(self) -> list[Industry]:
        """The industry list that the city imported, by code: a thousand and more, to be read on no key's way."""
        rows = self.file.rows("SELECT code, title, phrases FROM industry ORDER BY code")
        return [industry_of(*row) for row in rows]

    def fee(self, code: str, on: str) -> Fee | None:
        """The fee with this code on a date (ISO); of several in force, the latest."""
        return max(
            (fee for fee, _ in self._fees if fee.code == code and fee.holds_on(on)),
            key=lambda fee: fee.effective_from,
            default=None,
        )

    def fees_like(self, text: str, on: str) -> list[Fee]:
        """At most ten fees on a date (ISO): those whose code begins with the text, then those with its words."""
        typed = words_of(text)
        if not typed:
            return []
        code = text.strip().upper()
        current = [(fee, words) for fee, words in self._fees if fee.holds_on(on)]
        by_code = [fee for fee, _ in current if fee.code.startswith(code)]
        by_words = [
            fee
            for fee, words in current
            if max(map(len, typed)) >= LEAST_WORD
            and fee not in by_code
            and all(any(word.startswith(part) for word in words) for part in typed)
        ]
        return (by_code + by_words)[:_MOST_FEES]

    def account(self, number: str) -> AccountRow | None:
        """The account with exactly this number."""
        return self.file.once(self._account, number)

    def languages(self, numbers: Iterable[str]) -> set[str]:
        """The languages that the holders of these accounts want papers in (ISO 639-1); empty for one not known."""
        return {self.file.once(self._language, number) for number in numbers}

    def _language(self, number: str) -> str:
        found = self.file.rows("SELECT language FROM account WHERE number = ?", number)
        return str(found[0][0]) if found else ""

    def search(self, text: str, limit: int = MOST_ROWS) -> list[AccountRow]:
        """The accounts a typed text can mean, at most `limit`: by number, name, address, telephone or a mixture.

        Any text is taken; what holds no letter or digit finds nothing.
        """
        for meaning in meanings(text, limit):
            if isinstance(meaning, Beginnings):
                rows = self.file.holding(meaning.words, limit)
            else:
                rows = self.file.answered(meaning)
            if rows:
                return list(map(_ROW, rows))
        return []

    def numbered(self, number: str) -> list[AccountRow]:
        """The accounts whose numbers have these letters and digits, separators aside; at most two."""
        return [AccountRow._make(row) for row in self.file.rows(NUMBERED, number_key(number))]

    def known_as(self, text: str, limit: int = MOST_ROWS) -> list[KnownAs]:
        """Accounts by the numbers of parcels, invoices, citations, licenses that begin as typed, in their order."""
        between = number_span(text)
        if between is None:
            return []
        return [KnownAs(number, what, _ROW(row)) for number, what, *row in self.file.rows(KNOWN_AS, *between, limit)]

    def owing(self, cents: int, limit: int = MOST_ROWS) -> list[AccountRow]:
        """Accounts whose open charges add up to so many cents, more than none, in the order of names."""
        return [AccountRow._make(row) for row in self.file.rows(OWING, cents, limit)]

    def owing_unflagged(self, offset: int, limit: int) -> list[AccountRow]:
        """Accounts that owe something and have no flag, by number, from the offset-th on: for exercises."""
        return [AccountRow._make(row) for row in self.file.rows(OWING_UNFLAGGED, limit, offset)]

    def search_nearly(self, text: str, limit: int = MOST_ROWS) -> list[AccountRow]:
        """At most `limit` accounts that a text may mean if one of its words is misspelled, in the order of names.

        Some of them `search` may give as well.
        """
        begun = beginnings_typed(text)
        if not any(len(word) >= SHORTEST and word.isalpha() for word in begun):
            return []
        return list(map(_ROW, self.file.nearly_holding(begun, limit)))

    def charges(self, account: str) -> tuple[ChargeRow, ...]:
        """An account's open charges, oldest first."""
        return self.file.once(self._charges, account)

    def accounts_of(self, party: str, limit: int = MOST_ROWS) -> list[AccountRow]:
        """The accounts of a party, at most `limit`."""
        return [AccountRow._make(row) for row in self.file.rows(OF_PARTY, party, limit)] if party else []

    def steps(self, account: str) -> list[StepRow]:
        """The lines of how the balances of an account's charges came about, charge by charge."""
        sql = (
            "SELECT s.charge, s.source, s.dated, s.what, s.cents, s.ordinance FROM charge c"
            " JOIN charge_step s ON s.charge = c.id WHERE c.account = ? ORDER BY s.charge, s.source, s.n"
        )
        return [StepRow._make(row) for row in self.file.rows(sql, account)]

    def flag_details(self, account: str) -> list[FlagDetail]:
        """Amounts and dates of an account's flags, older ones too."""
        sql = "SELECT flag, since, due, cents, note FROM account_flag WHERE account = ?"
        return [FlagDetail(*row) for row in self.file.rows(sql, account)]

    def notes(self, account: str) -> list[NoteRow]:
        """The notes about an account, newest first."""
        sql = "SELECT dated, author, note FROM account_note WHERE account = ? ORDER BY dated DESC, id DESC"
        return [NoteRow._make(row) for row in self.file.rows(sql, account)]

    def _operator(self, id_: str) -> Operator | None:
        sql = "SELECT id, name, roles, verifier, active_from, active_to FROM operator WHERE id = ?"
        rows = self.file.rows(sql, id_)
        return Operator(*rows[0]) if rows else None

    def _account(self, number: str) -> AccountRow | None:
        rows = self.file.rows(EXACT_NUMBER, number)
        return AccountRow._make(rows[0]) if rows else None

    def _charges(self, account: str) -> tuple[ChargeRow, ...]:
        sql = (
            "SELECT id, account, due, head, description, gl, amount_cents, balance_cents"
            " FROM charge WHERE account = ? ORDER BY due, id"
        )
        return tuple(ChargeRow(*row) for row in self.file.rows(sql, account))

    def _all_certificates(self) -> dict[tuple[str, str], str]:
        """Every payment asks for its terminal's; a city has as many terminals as windows."""
        rows = self.file.rows("SELECT code, public_key, certificate FROM terminal WHERE certificate <> ''")
        return {(code, public_key): certificate for code, public_key, certificate in rows}

    def _all_fees(self) -> tuple[tuple[Fee, list[str]], ...]:
        sql = (
            "SELECT code, description, unit_cents, gl, ordinance, effective_from, effective_to"
            " FROM fee ORDER BY code, effective_from"
        )
        fees = [Fee(*row) for row in self.file.rows(sql)]
        return tuple((fee, words_of(f"{fee.code} {fee.description}")) for fee in fees)


_ROW = partial(tuple.__new__, AccountRow)
"""AccountRow._make without its check of the length, which the SQL has: this runs fifty times a key."""
