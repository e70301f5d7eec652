"""The one box: what a typed or scanned text can mean, and the cart line it becomes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from countertui.counter.account_changes import as_changed, found_by_change
from countertui.counter.account_line import account_line
from countertui.counter.accounts import account_here
from countertui.counter.balances import open_charges
from countertui.counter.station import Station
from countertui.counter.today import fee_date, working_date
from countertui.counter.typed import LONGEST_REASON, checked_text
from countertui.domain.card_guard import refuse_card_numbers
from countertui.domain.dates import us_date
from countertui.domain.money import AmountRefused, Cents, format_cents, parse_amount
from countertui.domain.receipts import LARGEST_QUANTITY, AccountLine, FeeLine
from countertui.domain.reference import AccountKind, NumberKind
from countertui.domain.refusal import Refused
from countertui.domain.returned_checks import FLAG
from countertui.domain.short_codes import QUANTITY_MARK, begun, spelled_out
from countertui.domain.text import refuse_controls
from countertui.store import came_back_rows, journal_rows, money_here, receipt_rows
from countertui.store.reference_rows import AccountRow, Fee, KnownAs, PastReceipt
from countertui.store.words import number_key

MOST_FOUND = 50
FEW = 8
"""Of fewer results a screen has room for misspellings below them."""
MOST_NEAR = 20
MOST_KNOWN = 20
"""Accounts shown by the beginnings of other numbers: of more, one types on."""
LONGEST_TEXT = 200
MOST_RECEIPTS = 5
MOST_CODES = 3
AMONG_RECORDS = 2_000
"""An amount is looked for in the receipts among so many of the latest records: a week of a counter."""
AMOUNT_MARK = "="
APPLY = "license"
"""What is typed to apply for a license."""
_QUANTITY = re.compile(r"[0-9]{1,6}")


class NotFound(Refused):
    """Nothing here goes by that name."""


@dataclass(frozen=True, slots=True)
class Found:
    """One result: what it is (account, fee, receipt, past receipt, application), its key, what one chooses by.

    due_cents: owed, below zero a credit; None: no account. near: one word of it is spelled nearly as it was typed, so
    that somebody must choose it.
    """

    kind: str
    key: str
    number: str
    label: str
    name: str
    address: str
    due_cents: int | None
    flags: str
    exact: bool
    near: bool = False


APPLICATION = Found("application", APPLY, APPLY, "Form", "Apply for a license", "", None, "", exact=True)


@dataclass(frozen=True, slots=True)
class FeeAsksAmount:
    """A fee whose amount is typed: the line lacks only its unit price."""

    code: str
    description: str
    quantity: int
    gl: str

    def at(self, cents: Cents) -> FeeLine:
        """The line for an amount in cents."""
        return FeeLine(self.code, self.description, self.quantity, cents, self.gl)


def find(station: Station, text: str, limit: int = MOST_FOUND) -> list[Found]:
    """Everything the text can mean, best first: exact numbers and codes, then accounts by number, name, address, phone.

    Accounts are also found by the numbers of parcels, invoices, citations and licenses that lead to them. Where all
    that is little, receipts taken here follow, by payor, check number or approval code, those of other terminals that
    the snapshot knows, and accounts with one word spelled nearly as typed. `=84.17` is an amount: what owes it, and
    receipts over it. A city's short code is what it stands for, beside what else goes by its letters. An exact known
    number is recognised before the card-number guard. Raises CardNumberRefused, TextRefused.
    """
    typed = text.strip()[:LONGEST_TEXT]
    if not typed:
        return []
    codes = station.rules.short_codes
    means = spelled_out(typed, codes)
    if means is not None:
        meant = [_by_code(typed.partition(QUANTITY_MARK)[0], one) for one in _find(station, means, limit)]
        return [*_exact(station, typed), *meant][:limit]
    started = [
        replace(_by_code(code, one), exact=False)
        for code, meaning in begun(typed, codes)[:MOST_CODES]
        for one in _exact(station, meaning)[:1]
    ]
    return [*started, *_find(station, typed, limit)][:limit]


def _find(station: Station, typed: str, limit: int) -> list[Found]:
    exact = _exact(station, typed)
    if not exact:
        refuse_card_numbers(typed, "What was typed")
        refuse_controls(typed, "What was typed")
    if typed.startswith(AMOUNT_MARK):
        return _of_amount(station, typed.removeprefix(AMOUNT_MARK), limit)
    if QUANTITY_MARK in typed:
        # A fee with a quantity, never words to search for: a slip in the quantity must not sell something else.
        return exact
    seen = {(found.kind, found.key) for found in exact}
    rows = _each_once([*found_by_change(station, typed), *station.reference.search(typed, limit + 1)])
    others = [
        one for one in (*_fees_like(station, typed), *_as_lists_show(station, rows)) if (one.kind, one.key) not in seen
    ]
    seen |= {(one.kind, one.key) for one in others}
    if len(others) < limit:
        others += [one for one in _known_as(station, typed) if (one.kind, one.key) not in seen]
    if exact or len(others) >= FEW:
        return [*exact, *others][:limit]
    receipts = _receipts(station, typed)
    known = {row.number for row in rows}
    near = [row for row in station.reference.search_nearly(typed, MOST_NEAR) if row.number not in known]
    return [*others, *receipts, *(replace(one, near=True) for one in _as_lists_show(station, near))][:limit]


def open_account(station: Station, number: str, operator: str = "", postmarked: str = "") -> AccountLine:
    """A cart line for an account: all it owes now, with what paying it now raises. Raises NotFound, CardNumberRefused.

    operator: who takes it, as of whose drawer's date; postmarked: the day (ISO) of the postmark of what came by mail.
    """
    row = account_here(station, station.reader, number)
    if row is None:
        refuse_card_numbers(number, "What was typed")
        raise NotFound(f"There is no account {number[:LONGEST_TEXT]}.", press="Type a number, a name or an address.")
    return account_line(station, station.reader, row, working_date(station, station.reader, operator), postmarked)


def open_fee(station: Station, typed: str) -> FeeLine | FeeAsksAmount:
    """A cart line for a fee code with quantity, `COPY*3`. Raises NotFound, CardNumberRefused."""
    code, quantity = _code_and_quantity(typed)
    fee = station.reference.fee(code, fee_date(station, station.reader))
    if fee is None:
        refuse_card_numbers(typed, "What was typed")
        raise NotFound(f"There is no fee code {code[:24]}.", press="Type a fee code, like COPY*3.")
    if quantity is None or not 0 < quantity <= LARGEST_QUANTITY:
        raise NotFound(f"The quantity must be 1 to {LARGEST_QUANTITY:,}.", press=f"Type {fee.code}*3.")
    if fee.unit_cents is None:
        return FeeAsksAmount(fee.code, fee.description, quantity, fee.gl)
    return FeeLine(fee.code, fee.description, quantity, Cents(fee.unit_cents), fee.gl)


def with_amount(line: AccountLine, cents: Cents) -> AccountLine:
    """The line for another amount, allocated by the city's order again."""
    return replace(line, amount=cents, by_hand=(), reason="")


def put_on_account(line: AccountLine) -> AccountLine:
    """The line with all of its amount on the account, paying no charge; done twice, as it was at first."""
    return replace(line, on_account=not line.on_account, by_hand=(), reason="")


def with_parts(line: AccountLine, parts: Mapping[str, Cents], reason: str) -> AccountLine:
    """The line with each charge's part chosen by hand, charge id to cents, for a reason.

    Raises CardNumberRefused, TextRefused, TextTooLong for the reason.
    """
    reason = checked_text(reason, "The reason", LONGEST_REASON)
    chosen = tuple((charge, cents) for charge, cents in parts.items() if cents)
    amount = Cents(sum(cents for _, cents in chosen))
    return replace(line, amount=amount, by_hand=chosen, reason=reason, on_account=False)


def _by_code(code: str, found: Found) -> Found:
    """What a short code stands for, under that code in place of what it is, which its columns say."""
    return replace(found, label=code.strip().upper())


def _exact(station: Station, typed: str) -> list[Found]:
    found: list[Found] = []
    if typed.casefold() == APPLY:
        found.append(APPLICATION)
    row = account_here(station, station.reader, typed) or account_here(station, station.reader, typed.upper())
    if row is not None:
        charges = open_charges(station, station.reader, row.number, row.credit_gl)
        owed = sum(charge.balance for charge in charges)
        found.append(_account_found(_flagged(station, as_changed(station, station.reader, [row])[0]), owed, exact=True))
    code, _ = _code_and_quantity(typed)
    fee = station.reference.fee(code, fee_date(station, station.reader))
    if fee is not None:
        found.append(_fee_found(fee, typed.upper(), exact=True))
    receipt = receipt_rows.receipt_typed(station.reader, typed)
    if receipt is not None:
        found.append(replace(_receipt_found(receipt), exact=True))
    elif past := station.reference.past.receipt(typed.upper()):
        found.append(replace(_past_found(past), exact=True))
    seen = {(one.kind, one.key) for one in found}
    known = [one for one in _known_as(station, typed) if number_key(one.number) == number_key(typed)]
    return [*found, *(replace(one, exact=True) for one in known if (one.kind, one.key) not in seen)]


def _of_amount(station: Station, typed: str, limit: int) -> list[Found]:
    """Accounts that owe exactly that now, and receipts over it; nothing while the amount is half typed."""
    try:
        cents = parse_amount(typed)
    except AmountRefused:
        return []
    if not cents:
        return []
    after = station.reference.snapshot().seq
    paid = money_here.paid_accounts(station.reader, after)
    owing = [row for row in station.reference.owing(cents, limit) if row.number not in paid]
    known = (account_here(station, station.reader, number) for number in paid)
    owing += [row for row in known if row is not None and row.due_cents - paid[row.number] == cents]
    since = journal_rows.last_seq(station.reader) - AMONG_RECORDS
    receipts = receipt_rows.receipts_over(station.reader, cents, since, limit)
    return [*_as_lists_show(station, owing), *map(_receipt_found, receipts)][:limit]


def _as_lists_show(station: Station, rows: list[AccountRow]) -> list[Found]:
    """Accounts with what they owe now: less money taken here since the snapshot."""
    paid = money_here.paid_sums(station.reader, [row.number for row in rows], station.reference.snapshot().seq)
    return [
        _account_found(_flagged(station, row) if row.number in paid else row, row.due_cents - paid.get(row.number, 0))
        for row in as_changed(station, station.reader, rows)
    ]


def _each_once(rows: list[AccountRow]) -> list[AccountRow]:
    return list({row.number: row for row in rows}.values())


def _flagged(station: Station, row: AccountRow) -> AccountRow:
    """The account with what was said here of its checks since the snapshot."""
    if not came_back_rows.days_back(station.reader, row.number, station.reference.snapshot().seq):
        return row
    return row._replace(flags=" ".join(dict.fromkeys([*row.flags.split(), FLAG])))


def _known_as(station: Station, typed: str) -> list[Found]:
    """Accounts by other numbers than their own, each once, under the number and with what it is."""
    known: dict[str, KnownAs] = {}
    for one in station.reference.known_as(typed, MOST_KNOWN):
        known.setdefault(one.account.number, one)
    shown = _as_lists_show(station, [one.account for one in known.values()])
    return [
        replace(found, number=one.number, label=NumberKind(one.what).label)
        for found, one in zip(shown, known.values(), strict=True)
    ]


def _receipts(station: Station, typed: str) -> list[Found]:
    """Receipts taken here, then those of other terminals, each once."""
    here = [_receipt_found(row) for row in receipt_rows.receipts(station.reader, typed, None, MOST_RECEIPTS)]
    elsewhere: dict[str, list[PastReceipt]] = {}
    for row in station.reference.past.found(typed, MOST_RECEIPTS):
        if receipt_rows.receipt(station.reader, row.receipt_no) is None:
            elsewhere[row.receipt_no] = station.reference.past.receipt(row.receipt_no)
    return [*here, *map(_past_found, elsewhere.values())]


def _fees_like(station: Station, typed: str) -> list[Found]:
    code, _ = _code_and_quantity(typed)
    return [
        _fee_found(fee, fee.code, exact=False)
        for fee in station.reference.fees_like(code, fee_date(station, station.reader))
    ]


def _account_found(row: AccountRow, owed: int, *, exact: bool = False) -> Found:
    label = AccountKind(row.kind).label
    return Found("account", row.number, row.number, label, row.name, row.address, owed, row.flags, exact)


def _receipt_found(receipt: receipt_rows.ReceiptRecord) -> Found:
    said = f"{us_date(receipt.biz_date)} · {format_cents(receipt.total_cents)} · {receipt.state.replace('_', ' ')}"
    return Found(
        "receipt", receipt.receipt_no, receipt.receipt_no, "Receipt", receipt.payor, said, None, "", exact=False
    )


def _past_found(past: list[PastReceipt]) -> Found:
    number, said = past[0].receipt_no, " · ".join((us_date(past[0].biz_date), *past_words(past)))
    return Found("past receipt", number, number, "Receipt", past[0].payor, said, None, "", exact=False)


def past_words(past: list[PastReceipt]) -> tuple[str, ...]:
    """How much an earlier receipt took for which accounts, and whether it was voided, as far as the snapshot knows."""
    taken = format_cents(Cents(sum(row.cents for row in past)))
    accounts = "for " + ", ".join(dict.fromkeys(row.account for row in past))
    return (taken, accounts, "void") if all(row.voided for row in past) else (taken, accounts)


def _fee_found(fee: Fee, key: str, *, exact: bool) -> Found:
    price = fee.unit_cents
    shown = "amount is typed" if price is None else f"{format_cents(price)} each"
    return Found("fee", key, fee.code, "Fee", fee.description, shown, None, "", exact)


def _code_and_quantity(typed: str) -> tuple[str, int | None]:
    """A fee code in capitals and its quantity: 1 where none is typed, None where what is typed is no whole number."""
    code, mark, quantity = typed.partition(QUANTITY_MARK)
    if not mark:
        return code.strip().upper(), 1
    number = quantity.strip()
    return code.strip().upper(), int(number) if _QUANTITY.fullmatch(number) else None
