"""Whether a batch's figures are true: each record's own sums, the running sums, and the totals, all added up again.

Nothing that a terminal says of its totals is believed; it is compared.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from countertui.domain.account_details import is_sound as is_of_account
from countertui.domain.card_charges import is_sound as is_card_charge
from countertui.domain.cash_rounding import MOST_ROUNDED, ROUNDING_CODE, ROUNDING_HEAD
from countertui.domain.charges import DRAWN_HEAD
from countertui.domain.courier import is_sound as is_courier
from countertui.domain.day_checklist import is_sound as is_checked_day
from countertui.domain.deposit_soundness import is_sound as is_of_deposit
from countertui.domain.drops import is_sound as is_drop
from countertui.domain.fund_changes import is_request_sound
from countertui.domain.fund_changes import is_sound as is_fund_change
from countertui.domain.hand_overs import is_sound as is_hand_over
from countertui.domain.license_act_soundness import is_sound as is_license_act
from countertui.domain.license_raised import discounts_of, is_raised_by
from countertui.domain.license_raised import is_sound as says_raised
from countertui.domain.money import LARGEST
from countertui.domain.paper_books import is_sound
from countertui.domain.receivables import is_sound as is_applied
from countertui.domain.receivables import is_sound_back as is_taken_back
from countertui.domain.record_data import RefundMethod
from countertui.domain.records import Kind
from countertui.domain.reference import AccountKind
from countertui.domain.remittances import is_sound as is_remittance
from countertui.domain.returned_checks import is_sound as says_returned
from countertui.domain.surprise_counts import is_sound as is_surprise
from countertui.domain.tenders import TenderKind
from countertui.domain.trust import is_sound as is_of_trust
from countertui.sync.batch import Batch

Body = Mapping[str, Any]

_TENDERS = frozenset(TenderKind)
_METHODS = frozenset(RefundMethod)
_KINDS = frozenset(Kind)
_MONEY = frozenset({Kind.PAY, Kind.VOID, Kind.REFUND})
_OF_RECEIPTS = frozenset({Kind.VOID_REQUEST, Kind.REFUND_REQUEST, Kind.VOID_REFUSAL, Kind.REFUND_REFUSAL})
_SESSION = frozenset({Kind.OPEN, Kind.CLOSE})
_REMITTANCES = frozenset({Kind.REMITTANCE_OPEN, Kind.REMITTANCE_CLOSE})
_CARDS = frozenset({Kind.CARD_UNKNOWN, Kind.CARD_SETTLED})
_OF_ACCOUNTS = frozenset({Kind.ACCOUNT_NOTE, Kind.ACCOUNT_CHANGE})
_OF_TRUST = frozenset({Kind.TRUST_REFUND_REQUEST, Kind.TRUST_REFUND, Kind.TRUST_REFUND_REFUSAL})
_OF_CREDIT = frozenset({Kind.APPLY, Kind.UNAPPLY})
_IN_A_DRAWER = _REMITTANCES | {Kind.DROP, Kind.SURPRISE_COUNT, Kind.FUND_REQUEST, Kind.FUND_CHANGE, Kind.HAND_OVER}
_DEPOSITS = frozenset(
    {Kind.DEPOSIT_COUNT, Kind.DEPOSIT, Kind.DEPOSIT_FINAL, Kind.DEPOSIT_TAKEN_BACK, Kind.DEPOSIT_ITEM_LOST}
    | {Kind.DEPOSIT_COPY}
)
_DATED = _SESSION | _OF_TRUST | _OF_CREDIT | _IN_A_DRAWER | _DEPOSITS
_DATED |= {Kind.PAPER_SPOILED, Kind.CHECKS_RETURNED, Kind.DAY_CHECKED, Kind.COURIER}
_NUMBERLESS = _DATED | _CARDS | _OF_ACCOUNTS
_SAYS: Mapping[str, tuple[Callable[[str, object], bool], str]] = {
    Kind.DROP: (lambda _, data: is_drop(data), "what was dropped of which drawer"),
    Kind.FUND_REQUEST: (lambda _, data: is_request_sound(data), "what change which drawer wants"),
    Kind.FUND_CHANGE: (lambda _, data: is_fund_change(data), "what of which drawer was changed"),
    Kind.HAND_OVER: (lambda _, data: is_hand_over(data), "which drawer was handed over"),
    Kind.SURPRISE_COUNT: (lambda _, data: is_surprise(data), "what was counted in which drawer"),
    Kind.DAY_CHECKED: (lambda _, data: is_checked_day(data), "how which step of the day's close stood"),
    Kind.CHECKS_RETURNED: (lambda _, data: says_returned(data), "which checks came back"),
    Kind.APPLY: (lambda _, data: is_applied(data), "what of which account"),
    Kind.UNAPPLY: (lambda _, data: is_taken_back(data), "what of which account"),
    Kind.COURIER: (lambda _, data: is_courier(data), "which bags went with which courier"),
    **dict.fromkeys(_DEPOSITS, (is_of_deposit, "what of which bank deposit")),
    **dict.fromkeys(_OF_TRUST, (is_of_trust, "what of which account")),
    **dict.fromkeys(_OF_ACCOUNTS, (is_of_account, "what of which account")),
    **dict.fromkeys(_REMITTANCES, (is_remittance, "what was counted or taken of which batch")),
    **dict.fromkeys(_CARDS, (is_card_charge, "which card charge, or how it was settled")),
}
"""What a kind's data must say by the rules of its own module, and what is told where it doesn't."""
_OF_A_CARD = ("ask", "brand", "last4")
_MOST_IN_DRAWER = LARGEST * 100
_MOST_FAULTS = 100
_LONGEST_TIME = 40
_ZERO = b"\\u0000"
"""How canonical JSON writes the character that PostgreSQL's text can't hold, and no name or note has."""
_HEAD = frozenset({"kind", "biz_date", "session", "utc", "operator", "approver", "receipt_no", "data"})
_TEXT_OR_NONE = frozenset({str, type(None)})


class UnsoundRecordError(ValueError):
    """A record whose own amounts don't add up, or aren't there."""


def faults_of_records(batch: Batch, cum_net: int, cum_abs: int, last_receipt: int | None) -> list[str]:
    """What is wrong with a batch's records, as a person reads it; empty if all is well.

    cum_net, cum_abs (cents) and last_receipt (the number's n, None if none is known) are those before the batch. Each
    record's sums are added up, the running sums recomputed, receipt numbers must follow one another.
    """
    faults: list[str] = []
    for body, (data, _) in zip(batch.bodies, batch.records, strict=True):
        if _ZERO in data and _holds_zero(body):
            faults.append(f"Record {body['seq']}: a text in it holds a zero character.")
        try:
            net = net_of(body)
            if body["kind"] == Kind.PAY:
                last_receipt = _next_receipt(body, last_receipt)
        except (UnsoundRecordError, KeyError, TypeError, AttributeError, ValueError) as fault:
            faults.append(f"Record {body['seq']} ({body.get('kind')}): {_why(fault)}.")
            net = 0
        cum_net += net
        cum_abs += abs(net)
        if not faults and (body.get("cum_net") != cum_net or body.get("cum_abs") != cum_abs):
            faults.append(f"Record {body['seq']}: its running sums are not those of the records before it.")
        if len(faults) >= _MOST_FAULTS:
            break
    return faults


NOT_SEALED = "The batch does not end with its one seal."


def faults_of_seal(batch: Batch, true: Mapping[str, Any]) -> list[str]:
    """Whether the batch ends with its one seal, and both say what its sound records add up to, `true` being that."""
    last = batch.bodies[-1] if batch.bodies else {}
    if last.get("kind") != Kind.SEAL or sum(body["kind"] == Kind.SEAL for body in batch.bodies) != 1:
        return [NOT_SEALED]
    data = last["data"]
    names = ("batch_no", "first_seq", "last_seq", "prev_head", "prev_batch_hash", "totals")
    if [data.get(name) for name in names] != [getattr(batch, name) for name in names]:
        return ["The seal and the batch around it differ."]
    said = batch.totals
    return [
        f"Totals, {name}: the seal says {said.get(name)}, its records add up to {true.get(name)}."
        for name in sorted(true.keys() | said.keys())
        if said.get(name) != true.get(name)
    ]


def last_receipt_of(batch: Batch) -> int | None:
    """The n of the last receipt number drawn in a sound batch; None if it drew none."""
    numbers = (body["receipt_no"] for body in reversed(batch.bodies) if body["kind"] == Kind.PAY)
    last = next(numbers, None)
    return None if last is None else int(last.rpartition("-")[2])


def unsound_records(batch: Batch) -> dict[int, str]:
    """Records whose own amounts don't add up or aren't there, by sequence number, and why."""
    found = {}
    for body in batch.bodies:
        try:
            net_of(body)
        except (UnsoundRecordError, KeyError, TypeError, AttributeError, ValueError) as fault:
            found[body["seq"]] = _why(fault)
    return found


def _why(fault: Exception) -> str:
    return str(fault) if isinstance(fault, UnsoundRecordError) else "a part is missing or of another kind"


def net_of(body: Body) -> int:
    """What a record adds to the money taken, in cents. Raises UnsoundRecordError."""
    if not body.keys() >= _HEAD:
        raise UnsoundRecordError("a part of its head is missing")
    kind = body["kind"]
    if kind not in _KINDS:
        raise UnsoundRecordError("its kind is not known here")
    if type(body["operator"]) is not str or type(body["approver"]) not in _TEXT_OR_NONE:
        raise UnsoundRecordError("it names no operator")
    data = body["data"]
    if type(data) is not dict or type(body["utc"]) is not str or not 10 <= len(body["utc"]) <= _LONGEST_TIME:
        raise UnsoundRecordError("it has no data or no time")
    if kind not in _MONEY:
        _need_license_act(body) if kind == Kind.LICENSE else _need_its_own(kind, body)
        return 0
    date.fromisoformat(body["biz_date"])
    if "raised" in data and not (kind == Kind.PAY and says_raised(data["raised"], body["id"])):
        raise UnsoundRecordError("it does not say what it raises")
    _need_lines(data)
    if kind == Kind.PAY:
        if "postmarked" in data:
            date.fromisoformat(data["postmarked"])
        _need_tenders(data)
        if type(body["session"]) is not str or type(data["payor"]) is not str:
            raise UnsoundRecordError("it has no session or no payor")
        if "paper" in data:
            _need_paper(data["paper"])
        if type(data.get("remittance", "")) is not str:
            raise UnsoundRecordError("it does not say which batch of mail it is of")
        return int(data["total_cents"])
    _need_no_number(body)
    _need_original(data)
    if data["request_seq"] is not None and type(data["request_seq"]) is not int:
        raise UnsoundRecordError("it does not say which request it answers")
    if kind == Kind.VOID:
        _need_tenders(data)
    elif data["method"] not in _METHODS:
        raise UnsoundRecordError("it is refunded in no way known here")
    return -int(data["total_cents"])


def _need_its_own(kind: str, body: Body) -> None:
    """What a record that moves no money must say."""
    data = body["data"]
    if kind in _OF_RECEIPTS:
        _need_original(data)
    if kind in _NUMBERLESS:
        _need_no_number(body)
    if kind in _DATED:
        date.fromisoformat(body["biz_date"])
    if kind in _SESSION:
        if type(body["session"]) is not str or type(data["drawer"]) is not str:
            raise UnsoundRecordError("it has no session or no drawer")
        if any(type(each["unknown_seq"]) is not int for each in data.get("open_cards", ())):
            raise UnsoundRecordError("it does not say which card charges are open")
        _need_fund(data) if kind == Kind.OPEN else _need_over_short(data)
    if kind in _IN_A_DRAWER and type(body["session"]) is not str:
        raise UnsoundRecordError("it has no session")
    if kind in _CARDS and type(body["session"]) not in _TEXT_OR_NONE:
        raise UnsoundRecordError("it has no session")
    if kind == Kind.PAPER_SPOILED:
        _need_paper(data)
    says = _SAYS.get(kind)
    if says is not None and not says[0](kind, data):
        raise UnsoundRecordError(f"it does not say {says[1]}")


def _need_license_act(body: Body) -> None:
    _need_no_number(body)
    date.fromisoformat(body["biz_date"] or body["utc"][:10])
    if not is_license_act(body["data"]):
        raise UnsoundRecordError("it does not say what was done with which license")


def _holds_zero(value: object) -> bool:
    if isinstance(value, str):
        return "\0" in value
    if isinstance(value, dict):
        return any(_holds_zero(each) for pair in value.items() for each in pair)
    return isinstance(value, list) and any(map(_holds_zero, value))


def _next_receipt(body: Body, last: int | None) -> int:
    terminal, _, digits = body["receipt_no"].rpartition("-")
    if terminal != body["terminal"] or not digits.isascii() or str(int(digits)) != digits:
        raise UnsoundRecordError("its receipt number is not of this terminal")
    if last is not None and int(digits) != last + 1:
        raise UnsoundRecordError(f"its receipt number is not the one after {terminal}-{last}")
    return int(digits)


def _need_no_number(body: Body) -> None:
    if body["receipt_no"] is not None:
        raise UnsoundRecordError("only a receipt has a receipt number")


def _need_paper(paper: object) -> None:
    if not is_sound(paper):
        raise UnsoundRecordError("it does not say from which paper receipt it was keyed in")


def _need_lines(data: Body) -> None:
    total, drawn = 0, False
    off = discounts_of(data.get("raised", ()))
    taken_off: list[str] = []
    for line in data["lines"]:
        spread, less = 0, False
        for part in line["allocations"]:
            cents = part["cents"]
            if type(cents) is int and cents < 0 and _is_draw(line, part):
                drawn = True
            elif type(cents) is int and -LARGEST <= cents < 0 and _is_discount(data, line, part, off):
                less = True
                taken_off.append(part["charge"])
            elif type(cents) is not int or (not 0 < cents <= LARGEST and not _is_rounding(line, part)):
                raise UnsoundRecordError("a part of a line is not more than zero cents, or too much")
            if (
                type(part["gl"]) is not str
                or type(part["head"]) is not str
                or type(part["charge"]) not in _TEXT_OR_NONE
            ):
                raise UnsoundRecordError("a part of a line has no GL account or head")
            spread += cents
        if spread != line["cents"] or (less and spread <= 0) or type(line["account"]) not in _TEXT_OR_NONE:
            raise UnsoundRecordError(f"line {line['n']} and its parts differ")
        total += spread
    if "original" not in data and sorted(taken_off) != sorted(off):
        raise UnsoundRecordError("a discount that it raises is not taken off once")
    if total != data["total_cents"] or not (total or drawn) or not 0 <= total <= LARGEST:
        raise UnsoundRecordError("the lines and the total differ")


def _is_rounding(line: Body, part: Body) -> bool:
    """Whether it is what rounding of cash added or took off, which alone may be less than nothing."""
    whole = line["fee"] == ROUNDING_CODE and line["account"] is None and len(line["allocations"]) == 1
    return whole and part["head"] == ROUNDING_HEAD and part["charge"] is None and 0 < abs(part["cents"]) <= MOST_ROUNDED


def _is_draw(line: Body, part: Body) -> bool:
    """Whether it is what a trust deposit pays with, which is less than nothing."""
    whole = type(line["account"]) is str and line["account_kind"] == AccountKind.TRUST and len(line["allocations"]) == 1
    return whole and part["head"] == DRAWN_HEAD and part["charge"] is None and part["cents"] >= -LARGEST


def _is_discount(data: Body, line: Body, part: Body, off: Mapping[str, int]) -> bool:
    """Whether it is what paying a license early takes off, as the record raises it, or the one that it takes back."""
    if type(line["account"]) is not str or type(part["charge"]) is not str:
        return False
    if "original" in data:
        return is_raised_by(part["charge"], str(data["original"]["id"]))
    return bool(off.get(part["charge"]) == part["cents"])


def _need_tenders(data: Body) -> None:
    change, tendered, cash = data["change_cents"], 0, 0
    for tender in data["tenders"]:
        cents = tender["cents"]
        if type(cents) is not int or cents <= 0 or tender["kind"] not in _TENDERS:
            raise UnsoundRecordError("a tender is not more than zero cents, or of no kind known here")
        if type(tender["reference"]) is not str:
            raise UnsoundRecordError("a tender's reference is no text")
        if any(type(tender.get(name, "")) is not str for name in _OF_A_CARD):
            raise UnsoundRecordError("a tender does not say under which id its card was asked")
        tendered += cents
        if tender["kind"] == TenderKind.CASH:
            cash += cents
    back = data.get("cash_back_cents", 0)
    if type(back) is not int or back < 0 or (back and (type(change) is not int or change != cash + back)):
        raise UnsoundRecordError("cash back is not what the change is more than the cash handed over")
    if type(change) is not int or not 0 <= change <= cash + back or tendered != data["total_cents"] + change:
        raise UnsoundRecordError("tenders, change and total do not fit one another")


def _need_original(data: Body) -> None:
    original = data["original"]
    if any(type(original[name]) is not str for name in ("id", "h", "receipt_no")):
        raise UnsoundRecordError("it does not say which receipt it is about")


def _need_fund(data: Body) -> None:
    for cents in (data["fund_cents"], data["counted_cents"]):
        if type(cents) is not int or not 0 <= cents <= _MOST_IN_DRAWER:
            raise UnsoundRecordError("its fund or its opening count is no sum of money")


def _need_over_short(data: Body) -> None:
    counted, expected = _by_tender(data["counted"]), _by_tender(data["expected"])
    found = _by_tender(data["over_short"])
    for kind in counted.keys() | expected.keys() | found.keys():
        if kind not in _TENDERS or found.get(kind, 0) != counted.get(kind, 0) - expected.get(kind, 0):
            raise UnsoundRecordError("over and short are not what was counted less what was expected")


def _by_tender(counts: Sequence[Body]) -> dict[str, int]:
    cents = {count["tender"]: count["cents"] for count in counts}
    if len(cents) != len(counts) or not all(type(c) is int and abs(c) <= _MOST_IN_DRAWER for c in cents.values()):
        raise UnsoundRecordError("a tender is counted twice, or not in cents")
    return cents
