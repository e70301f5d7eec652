"""A desk without a store: functions are answered by their name from plain lists, in the order of the calls."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import count
from pathlib import Path
from threading import Event
from typing import Any

from countertui.counter.account_glance import AgedCharge, Glance, Holding, NoteSeen, ReceiptSeen
from countertui.counter.applicants import SavedApplicant
from countertui.counter.card_charges import CardAsk, OpenCardCharge
from countertui.counter.card_charges import Found as Settled
from countertui.counter.cart import CartGone, CartNotDropped, Held, SavedCart
from countertui.counter.cash_drawer import NoSaleRefused
from countertui.counter.checks_taken import TakenCheck
from countertui.counter.chips import Chips
from countertui.counter.close_drawer import Closed, CloseNeedsLead, CloseNeedsSecond, CloseRefused
from countertui.counter.day_checklist import Checked, DayList
from countertui.counter.drafts import Draft, Form, SavedForm
from countertui.counter.exercise_given import ExerciseRefused
from countertui.counter.exercises import Offered, UnderWay
from countertui.counter.explain import Explained
from countertui.counter.find import FeeAsksAmount, Found, NotFound
from countertui.counter.fund_change import OpenRequest
from countertui.counter.give_back import give_back
from countertui.counter.hand_over import HandingOver
from countertui.counter.open_carts import AlsoOpen
from countertui.counter.open_drawer import DateNeedsLead, DrawerChoice, LeadNeeded
from countertui.counter.paper_choices import PaperChoiceRefused
from countertui.counter.paper_receipt import BookHere, PapersHere, without_book
from countertui.counter.print_queue import PrintNote
from countertui.counter.receipts import ReceiptRow
from countertui.counter.remittances import Running
from countertui.counter.renew_cart import Renewed, renewed_account
from countertui.counter.returned_checks import BankLine, Matched, ReturnRefused, TakenBack
from countertui.counter.scans import Scanned
from countertui.counter.seal_batch import Sealed
from countertui.counter.send_batches import Sent
from countertui.counter.sign_on import OperatorLocked, OwnPinNeeded, UnknownId, WrongPin
from countertui.counter.slips import SlipSaid
from countertui.counter.station import Person, Place, Session
from countertui.counter.take_office import OfficeTaken
from countertui.counter.take_payment import Taken
from countertui.counter.take_stick import Brought
from countertui.counter.tape import TapeEntry
from countertui.counter.void_receipt import VoidRefused, checked_reason
from countertui.counter.write_stick import Written
from countertui.domain import day_checklist
from countertui.domain.account_details import Detail, require_change, require_note
from countertui.domain.account_flags import FlagSaid
from countertui.domain.aging import aged, days_due
from countertui.domain.appearance import Choice
from countertui.domain.card_guard import refuse_card_numbers
from countertui.domain.charge_working import Step, working
from countertui.domain.charges import OpenCharge, total_owed
from countertui.domain.check_line import CheckLine
from countertui.domain.city import CityRules
from countertui.domain.day_checklist import DayRefused, Item, day_checked, left_open
from countertui.domain.device_reads import DeviceRead
from countertui.domain.difference_finder import Explanation
from countertui.domain.drawers import CashCount, Expected, TenderCount, over_short
from countertui.domain.drops import DropNeedsLead, bag_number, require_droppable
from countertui.domain.exercise_list import EXERCISES, exercise
from countertui.domain.exercises import Bill, Given, Verdict
from countertui.domain.fund_changes import require_equal
from countertui.domain.license_raised import Raised
from countertui.domain.micr import Micr, begins_a_line
from countertui.domain.money import Cents, format_cents
from countertui.domain.operators import refuse_weak_pin
from countertui.domain.paper_books import (
    PaperBook,
    PaperDateRefused,
    PaperNumber,
    PaperReceipt,
    PaperRefused,
    SpoiledNeedsLead,
    UnknownPaper,
    gaps,
    why_not_dated,
)
from countertui.domain.pay_record import pay_data
from countertui.domain.postings import PostingRules
from countertui.domain.receipts import AccountLine, Cart, FeeLine, remaining, settle
from countertui.domain.record_data import OriginalData
from countertui.domain.refusal import Refused
from countertui.domain.remittances import Origin, Remittance, RemittanceOff, Tally, checked_control
from countertui.domain.rights import Act, Role, may, require, require_second_person
from countertui.domain.scan_layouts import CheckDigitWrong
from countertui.domain.tender_rules import Breach, PaidFor, breaches
from countertui.domain.tenders import KEPT_IN_DRAWER, Tender, TenderKind
from countertui.domain.words import number_of
from countertui.errors import CounterError
from countertui.store.session_rows import DroppedRow

RULES = CityRules(
    name="City of Alder Ford",
    posting=PostingRules("999", {}, {}, {}, {}, "999-2200", "999-2900"),
)
PLACE = Place("DEMO-1", "City of Alder Ford", "HALL", "City Hall", "1 Ford St", "T1", 1)
PAPER_BOOK = PaperBook("B", 101, 150, "HALL", "2026-11-02")
PEOPLE = {
    "ana": (Person("ana", "Ana Quill", (Role.CASHIER,)), "1357"),
    "bo": (Person("bo", "Bo Marsh", (Role.CASHIER,)), "2468"),
    "lee": (Person("lee", "Lee Aldous", (Role.LEAD,)), "9753"),
    "tess": (Person("tess", "Tess Oakes", (Role.TECHNICIAN,)), "8642"),
}


def charge(id_: str, head: str, due: date, cents: int) -> OpenCharge:
    return OpenCharge(id_, head, due, f"{head.capitalize()} {due:%b %Y}", f"500-{head}", Cents(cents))


NEARLY = {"elilson": ("10422301",)}
"""What a misspelled text is nearly of."""
ACCOUNTS = {
    "10422301": (
        "Utility",
        "Marta Ellison",
        "118 Mill Race Rd",
        [
            charge("c1", "penalty", date(2026, 10, 1), 12_50),
            charge("c2", "sewer", date(2026, 11, 1), 31_20),
            charge("c3", "water", date(2026, 11, 1), 40_47),
        ],
    ),
    "10422302": ("Utility", "Marta Elling", "9 Weir Ln", [charge("c4", "water", date(2026, 11, 1), 55_00)]),
    "20005177": ("Utility", "Joss Bramble", "77 Cooper St", [charge("c5", "trash", date(2026, 11, 1), 18_00)]),
    "L-2041": ("License", "Bramble Bakery", "12 Market Sq", [charge("c6", "license", date(2026, 12, 31), 75_00)]),
    "30001": ("Utility", "Paid Up", "3 Calm Ct", []),
    "4111111111111111": ("Utility", "Odd Number", "1 Long Way", [charge("c7", "water", date(2026, 11, 1), 10_00)]),
}
PARTIES = {"20005177": "P7", "L-2041": "P7"}
"""Whose accounts are one party's."""
FEES = {
    "COPY": ("Copies, per page", 25, "100-4410"),
    "NOTARY": ("Notary", 10_00, "100-4420"),
    "MISC": ("Sundry receipt", None, "100-4990"),
}

RETURNABLE = {
    "1041": ("T1-5", "Marta Ellison", 84_17),
    "2200": ("T1-6", "Bramble Bakery and Confectionery of Market Square", 1_275_00),
    "17": ("T1-9", "Joss Bramble", 18_00),
}
"""Checks that may come back, by number: receipt, payor, cents."""

PAST_RECEIPT = Found(
    "past receipt", "T2-17", "T2-17", "Receipt", "ELLISON, RAY", "2026-10-02 · 45.00 · for 10422301", None, "", True
)


class UnconfirmedError(CounterError):
    """A commit whose answer was lost."""

    def __init__(self, *, recorded: bool | None) -> None:
        self.recorded = recorded
        held = {True: "HOLDS it", False: "does NOT hold it", None: "can't be read"}[recorded]
        super().__init__(
            "The disk did not confirm the last entry (disk I/O error).",
            f"The reopened store {held}; do not key it again. Everything before it is safe.",
            "Stop taking money. Restart the counter: it checks the journal first.",
        )


@dataclass
class FakeDesk:
    """`delays`: seconds by function name; `failures`: errors to raise once, by function name."""

    needs_passphrase: bool = False
    signed: bool = True
    delays: dict[str, float] = field(default_factory=dict)
    failures: dict[str, list[Exception]] = field(default_factory=dict)
    faults: Sequence[str] = ()
    rules: CityRules = RULES
    place: Place = PLACE
    roll: tuple[str, ...] | None = None
    choices: dict[str, Choice] = field(default_factory=dict)
    calls: list[tuple[str, tuple[Any, ...]]] = field(default_factory=list)
    saved: dict[str, tuple[Cart, str]] = field(default_factory=dict)
    drafts: dict[tuple[str, str, str], Draft] = field(default_factory=dict)
    laid: dict[str, tuple[Tender, ...]] = field(default_factory=dict)
    payments: list[tuple[Cart, tuple[Tender, ...]]] = field(default_factory=list)
    kicks: int = 0
    late: dict[tuple[str, str], tuple[Raised, ...]] = field(default_factory=dict)
    """What paying an account raises, by its number and the postmark."""
    returned: list[tuple[str, str, list[str]]] = field(default_factory=list)
    mail: Running | None = None
    mail_closed: tuple[Running, Any, str] | None = None
    expired: set[str] = field(default_factory=set)
    receipts: list[ReceiptRow] = field(default_factory=list)
    decided: list[ReceiptRow] = field(default_factory=list)
    session: Session | None = None
    failures_of: dict[str, int] = field(default_factory=dict)
    codes: dict[str, str] = field(default_factory=dict)
    chosen: dict[str, str] = field(default_factory=dict)
    sent: list[Sent] = field(default_factory=list)
    unlock_seconds: float = 0.0
    check_seconds: float = 0.0
    left: list[str] = field(default_factory=list)
    others: list[Session] = field(default_factory=list)
    counts: list[tuple[CashCount, dict[TenderKind, TenderCount]]] = field(default_factory=list)
    notes: list[PrintNote] = field(default_factory=list)
    printed: list[list[PrintNote]] = field(default_factory=list)
    printers: tuple[str, ...] = ("front counter",)
    shut: str = ""
    open: list[str] = field(default_factory=list)
    may_be: list[Explanation] = field(default_factory=list)
    dropped: list[tuple[str, CashCount]] = field(default_factory=list)
    drop_needs_lead: bool = False
    changed: list[tuple[CashCount, CashCount, str]] = field(default_factory=list)
    handed_over: list[tuple[str, str, str, str | None]] = field(default_factory=list)
    half: Session | None = None
    half_taken_by: str = ""
    wanted: list[OpenRequest] = field(default_factory=list)
    surprises: list[tuple[str, CashCount, str, str | None]] = field(default_factory=list)
    day: list[Item] = field(default_factory=list)
    """How steps of the day's close stand that are not done."""
    day_closed: Checked | None = None
    day_list_changes: list[list[Item]] = field(default_factory=list)
    days: list[dict[str, Any]] = field(default_factory=list)
    can_print: bool = False
    sticks: tuple[str, ...] = ()
    slips_said: list[SlipSaid] = field(default_factory=list)
    slipped: list[list[PrintNote]] = field(default_factory=list)
    no_sales: list[str] = field(default_factory=list)
    again: list[tuple[int, str]] = field(default_factory=list)
    closed: str | None = None
    closed_with: str | None = None
    papers: dict[int, str] = field(default_factory=dict)
    leads: list[Person | None] = field(default_factory=list)
    flags: tuple[FlagSaid, ...] = ()
    account_notes: list[tuple[str, str]] = field(default_factory=list)
    details: list[tuple[str, str, str]] = field(default_factory=list)
    put_in: list[CheckLine | Refused] = field(default_factory=list)
    trying: UnderWay | None = None
    scores: dict[str, list[int]] = field(default_factory=dict)
    asked: dict[str, tuple[str, CardAsk]] = field(default_factory=dict)
    open_cards: list[OpenCardCharge] = field(default_factory=list)
    settled: list[tuple[str, str, str, Settled]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._ids = count(1)
        self._tail: asyncio.Future[Any] | None = None

    @property
    def mark(self) -> str:
        return self.place.mark

    async def unlock(self, passphrase: str) -> None:
        await asyncio.sleep(self.unlock_seconds)
        if self.needs_passphrase and passphrase != "open sesame":
            raise WrongPin("That passphrase opens nothing.", press="Type it again.")

    async def check(self) -> Sequence[str]:
        await asyncio.sleep(self.check_seconds)
        return self.faults

    def job(self, function: Callable[..., Any], *args: Any, **kwargs: Any) -> Awaitable[Any]:
        self._tail = asyncio.ensure_future(self._do_after(self._tail, function, args))
        return self._tail

    def look(self, function: Callable[..., Any], *args: Any, **kwargs: Any) -> Awaitable[Any]:
        return asyncio.ensure_future(self._do(function, args))

    def errand(self, function: Callable[..., Any], *args: Any, **kwargs: Any) -> Awaitable[Any]:
        return asyncio.ensure_future(self._do(function, args))

    def at_printers(self, function: Callable[..., Any], *args: Any, **kwargs: Any) -> list[Awaitable[Any]]:
        return [asyncio.ensure_future(self._do(function, args))]

    def listen(self, told: Callable[[DeviceRead], None]) -> None:
        self.read = told

    async def idle(self) -> None:
        while self._tail is not None and not self._tail.done():
            await asyncio.wait([self._tail])

    async def _do_after(self, before: asyncio.Future[Any] | None, function: Callable[..., Any], args: Any) -> Any:
        if before is not None:
            await asyncio.wait([before])
        return await self._do(function, args)

    async def _do(self, function: Callable[..., Any], args: tuple[Any, ...]) -> Any:
        name = function.__name__
        await asyncio.sleep(self.delays.get(name, 0))
        self.calls.append((name, args))
        if self.failures.get(name):
            raise self.failures[name].pop(0)
        return getattr(self, f"_{name}")(*args)

    # What the functions of counter/ do, by name ----------------------------------------------------------------------

    def _virtual_paper(self, most: int) -> tuple[str, ...] | None:
        return None if self.roll is None else self.roll[-most:]

    def _keep_in_touch(self) -> bool:
        return False

    def _offered(self, _person: Person) -> list[Offered]:
        tries = ((each, self.scores.get(each.code, [])) for each in EXERCISES)
        return [Offered(each, max(mine, default=None), len(mine)) for each, mine in tries]

    def _under_way(self, _person: Person) -> UnderWay | None:
        return self.trying

    def _begin_exercise(self, _person: Person, session: Session | None, code: str) -> UnderWay:
        if session is None:
            raise ExerciseRefused(
                "This exercise needs a drawer of yours.", "Nothing began.", "F2 opens one; then again."
            )
        bill = Bill("10422301", "Marta Ellison", Cents(84_17))
        one = exercise(code)
        self.payments.clear()
        self.trying = UnderWay(1, one, one.task(Given(1, ("lee", "9753"), (bill,) * one.bills)), 0)
        return self.trying

    def _look_at_exercise(self, _person: Person, keys: int) -> Verdict | None:
        if self.trying is None or not self.payments:
            return None
        return self._ended(Verdict(100 if keys <= self.trying.exercise.keys else 92, True, ()))

    def _end_exercise(self, _person: Person, _keys: int) -> Verdict:
        wrong = ("No receipt stands for 10422301.", "84.17 was not taken.", "It was not paid with cash 84.17.")
        return self._ended(Verdict(24, False, wrong))

    def _ended(self, verdict: Verdict) -> Verdict:
        assert self.trying is not None
        self.scores.setdefault(self.trying.exercise.code, []).append(verdict.points)
        self.trying = None
        return verdict

    def _left_behind(self) -> list[str]:
        return self.left

    def _still_waits(self) -> list[str]:
        return self.left

    def _people(self) -> list[Person]:
        return [person for person, _ in PEOPLE.values()]

    def _demo_pins(self) -> tuple[tuple[str, str], ...]:
        return tuple((id_, pin) for id_, (_, pin) in PEOPLE.items())

    def _sign_on(self, id_: str, pin: str) -> Person:
        if pin == self.codes.get(id_):
            raise OwnPinNeeded("A one-time code is good for one thing.", press="Sign on with it first.")
        found = PEOPLE.get(id_.casefold())
        tries = self.failures_of.get(id_, 0)
        if tries >= 5 and found:
            raise OperatorLocked(
                f"{found[0].name} is locked after too many wrong PINs.", press="Ask a lead to unlock it."
            )
        if found is None or found[1] != pin:
            self.failures_of[id_] = tries + 1
            raise (WrongPin if found else UnknownId)(
                "That id and PIN don't belong together.",
                press=f"Type the PIN again: {number_of(4 - tries, 'try', 'tries')} left.",
            )
        return found[0]

    def _first_pin(self, id_: str, code: str, pin: str) -> Person:
        refuse_weak_pin(pin, id_)
        self.chosen[id_] = pin
        return PEOPLE[id_][0]

    def _change_pin(self, person: Person, present: str, pin: str) -> None:
        self._sign_on(person.id, present)
        refuse_weak_pin(pin, person.id)
        self.chosen[person.id] = pin

    def _sign_off(self, person: Person) -> None: ...

    def _locked_people(self) -> list[Person]:
        return [person for person, _ in PEOPLE.values() if self.failures_of.get(person.id, 0) >= 5]

    def _unlock_operator(self, approver: Person, id_: str) -> None:
        self.failures_of.pop(id_, None)

    def _second_person(self, id_: str, pin: str, act: Act, took_part: tuple[str, ...] = ()) -> Person:
        require_second_person(id_, took_part)
        person = self._sign_on(id_, pin)
        require(person.name, person.roles, act)
        return person

    def _drawers(self) -> list[DrawerChoice]:
        return [DrawerChoice("D1", "Front", 200_00, None), DrawerChoice("D2", "Window", 150_00, "bo")]

    def _suggested_business_date(self) -> str:
        return "2026-11-23"

    def _goes_on_with(self, person: Person) -> tuple[Session | None, Choice]:
        session = next((one for one in self._open_sessions() if one.operator == person.id), None)
        return session, self._own_choice(person)

    def _open_drawer(
        self, person: Person, drawer: str, day: date, cash: CashCount, approver: Person | None = None
    ) -> Session:
        days = (day - date(2026, 11, 23)).days
        if abs(days) > 7 and approver is None:
            raise DateNeedsLead(f"{day} is {abs(days)} days ago.", press="Esc and type the date again, or a lead.")
        if cash.total != 200_00 and approver is None:
            raise LeadNeeded(
                f"The count is {format_cents(cash.total)}; the fund is 200.00.",
                press="Esc and count again, or a lead types id and PIN.",
            )
        self.drafts.pop((Form.OPENING, "", person.id), None)
        self.session = Session("s1", drawer, person.id, person.name, day.isoformat(), 200_00, cash.total, 2)
        return self.session

    def _find(self, text: str) -> list[Found]:
        typed = text.strip()
        exact = [self._found(typed.upper(), exact=True)] if typed.upper() in ACCOUNTS else []
        code = typed.partition("*")[0].strip().upper()
        if code in FEES:
            exact.append(self._fee(code, typed, exact=True))
        exact += [
            Found("receipt", row.receipt_no, row.receipt_no, "Receipt", row.payor, row.biz_date, None, "", True)
            for row in self.receipts
            if row.receipt_no == typed.upper()
        ]
        exact += [one for one in (PAST_RECEIPT,) if one.key == typed.upper()]
        if not exact:
            refuse_card_numbers(typed)
        words = typed.casefold().split()
        found = [
            self._found(number, exact=False)
            for number, (_, name, address, _) in ACCOUNTS.items()
            if all(word in f"{number} {name} {address}".casefold() for word in words)
        ]
        found += [replace(self._found(number, exact=False), near=True) for number in NEARLY.get(typed, ())]
        fees = [self._fee(code, code, exact=False) for code in FEES if typed and code.startswith(typed.upper())]
        known = {one.number for one in exact}
        return [*exact, *(one for one in (*fees, *found) if one.number not in known)]

    def _recognise(self, line: str) -> Scanned | None:
        text = line.strip().upper()
        if text in ACCOUNTS:
            return Scanned("account", text, bare=True)
        if text.startswith("STUB-"):
            return Scanned("account", text.removeprefix("STUB-"), 84_00)
        if text.startswith("MISREAD"):
            raise CheckDigitWrong("A check digit is wrong.", "Nothing was added.", "Scan it again.")
        if text in {row.receipt_no for row in self.receipts}:
            return Scanned("receipt", text)
        if not begins_a_line(text):
            refuse_card_numbers(text, "What was scanned")
        return None

    def _read_check(self, told: Callable[[str], None], stop: Event) -> CheckLine | None:
        if not self.put_in:
            return None
        told("front counter")
        self.waits = stop
        found = self.put_in.pop(0)
        if isinstance(found, Refused):
            raise found
        return found

    def _new_applicant(self) -> str:
        return f"applicant{next(self._ids)}"

    def _applicants(self) -> list[SavedApplicant]:
        return [
            SavedApplicant(id_, draft.texts.get("name", ""), operator, draft.saved_at[:16])
            for (form, id_, operator), draft in self.drafts.items()
            if form == Form.APPLICANT
        ]

    def _take_applicant(self, person: Person, id_: str) -> Draft:
        (found,) = [key for key in self.drafts if key[1] == id_]
        self.drafts[Form.APPLICANT, id_, person.id] = self.drafts.pop(found)
        return self.drafts[Form.APPLICANT, id_, person.id]

    def _drop_applicant(self, id_: str) -> None:
        self.drafts = {key: draft for key, draft in self.drafts.items() if key[1] != id_}

    def _taken_today(self, micr: Micr, number: str) -> TakenCheck | None:
        same = [
            (row.receipt_no, tender.cents)
            for row, (_, tenders) in zip(reversed(self.receipts), self.payments, strict=False)
            for tender in tenders
            if (tender.micr, tender.reference) == (micr, number)
        ]
        return TakenCheck(*same[0]) if same else None

    def _found(self, number: str, *, exact: bool) -> Found:
        kind, name, address, charges = ACCOUNTS[number]
        flags = "cash-only" if number == "20005177" else ""
        return Found("account", number, number, kind, name, address, total_owed(charges), flags, exact)

    def _fee(self, code: str, typed: str, *, exact: bool) -> Found:
        description, cents, _ = FEES[code]
        price = f"{format_cents(cents)} each" if cents else "amount is typed"
        return Found("fee", typed.upper(), code, "Fee", description, price, None, "", exact)

    def _open_account(self, number: str, _operator: str = "", postmarked: str = "") -> AccountLine:
        kind, name, _, charges = ACCOUNTS[number]
        raised = self.late.get((number, postmarked), ())
        line = AccountLine(number, kind.lower(), name, tuple(charges), Cents(0), "500-credit", raised=raised)
        return replace(line, amount=line.owed if raised else total_owed(charges))

    def _last_receipt(self, _number: str) -> ReceiptSeen | None:
        return ReceiptSeen("T1-4", "2026-11-20", "Somebody", Cents(84_00), "", here=True)

    def _glance(self, number: str) -> Glance:
        if number not in ACCOUNTS:
            raise NotFound(f"There is no account {number}.")
        kind, name, address, charges = ACCOUNTS[number]
        changed = {detail: now for account, detail, now in self.details if account == number}
        on = date(2026, 11, 23)
        party = PARTIES.get(number, number)
        others = [one for one, of in PARTIES.items() if of == party and one != number]
        return Glance(
            number=number,
            label=kind,
            name=name,
            address=changed.get("address", address),
            phone=changed.get("phone", "555-010-0123"),
            status="active",
            party=party,
            owed=total_owed(charges),
            charges=tuple(AgedCharge(one, days_due(one.due, on)) for one in charges),
            aging=aged(charges, on),
            flags=self.flags,
            holdings=tuple(
                Holding(one, ACCOUNTS[one][0], ACCOUNTS[one][1], ACCOUNTS[one][2], total_owed(ACCOUNTS[one][3]))
                for one in (number, *others)
            ),
            more=False,
            receipts=(
                *(
                    ReceiptSeen(row.receipt_no, "2026-11-23", row.payor, row.total_cents, "", True)
                    for row in self.receipts
                ),
                ReceiptSeen("T9-4", "2026-10-02", "Marta Ellison", Cents(40_00), "taken back", here=False),
            ),
            notes=tuple(
                NoteSeen("2026-11-23", "ana", note) for account, note in self.account_notes if account == number
            ),
            on="2026-11-23",
            as_of="2026-11-23T06:00",
        )

    def _explain(self, number: str) -> Explained:
        _, name, _, charges = ACCOUNTS[number]
        workings = tuple(
            working(one, one.balance, [Step("2026-10-01", f"{one.head} billed", one.balance, "Ord. 1412")], ())
            for one in charges
        )
        return Explained(number, name, workings, total_owed(charges))

    def _add_note(self, person: Person, session: Session | None, account: str, note: str) -> None:
        require_note(note)
        self.account_notes.append((account, note))

    def _change_detail(
        self, person: Person, session: Session | None, account: str, detail: Detail, shown: str, now: str
    ) -> None:
        require_change(detail, shown, now)
        self.details.append((account, detail.value, now))

    def _open_fee(self, typed: str) -> FeeLine | FeeAsksAmount:
        code, _, quantity = typed.partition("*")
        description, cents, gl = FEES[code]
        if quantity and not 0 < int(quantity) <= 9999:
            raise NotFound("The quantity must be 1 to 9,999.", press=f"Type {code}*3.")
        if cents is None:
            return FeeAsksAmount(code, description, int(quantity or 1), gl)
        return FeeLine(code, description, int(quantity or 1), Cents(cents), gl)

    def _keep_draft(self, person: Person, form: Form, about: str, texts: Mapping[str, str]) -> None:
        self.drafts.pop((form, about, person.id), None)
        typed = {name: text for name, text in texts.items() if text}
        if typed and about not in {cart.id for cart, _ in self.payments}:
            self.drafts[form, about, person.id] = Draft(typed, "2026-11-23T09:41:07")

    def _draft_of(self, person: Person, form: Form, about: str) -> Draft | None:
        return self.drafts.get((form, about, person.id))

    def _newest_draft(self, person: Person, form: Form) -> tuple[str, Draft] | None:
        mine = [(key[1], draft) for key, draft in self.drafts.items() if key[::2] == (form, person.id)]
        return mine[-1] if mine else None

    def _forms(self) -> list[SavedForm]:
        return [
            SavedForm(form, about, operator, draft.saved_at, 62, "2026-11-25", expired=draft.expired)
            for (form, about, operator), draft in self.drafts.items()
            if form != Form.TENDER or about not in self.saved
        ]

    def _drop_form(self, item: SavedForm) -> None:
        del self.drafts[item.form, item.about, item.operator]

    def _forget(self, form: Form, about: str | None = None) -> None:
        """What a record's transaction forgets."""
        self.drafts = {key: d for key, d in self.drafts.items() if key[0] != form or about not in (None, key[1])}

    def _new_cart(self) -> Cart:
        return Cart(f"cart-{next(self._ids)}")

    def _save_cart(self, person: Person, held: Held) -> None:
        self._keep(held, "open")

    def _park_cart(self, person: Person, held: Held) -> None:
        self._keep(held, "parked")

    def _keep(self, held: Held, state: str) -> None:
        self.saved.pop(held.cart.id, None)
        self.laid.pop(held.cart.id, None)
        if not held.empty:
            self.saved[held.cart.id] = (held.cart, state)
            self.laid[held.cart.id] = held.tenders

    def _take_back(self, cart_id: str) -> Held:
        if cart_id not in self.saved:
            raise CartGone("That cart is not there any more.")
        return Held(self.saved[cart_id][0], self.laid[cart_id])

    def _renewed(self, held: Held, *_who: str) -> Renewed:
        lines, changes = [], []
        for line in held.cart.lines:
            fresh = self._open_account(line.account) if isinstance(line, AccountLine) else None
            changed = isinstance(line, AccountLine) and fresh is not None and fresh.charges != line.charges
            lines.append(renewed_account(line, fresh) if changed else line)
            if changed:
                changes.append(f"{line.account} changed, now owes {format_cents(fresh.amount)}.")
        return Renewed(replace(held, cart=replace(held.cart, lines=tuple(lines))), tuple(changes))

    def _carts(self) -> list[SavedCart]:
        return [
            SavedCart(cart.id, "ana", cart.payor, cart.total, len(cart.lines), state, "2026-11-23 09:41", *until)
            for cart, state in self.saved.values()
            for until in [(3 * 24 * 60, "2026-11-22", True) if cart.id in self.expired else (75, "2026-11-25", False)]
        ]

    def _set_aside_by(self, person: Person) -> int:
        return len(self.saved) if person.id == "ana" else 0

    def _also_open(self, cart_id: str, accounts: Sequence[str]) -> list[AlsoOpen]:
        return [
            AlsoOpen(account, f"the {state} cart of {Held(cart).name}", "ana", 75)
            for cart, state in self.saved.values()
            for account in cart.accounts
            if cart.id != cart_id and account in accounts
        ]

    def _drop_parked(self, cart_id: str) -> None:
        if self.laid[cart_id]:
            raise CartNotDropped("Money is laid beside it.", "Nothing was dropped.", "Enter takes it back.")
        self._drop_cart(cart_id)

    def _drop_cart(self, cart_id: str) -> None:
        charged = [cart for cart, _ in self.asked.values()] + [one.cart for one in self.open_cards]
        if cart_id in charged:
            raise CartNotDropped(
                "A card was charged for this cart, or may have been.", "Nothing was dropped.", "F10, E."
            )
        self.saved.pop(cart_id, None)

    def _tenders_broken(self, on: str, cart: Cart, tenders: Sequence[Tender]) -> tuple[Breach, ...]:
        numbers = [line.account for line in cart.lines if isinstance(line, AccountLine)]
        paid_for = [PaidFor(n, "utility", flags=frozenset({"cash-only"} if n == "20005177" else ())) for n in numbers]
        change = Cents(max(0, -remaining(cart, tenders)))
        return breaches(self.rules.tenders, "HALL", date.fromisoformat(on), paid_for, tenders, change)

    def _take_payment(
        self, session: Session, cart: Cart, tenders: Sequence[Tender], approver: Person | None = None
    ) -> Taken:
        settlement = settle(cart, tenders, self.rules.order, self.rules.tenders)
        self.payments.append((cart, tuple(tenders)))
        self.leads.append(approver)
        if cart.paper is not None:
            self.papers[cart.paper.number] = f"T1-{len(self.payments)}"
        self.saved.pop(cart.id, None)
        for tender in tenders:
            self.asked.pop(tender.ask, None)
        self._forget(Form.TENDER, cart.id)
        self._forget(Form.MAIL_PIECE, cart.id)
        number = f"T1-{len(self.payments)}"
        payor = cart.payor or next((line.name for line in cart.lines if isinstance(line, AccountLine)), "Walk-in")
        kinds = " + ".join(tender.kind.label for tender in tenders)
        gives = give_back(pay_data(settlement))
        row = ReceiptRow(
            number, "09:41", session.biz_date, payor, cart.total, kinds, "taken", "ana", 0, session.id, "", gives
        )
        self.receipts.insert(0, row)
        opens = not cart.remittance and any(tender.kind in KEPT_IN_DRAWER for tender in tenders)
        if cart.remittance and self.mail is not None:
            self.mail = self.mail.with_piece(cart.total)
        return Taken(number, settlement.total, settlement.change, "ABCDEFGHIJKL", 2 + len(self.payments), opens)

    def _receipts(self, text: str = "", session_id: str | None = None, limit: int = 50) -> list[ReceiptRow]:
        return [row for row in self.receipts if text.casefold() in f"{row.receipt_no} {row.payor}".casefold()]

    def _tape(self) -> list[TapeEntry]:
        paid = [
            TapeEntry(
                9,
                row.time,
                f"Receipt {row.receipt_no}",
                f"{row.payor}, {row.tenders.lower()}",
                row.operator,
                row.total_cents,
                row.receipt_no,
                "",
                f"{row.receipt_no} {row.payor}".casefold(),
            )
            for row in self.receipts
        ]
        closed = [TapeEntry(8, "17:02", "Drawer closed", "drawer D1", "ana", None, "", self.closed, "drawer closed d1")]
        return [
            *(closed if self.closed else []),
            *paid,
            TapeEntry(1, "08:01", "Signed on", "", "ana", None, "", "", "08:01 signed on ana"),
        ]

    def _ask_card(self, session: Session, cart: Cart, cents: Cents, again: CardAsk | None = None) -> CardAsk:
        ask = CardAsk(again.id if again else f"ask-{len(self.asked) + 1}", cents, "2026-11-23 09:41")
        self.asked[ask.id] = cart.id, ask
        return ask

    def _unanswered(self, held: Held) -> CardAsk | None:
        laid = {tender.ask for tender in held.tenders}
        return next((ask for cart, ask in self.asked.values() if cart == held.cart.id and ask.id not in laid), None)

    def _not_charged(self, ask: CardAsk) -> None:
        del self.asked[ask.id]

    def _say_unknown(self, session: Session, held: Held, ask_id: str) -> None:
        laid = next((tender for tender in held.tenders if tender.ask == ask_id), None)
        _, ask = self.asked.pop(ask_id)
        self._keep(Held(held.cart, tuple(tender for tender in held.tenders if tender is not laid)), "parked")
        said = "said to be reversed" if laid else "no answer came"
        self.open_cards.append(
            OpenCardCharge(
                ask_id,
                held.cart.id,
                session.id,
                "unknown",
                ask.cents,
                held.payor,
                session.operator,
                ask.asked_at,
                said,
                has_cart=True,
            )
        )

    def _open_charges(self) -> list[OpenCardCharge]:
        return self.open_cards

    def _settle_charge(self, person: Person, approver: Person, id_: str, found: Settled) -> None:
        self.open_cards = [one for one in self.open_cards if one.id != id_]
        self.settled.append((id_, person.id, approver.id, found))

    def _running(self, session: Session) -> Running | None:
        return self.mail

    def _open_remittance(self, session: Session, origin: Origin, pieces: str, cents: Cents) -> Running:
        self._forget(Form.MAIL_BATCH)
        self.mail = Running(Remittance("r1", 3, origin, checked_control(pieces, cents)), Tally(0, Cents(0)))
        return self.mail

    def _close_remittance(self, session: Session, batch: Remittance, approver: Any = None, reason: str = "") -> Running:
        found = self.mail
        assert found is not None
        if found.off and approver is None:
            raise RemittanceOff(f"The batch does not agree: {found.off}.", "It stays open.", "Esc, or a lead.")
        self._forget(Form.MAIL_DIFFERENCE)
        self.mail, self.mail_closed = None, (found, approver, reason)
        return found

    def _open_requests(self) -> list[ReceiptRow]:
        decided = {row.receipt_no for row in self.decided}
        return [row for row in self.receipts if row.state.endswith("requested") and row.receipt_no not in decided]

    def _decided_requests(self) -> list[ReceiptRow]:
        return self.decided

    def _carry_out(self, _person: Person, receipt_no: str, _session: Session | None) -> str:
        self.decided = [row for row in self.decided if row.receipt_no != receipt_no]
        return f"Receipt {receipt_no} is VOID, as lena decided."

    def _receipt_text(self, receipt_no: str) -> list[str]:
        row = self._row(receipt_no)
        mark = [] if row.state == "taken" else [row.state.upper().center(42)]
        return [
            *mark,
            "City of Alder Ford".center(42),
            f"Receipt {row.receipt_no}",
            f"Received from {row.payor}",
            "-" * 42,
            f"TOTAL {format_cents(row.total_cents)}",
            row.tenders,
        ]

    def _row(self, receipt_no: str) -> ReceiptRow:
        return next(row for row in self.receipts if row.receipt_no == receipt_no)

    def _set_state(self, receipt_no: str, state: str) -> None:
        row = self._row(receipt_no)
        if row.state == state:
            raise VoidRefused(f"Receipt {receipt_no} is already {state}.")
        self.receipts[self.receipts.index(row)] = replace(row, state=state)

    def _reprint(self, person: Person, receipt_no: str) -> int:
        row = self._row(receipt_no)
        self.receipts[self.receipts.index(row)] = replace(row, copies=row.copies + 1)
        return row.copies + 1

    def _void_now(self, asker: Person, approver: Person, receipt_no: str, reason: str) -> None:
        checked_reason(reason)
        self._forget(Form.VOID, receipt_no)
        self._set_state(receipt_no, "void")

    def _ask_void(self, asker: Person, receipt_no: str, reason: str) -> None:
        checked_reason(reason)
        self._forget(Form.VOID, receipt_no)
        self._set_state(receipt_no, "void_requested")

    def _ask_refund(self, asker: Person, receipt_no: str, reason: str, method: Any, session: Session | None) -> None:
        checked_reason(reason)
        self._forget(Form.REFUND, receipt_no)
        self._set_state(receipt_no, "refund_requested")

    def _approve_request(self, approver: Person, receipt_no: str, session: Session | None = None) -> None:
        self._set_state(receipt_no, "void")

    def _refuse_request(self, approver: Person, receipt_no: str, reason: str) -> None:
        checked_reason(reason)
        self._forget(Form.REFUSAL, receipt_no)
        self._set_state(receipt_no, "taken")

    def _x_report(self, viewer: Person, session: Session, revealed_by: Person | None = None) -> list[str]:
        lines = ["X REPORT".center(42), f"Receipts {len(self.receipts)}"]
        seer = revealed_by or (viewer if may(viewer.roles, Act.SEE_EXPECTED) else None)
        return [*lines, f"Shown to {seer.name}", "Expected cash 284.17"] if seer else lines

    def _z_report(self, session_id: str) -> list[str]:
        return ["Z REPORT".center(42), f"Session {session_id}", "Over/short 0.00"]

    def _open_items(self, session: Session) -> list[str]:
        return self.open or ([f"{len(self.saved)} cart not paid for."] if self.saved else [])

    def _commit_count(
        self,
        person: Person,
        session: Session,
        cash: CashCount,
        counts: dict[TenderKind, TenderCount],
        lead: Person | None = None,
    ) -> Any:
        if len(self.counts) >= self.rules.most_counts and lead is None and person.id == session.operator:
            raise CloseNeedsLead("This drawer was counted often.", press="A lead types id and PIN.")
        self.counts.append((cash, counts))
        expected = {TenderKind.CASH: Expected(TenderKind.CASH, 0, Cents(200_00 + self._cash_taken()))}
        return over_short(expected, {**counts, TenderKind.CASH: TenderCount(TenderKind.CASH, 0, cash.total)})

    def _drops(self, session: Session) -> list[DroppedRow]:
        return [DroppedRow(n, bag, count.total) for n, (bag, count) in enumerate(self.dropped, start=1)]

    def _drop_cash(
        self, person: Person, session: Session, bag: str, count: CashCount, lead: Person | None = None
    ) -> int:
        if self.drop_needs_lead and lead is None:
            raise DropNeedsLead("A bag was too much before.", press="A lead types id and PIN.")
        require_droppable(count, Cents(200_00 + self._cash_taken()))
        self.dropped.append((bag_number(bag), count))
        return len(self.dropped)

    def _change_wanted(self, session: Session) -> list[OpenRequest]:
        return self.wanted

    def _ask_change(self, person: Person, session: Session, wanted: CashCount) -> int:
        self._forget(Form.FUND_CHANGE, session.id)
        self.wanted.append(OpenRequest(9, [[cents, number] for cents, number in wanted.pieces], wanted.total))
        return 9

    def _change_fund(self, person: Person, session: Session, out: CashCount, back: CashCount, lead: Person) -> int:
        require_equal(out, back)
        self.changed.append((out, back, lead.id))
        return len(self.changed)

    def _take_over(
        self, giver: Person, closed: Session, taker: Person, count: CashCount, lead: Person | None = None
    ) -> Session:
        if count.total != closed.fund_cents and lead is None:
            raise LeadNeeded("The count is not the fund.", press="A lead types id and PIN.")
        self.handed_over.append((giver.id, closed.id, taker.id, lead.id if lead else None))
        self.drafts.pop((Form.HAND_OVER, closed.id, giver.id), None)
        return replace(closed, id="s8", operator=taker.id, operator_name=taker.name)

    def _surprise_count(
        self, person: Person, session: Session, cash: CashCount, counts: Any, reason: str, cashier: Person | None = None
    ) -> Any:
        require_second_person(person.id, (session.operator,))
        self.surprises.append((session.drawer, cash, reason, cashier.id if cashier else None))
        expected = {TenderKind.CASH: Expected(TenderKind.CASH, 0, Cents(200_00 + self._cash_taken()))}
        return over_short(expected, {**counts, TenderKind.CASH: TenderCount(TenderKind.CASH, 0, cash.total)})

    def _day_list(self) -> DayList:
        steps = day_checklist.Step
        other = {steps.CARTS: day_checklist.found(steps.CARTS, len(self.saved))}
        other |= {item.step: item for item in self.day}
        items = day_checklist.in_order(other.get(step, day_checklist.found(step, 0)) for step in steps)
        return DayList("2026-11-23", items, self.day_closed)

    def _close_day(self, person: Person, seen: DayList, reason: str) -> int:
        if self.day_list_changes:
            self.day = self.day_list_changes.pop(0)
            raise DayRefused("Something changed meanwhile.", "The day is not closed.", "Look again, then F9.")
        if self.day_closed is not None and not self.day_closed.since:
            raise DayRefused("The day is closed already.", "Nothing came since.", "F10, S seals and sends.")
        self.days.append(dict(day_checked(seen.items, reason)))
        self.day_closed = Checked("2026-11-23 17:05", person.id, len(left_open(seen.items)), 0)
        return 99

    def _explained(self, session: Session, found: Any) -> Any:
        return self.may_be

    def _may_come_from(self, session: Session) -> Any:
        return self.may_be

    def _cash_taken(self) -> int:
        return sum(tender.cents for _, tenders in self.payments for tender in tenders if tender.kind is TenderKind.CASH)

    def _close_drawer(self, person: Person, session: Session, reason: str, lead: Person | None = None) -> Closed:
        cash, _ = self.counts[-1]
        difference = cash.total - 200_00 - self._cash_taken()
        if abs(difference) > 5_00 and not reason:
            raise CloseRefused("A difference this large needs a reason.", press="Type the reason, or count again.")
        if abs(difference) > 50_00 and lead is None and person.id == session.operator:
            raise CloseNeedsLead("A difference this large needs a lead.", press="A lead types id and PIN.")
        if lead is None and person.id != session.operator:
            raise CloseNeedsSecond("It is closed by two people.", press="Who counted along types id and PIN.")
        self.closed_with = lead.id if lead else None
        self.closed, self.session = session.id, None
        self.drafts = {key: draft for key, draft in self.drafts.items() if key[1] != session.id}
        self.others = [one for one in self.others if one.id != session.id]
        return Closed(session.id, (), 9)

    def _close_to_hand_over(self, person: Person, session: Session, reason: str, lead: Person | None = None) -> Closed:
        closed = self._close_drawer(person, session, reason, lead)
        self.half = session
        self._keep_draft(person, Form.HAND_OVER, session.id, {"drawer": session.drawer})
        return closed

    def _handing_over(self, _giver: Person, session_id: str) -> HandingOver:
        assert self.half is not None
        assert self.half.id == session_id
        return HandingOver(self.half, self.half_taken_by, [[20_00, 10]] if self.half_taken_by else [])

    def _open_sessions(self) -> list[Session]:
        return [*self.others, *([self.session] if self.session else [])]

    def _closed_sessions(self, limit: int = 20) -> list[Any]:
        return []

    def _seal_batch(self, person: Person) -> Sealed:
        return Sealed(1, 1, 9, len(self.receipts), sum(row.total_cents for row in self.receipts))

    def _send_batches(self) -> list[Sent]:
        self.sent = [Sent(1, "posted", 84_17, 0, "")]
        return self.sent

    def _batches(self) -> list[Sent]:
        return self.sent

    def _take_snapshot(self, progress: Any) -> int | None:
        return 2

    def _ask_office(self) -> str:
        return ""

    def _media(self) -> tuple[str, ...]:
        return self.sticks

    def _write_folder(self, folder: Path, after: int | None) -> Written:
        return Written(folder, tuple(range((after or 11) + 1, 15)), 3)

    def _take_folder(self, folder: Path, progress: Any) -> Brought:
        refused = (
            "T3-1-4.ctb: 2 batches of T3 before batch 4 are not here; the last one is batch 1. At T3: F10, S, W, all"
            " after batch 1 (countertui batch export FOLDER --after 1); then bring that.",
        )
        return Brought((), 0, None, refused, (OfficeTaken("T2", 1, 14, 2, 118),), 3)

    def _print_waiting(self) -> list[PrintNote]:
        return self.printed.pop(0) if self.printed else []

    def _print_slips(self, told: Callable[[SlipSaid], None]) -> list[PrintNote]:
        for said in self.slips_said:
            told(said)
        self.slips_said = []
        return self.slipped.pop(0) if self.slipped else []

    def _endorse_again(self, person: Person, job: int, reason: str) -> None:
        if not reason:
            raise PaperChoiceRefused("A check is endorsed once. Once more needs a reason.", "", "Type why.")
        self.again.append((job, reason))
        self._it_printed(job)

    def _validate_stub(self, person: Person, receipt_no: str) -> None:
        self.again.append((0, receipt_no))

    def _printer_names(self) -> tuple[str, ...]:
        return self.printers

    def _later(self, job: int) -> None:
        self.notes = [replace(note, state="later") if note.job == job else note for note in self.notes]

    def _not_wanted(self, job: int) -> None:
        self._it_printed(job)

    def _stop_waiting(self, job: int) -> None:
        self.notes = [replace(note, state="uncertain") if note.job == job else note for note in self.notes]

    def _unprinted(self) -> list[PrintNote]:
        return self.notes

    def _it_printed(self, job: int) -> None:
        self.notes = [note for note in self.notes if note.job != job]

    def _print_again(self, person: Person, job: int, printer: str = "") -> None:
        self.again.append((job, printer))
        self._it_printed(job)

    def _open_without_sale(self, person: Person, session: Session, reason: str) -> int:
        if not reason:
            raise NoSaleRefused("A drawer opened without a sale needs a reason.", "It stays shut.", "Type why.")
        self.no_sales.append(reason)
        self._forget(Form.NO_SALE)
        return 99

    def _kick_drawer(self, seq: int) -> str:
        self.kicks += 1
        return self.shut

    def _papers_here(self, session: Session) -> PapersHere:
        keyed = dict.fromkeys(self.papers, "2026-11-20")
        following = max(keyed, default=100) + 1
        here = BookHere(PAPER_BOOK, len(keyed), following, tuple(gaps(PAPER_BOOK, keyed)))
        return PapersHere((here,), here.next_text, "2026-11-20" if keyed else session.biz_date)

    def _read_paper(self, session: Session, number: str, day: str) -> PaperReceipt:
        paper = without_book(number, day)
        if paper.number in self.papers:
            raise PaperRefused(f"{paper.text} was keyed in before: it is receipt {self.papers[paper.number]}.")
        if why := why_not_dated(PAPER_BOOK, paper.date, session.biz_date):
            raise PaperDateRefused(why, press="Type the date that stands on the paper, like 11/20/2026.")
        if not PAPER_BOOK.holds(PaperNumber(paper.series, paper.number)):
            raise UnknownPaper(f"No book of this office known here has {paper.text}.", press="Esc, or a lead.")
        return replace(paper, book=PAPER_BOOK.first_no)

    def _spoil_paper(self, session: Session, paper: PaperReceipt, reason: str, approver: Person | None = None) -> None:
        if approver is None:
            raise SpoiledNeedsLead(f"That {paper.text} was spoiled takes a second person.", press="Ask a lead; or Esc.")
        self.papers[paper.number] = "spoiled"
        self._forget(Form.PAPER)
        self.leads.append(approver)

    def _match(self, line: BankLine, listed: Sequence[Matched] = ()) -> Matched:
        told = "Nothing was recorded."
        if line.reference not in RETURNABLE:
            press = "Of another terminal's receipt: type the receipt's number too."
            raise ReturnRefused(f"No check {line.reference} was taken at this terminal.", told, press, "receipt")
        receipt_no, payor, cents = RETURNABLE[line.reference]
        if cents != line.cents:
            raise ReturnRefused(
                f"Check {line.reference} was {format_cents(cents)} of {receipt_no}.", told, "", "amount"
            )
        if any(one.receipt_no == receipt_no for one in listed):
            raise ReturnRefused(
                f"Check {line.reference} of receipt {receipt_no} is in the list already.", told, "", "number"
            )
        original = OriginalData(seq=7, h="", id="", receipt_no=receipt_no)
        return Matched(line, receipt_no, "2026-11-20", payor, "10422301", 35_00, original)

    def _check_on(self, receipt_no: str) -> tuple[str, Cents]:
        found = (number for number, (receipt, *_) in RETURNABLE.items() if receipt == receipt_no.upper())
        reference = next(found, None)
        if reference is None:
            raise ReturnRefused(f"There is no receipt {receipt_no} at this terminal.", "Nothing was recorded.")
        return reference, Cents(RETURNABLE[reference][2])

    def _return_checks(self, asker: Person, approver: Person, lines: Sequence[BankLine], source: str = "") -> TakenBack:
        matched = tuple(self._match(line) for line in lines)
        self.returned.append((asker.id, approver.id, [line.reference for line in lines]))
        for form in (Form.RETURNED_CHECK, Form.RETURNED_LIST):
            self.drafts.pop((form, "", asker.id), None)
        notice = ("       NOTICE OF A RETURNED CHECK", "", "Please pay now")
        return TakenBack(matched, tuple((*notice, f"Check {one.line.reference}") for one in matched))

    def _chips(self) -> Chips:
        return Chips("ok", 0, "online", 0, 1, 0, False, True, "", can_print=self.can_print)

    def _own_choice(self, person: Person) -> Choice:
        return self.choices.get(person.id, Choice())

    def _choose(self, person: Person, choice: Choice) -> None:
        self.choices[person.id] = choice
