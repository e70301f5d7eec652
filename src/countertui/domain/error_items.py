"""Error items in plain words: what kind of thing a record said that could not stand, and what helps with each kind."""

from __future__ import annotations

from enum import StrEnum


class Way(StrEnum):
    """What two people can do with an error item."""

    AS_RECORDED = "as_recorded"
    TO_ACCOUNT = "to_account"
    TO_CHARGE = "to_charge"
    TO_GL = "to_gl"
    LOOKED_AT = "looked_at"
    PUT_RIGHT = "put_right"

    @property
    def label(self) -> str:
        """The words a person reads."""
        return {
            "as_recorded": "where the record says",
            "to_account": "to an account: what it owes, the rest its credit",
            "to_charge": "to one charge",
            "to_gl": "to a GL account",
            "looked_at": "no money moves: it was looked at",
            "put_right": "what the city's rows give: too much taken back, what lacks raised",
        }[self.value]


_WORDS: dict[str, str] = {
    "bad-operator": "A change of an operator that can't stand",
    "bag-handed-over-twice": "A bag handed to a courier twice",
    "bag-unknown": "A bag of no deposit known here",
    "bag-used-twice": "A bag number used twice",
    "card-charged": "A card was charged, and no receipt has it",
    "card-not-open": "A card charge settled that was not open",
    "card-not-settled": "Paid again while a card charge was open",
    "card-not-told": "A close that hides an open card charge",
    "card-other": "A card charge settled as another",
    "card-unknown": "Nobody knows whether a card was charged",
    "cash-back": "More cash given back than the city allows",
    "cash-back-owed": "Cash given back on a check that came back",
    "change-of-no-session": "Change for a drawer that was not open",
    "changed-twice": "Changed at two places at once",
    "closed-period": "It belongs to a closed month",
    "count-of-no-session": "A count of a drawer that was not open",
    "credit-gone": "Credit applied that was not there",
    "decided-otherwise": "The ledger had decided otherwise",
    "deposit-corrected": "A deposit whose money was moved before",
    "deposit-not-intact": "A deposit that is not what was received",
    "deposit-not-there": "A deposit that does not stand",
    "deposit-stays": "A deposit that can't be taken back any more",
    "deposit-waits": "A deposit that waits for drawers to come",
    "deposited-twice": "A drawer's money in two deposits",
    "drawer-at-two-terminals": "A drawer open at two terminals",
    "drawer-hidden": "A day's close that names no open drawer",
    "drawer-open-twice": "A drawer opened twice",
    "drop-of-no-session": "A drop from a drawer that was not open",
    "far-date": "A business date far from the day it was made",
    "final-not-all": "A day's final deposit that leaves drawers",
    "hand-over-of-no-session": "A drawer handed over that was not open",
    "hand-over-other-counts": "Other counts than a drawer's hand-over says",
    "item-not-open": "Given up, though no deposit lacks it",
    "left-open": "A day closed with something left open",
    "license-charges": "A license act that names other charges",
    "license-number": "A license number that can't stand",
    "license-paid": "A license changed after it was paid for",
    "license-state": "A license act that did not fit",
    "license-unpaid": "A license handed out that is not paid",
    "never-applied": "Credit taken back that was never applied",
    "no-bank": "A deposit, and no bank account is set",
    "no-deposit": "Drawn on what is no trust deposit",
    "no-right": "Somebody did what they may not",
    "not-approved": "No second person approved it",
    "not-cash": "Refunded in cash, not paid in cash",
    "not-released": "A deposit given back before its day",
    "operator-conflict": "An operator added twice",
    "other-account": "A deposit to another bank account",
    "other-apply": "Other credit taken back than was applied",
    "other-cash-back": "Other cash given back than is charged",
    "other-check": "A check came back that paid something else",
    "other-control": "A batch of mail that does not add up",
    "other-date": "Another business date than its drawer's",
    "other-drawer": "Another drawer than its session's",
    "other-expected": "Other figures expected than add up",
    "other-fee": "Another fee than the city's",
    "other-method": "Refunded another way than was asked",
    "other-money": "Other money taken back than was paid",
    "other-office": "A deposit of another office's drawers",
    "other-operator": "Somebody else's drawer",
    "other-party": "A deposit that paid for another party",
    "other-raised": "Penalty, interest or discount that differs",
    "other-receipt": "Another receipt than was named",
    "other-taken": "A batch of mail with other receipts",
    "over-cash-limit": "A cash refund above the limit",
    "overdrawn": "More drawn from a deposit than it held",
    "own-drawer": "Signed for a deposit of one's own drawer",
    "own-surprise-count": "A surprise count of one's own drawer",
    "paper-closed": "A paper receipt of a book given back",
    "paper-date": "A paper receipt dated as it can't be",
    "paper-office": "A paper receipt of another office's book",
    "paper-spoiled": "A paper number said to be spoiled",
    "paper-twice": "A paper receipt keyed in twice",
    "paper-unknown": "A paper receipt of no known book",
    "record-twice": "A record that was in the books already",
    "remittance-not-open": "Mail in a batch that was not open",
    "request-answered": "A request that was answered before",
    "returned-too-much": "A check came back for more than it paid",
    "self-approval": "Somebody approved their own",
    "session-closed": "Money in a drawer that was closed",
    "session-not-open": "Money in a drawer that was never opened",
    "session-open": "A refund while the drawer was open",
    "session-open-twice": "A session opened twice",
    "surprise-count-off": "A surprise count that was off",
    "suspense": "Money that went through suspense",
    "taken-back-twice": "Taken back twice",
    "unknown-account": "An account that is not known",
    "unknown-apply": "Credit taken back that nobody applied",
    "unknown-charge": "A charge that is not on the account",
    "unknown-decision": "A decision the ledger never made",
    "unknown-gl": "A GL account that can't be posted to",
    "unknown-license": "A license that is not known",
    "unknown-receipt": "A receipt that is not in the books",
    "unknown-request": "A request that is not in the books",
    "unknown-tender": "A tender without a GL account",
    "unsound-record": "A record that could not be posted",
}
_BY_ITSELF = frozenset({"card-unknown", "card-charged"})


def kind_words(reason: str) -> str:
    """What kind of thing an error item is, by its code; a code that is not known is read out."""
    return _WORDS.get(reason) or reason.replace("-", " ").capitalize()


def is_worded(reason: str) -> bool:
    """Whether there are words for that code."""
    return reason in _WORDS


def what_helps(reason: str, cents: int) -> str:
    """What a technician can do about an item of that code with so many cents in suspense (credited: positive)."""
    if reason in _BY_ITSELF:
        return "It closes by itself with the card's receipt, or once two people settle it at a counter."
    if reason == "deposit-waits":
        return "It is carried out by itself once the batches of its drawers come; send for them first."
    if reason == "closed-period":
        return "Post it where the record says, in a month that is open; or say where it belongs instead."
    if reason == "other-raised":
        return "Put it right as the city's rows give, or close it as looked at: what was raised stays."
    if reason == "paper-twice":
        return "Compare the paper: keyed in twice, it is given back; two papers, post it where the record says."
    if cents > 0:
        return "Read what the payor brought, then say where the money belongs."
    if cents < 0:
        return "Money went out that the rules do not allow: say which account or charge bears it."
    return "No money waits. Ask the people it names, then close it with what you found."
