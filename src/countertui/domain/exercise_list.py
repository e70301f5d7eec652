"""The exercises that ship with the program, in the order in which somebody learns the counter."""

from __future__ import annotations

from dataclasses import replace
from itertools import chain

from countertui.domain.drawers import DENOMINATIONS
from countertui.domain.exercise_wants import (
    Laid,
    WantedReceipt,
    batch_agrees,
    before,
    came_back,
    close_says_why,
    closed_off_by,
    counted_once,
    drawer_opened_for,
    in_the_name_of,
    keyed_from,
    opened_with,
    printed_again,
    receipts_stand,
    sealed,
    voided,
)
from countertui.domain.exercises import Bill, Drawer, Exercise, Given, Want
from countertui.domain.money import Cents, format_cents
from countertui.domain.rights import Act
from countertui.domain.tenders import TenderKind
from countertui.domain.words import number_of

FUND, LACKING, SHORT = Cents(200_00), Cents(5_00), Cents(3_00)
PAYOR = "Ottilie Vance"
DRAWER = "D2"
_TWENTY = 20_00


def _cash(cents: int) -> Laid:
    return Laid(TenderKind.CASH, Cents(cents))


def _check(given: Given, cents: int) -> Laid:
    return Laid(TenderKind.CHECK, Cents(cents), given.check)


def _total(given: Given) -> Cents:
    return Cents(sum(bill.cents for bill in given.bills))


def _due(bill: Bill) -> str:
    return f"{bill.key} ({bill.name}), {format_cents(bill.cents)}"


def handed(cents: Cents) -> Cents:
    """What somebody without coins hands over: whole twenties, more than it costs."""
    return Cents((cents // _TWENTY + 1) * _TWENTY)


def part(cents: Cents) -> Cents:
    """About half, in whole dollars."""
    return Cents(max(100, cents // 200 * 100))


def _one(wanted: WantedReceipt) -> tuple[Want, ...]:
    return *wanted.wants, receipts_stand(1)


def _exact(given: Given) -> tuple[Want, ...]:
    return _one(WantedReceipt(given.bills, (_cash(_total(given)),)))


def _change(given: Given) -> tuple[Want, ...]:
    notes = handed(_total(given))
    return _one(WantedReceipt(given.bills, (_cash(notes),), Cents(notes - _total(given))))


def _by_check(given: Given) -> tuple[Want, ...]:
    return _one(WantedReceipt(given.bills, (_check(given, _total(given)),)))


def _by_card(given: Given) -> tuple[Want, ...]:
    return _one(WantedReceipt(given.bills, (Laid(TenderKind.CARD, _total(given), f"OK{given.check}"),)))


def _by_money_order(given: Given) -> tuple[Want, ...]:
    return _one(WantedReceipt(given.bills, (Laid(TenderKind.MONEY_ORDER, _total(given), f"MO{given.check}"),)))


def _partial(given: Given) -> tuple[Want, ...]:
    some = replace(given.bills[0], cents=part(_total(given)))
    return _one(WantedReceipt((some,), (_cash(some.cents),)))


def _split(given: Given) -> tuple[Want, ...]:
    in_cash = part(_total(given))
    return _one(WantedReceipt(given.bills, (_cash(in_cash), _check(given, _total(given) - in_cash))))


def _parked(given: Given) -> tuple[Want, ...]:
    first, second = given.bills
    both = (WantedReceipt((bill,), (_cash(bill.cents),)).wants for bill in given.bills)
    return *chain.from_iterable(both), before(first, second), receipts_stand(2)


def _mail(given: Given) -> tuple[Want, ...]:
    pieces = (
        WantedReceipt((bill,), (Laid(TenderKind.CHECK, bill.cents, str(int(given.check) + n)),)).wants
        for n, bill in enumerate(given.bills)
    )
    return batch_agrees(given.bills), *chain.from_iterable(pieces), receipts_stand(len(given.bills))


def _mail_task(given: Given) -> str:
    pieces = "; ".join(
        f"{bill.key} {format_cents(bill.cents)} check {int(given.check) + n}" for n, bill in enumerate(given.bills)
    )
    return f"Key in the mail: {len(given.bills)} pieces, {format_cents(_total(given))}: {pieces}. Close the batch."


def _in_drawer(given: Given, less: Cents) -> str:
    """What the trainee finds in the drawer as they count, piece by piece."""
    left, found = given.cash - less, []
    for denomination in DENOMINATIONS:
        pieces, left = divmod(left, denomination)
        found += [f"{pieces}×{format_cents(denomination).removesuffix('.00')}"] if pieces else []
    found = [", ".join(found)]
    labels = {kind.value: kind.label.lower() for kind in TenderKind}
    found += [
        f"{number_of(pieces, labels[kind])}, {format_cents(cents)}" for kind, pieces, cents in given.others if pieces
    ]
    return "; ".join(found)


def _returned_task(given: Given) -> str:
    check = given.came_back
    if check is None:
        raise ValueError("there is no check to take back")
    return (
        f"The bank sent check {check.name} of {format_cents(check.cents)} back unpaid (NSF), receipt {check.key}."
        f" Take it back. A lead agrees: {given.lead[0]}, PIN {given.lead[1]}."
    )


EXERCISES: tuple[Exercise, ...] = (
    Exercise(
        "open-drawer",
        "Open a drawer",
        keys=10,
        seconds=90,
        drawer=Drawer.NONE,
        task=lambda _: (
            f"Open drawer {DRAWER} for today. You count its fund: 5×20, 5×10, 6×5, 20×1, {format_cents(FUND)} in all."
        ),
        wants=lambda _: (opened_with(FUND),),
    ),
    Exercise(
        "exact-cash",
        "A bill, exact cash",
        keys=2,
        seconds=20,
        bills=1,
        task=lambda given: f"Take the bill {_due(given.bills[0])}, in cash, to the cent.",
        wants=_exact,
    ),
    Exercise(
        "cash-change",
        "Cash with change",
        keys=3,
        seconds=25,
        bills=1,
        task=lambda given: (
            f"Take the bill {_due(given.bills[0])}. You are handed {format_cents(handed(_total(given)))} in cash."
        ),
        wants=_change,
    ),
    Exercise(
        "check",
        "A bill by check",
        keys=3,
        seconds=30,
        bills=1,
        task=lambda given: f"Take the bill {_due(given.bills[0])}, by check number {given.check}.",
        wants=_by_check,
    ),
    Exercise(
        "one-check",
        "Three bills, one check",
        keys=5,
        seconds=60,
        bills=3,
        task=lambda given: (
            f"Take {given.bills[0].key}, {given.bills[1].key} and {given.bills[2].key}, {format_cents(_total(given))}"
            f" in all, on one receipt, by check number {given.check}."
        ),
        wants=_by_check,
    ),
    Exercise(
        "fee-card",
        "A fee by card",
        keys=3,
        seconds=30,
        fee="COPY*3",
        task=lambda given: (
            f"Sell three copies (COPY), {format_cents(_total(given))}, by card. The card terminal approves:"
            f" code OK{given.check}."
        ),
        wants=_by_card,
    ),
    Exercise(
        "money-order",
        "A bill by money order",
        keys=3,
        seconds=30,
        bills=1,
        task=lambda given: f"Take the bill {_due(given.bills[0])}, by money order number MO{given.check}.",
        wants=_by_money_order,
    ),
    Exercise(
        "partial",
        "Only a part",
        keys=4,
        seconds=30,
        bills=1,
        task=lambda given: (
            f"{given.bills[0].key} ({given.bills[0].name}) owes {format_cents(_total(given))}. Take"
            f" {format_cents(part(_total(given)))} of it, in cash, to the cent."
        ),
        wants=_partial,
    ),
    Exercise(
        "split",
        "Cash and check",
        keys=5,
        seconds=45,
        bills=1,
        task=lambda given: (
            f"Take the bill {_due(given.bills[0])}: {format_cents(part(_total(given)))} in cash, the rest by check"
            f" number {given.check}."
        ),
        wants=_split,
    ),
    Exercise(
        "payor",
        "Somebody else pays",
        keys=4,
        seconds=45,
        bills=1,
        task=lambda given: (
            f"{PAYOR} pays the bill {_due(given.bills[0])}, in cash, and wants the receipt in that name."
        ),
        wants=lambda given: (*_exact(given), in_the_name_of(PAYOR)),
    ),
    Exercise(
        "park",
        "Park a cart",
        keys=6,
        seconds=60,
        bills=2,
        task=lambda given: (
            f"Put {given.bills[0].key} into the cart; its payor looks for the purse. Meanwhile take"
            f" {given.bills[1].key} in exact cash. Then take the first, in exact cash."
        ),
        wants=_parked,
    ),
    Exercise(
        "reprint",
        "Print a receipt again",
        keys=4,
        seconds=40,
        bills=1,
        task=lambda given: f"Take the bill {_due(given.bills[0])}, in exact cash. The paper tore: print it again.",
        wants=lambda given: (*_exact(given), printed_again),
    ),
    Exercise(
        "void",
        "A void with approval",
        keys=7,
        seconds=90,
        bills=1,
        task=lambda given: (
            f"Take the bill {_due(given.bills[0])}, in exact cash. It was the wrong account: void that receipt."
            f" A lead approves it: {given.lead[0]}, PIN {given.lead[1]}."
        ),
        wants=lambda given: (voided(given.bills[0]), receipts_stand(0)),
    ),
    Exercise(
        "no-sale",
        "Open the drawer without a sale",
        keys=3,
        seconds=30,
        task=lambda _: "Somebody wants change for a note. Open the drawer without a sale; the reason is: change.",
        wants=lambda _: (drawer_opened_for("change"),),
    ),
    Exercise(
        "mail-batch",
        "A batch of mail",
        keys=12,
        seconds=120,
        bills=3,
        task=_mail_task,
        wants=_mail,
    ),
    Exercise(
        "paper-receipt",
        "Key in a paper receipt",
        keys=5,
        seconds=60,
        bills=1,
        task=lambda given: (
            f"While the power was out, paper receipt {given.paper} was written today for {_due(given.bills[0])},"
            " paid in exact cash. Key it in."
        ),
        wants=lambda given: (*_exact(given), keyed_from(given.paper)),
    ),
    Exercise(
        "close",
        "Close a drawer",
        keys=22,
        seconds=120,
        task=lambda given: f"Close your drawer. You count {_in_drawer(given, Cents(0))}.",
        wants=lambda _: (closed_off_by(Cents(0)), counted_once),
    ),
    Exercise(
        "open-short",
        "A fund that is short",
        keys=12,
        seconds=120,
        drawer=Drawer.NONE,
        task=lambda given: (
            f"Open drawer {DRAWER}. You count 5×20, 5×10, 5×5, 20×1: it lacks"
            f" {format_cents(LACKING)}. A lead approves that: {given.lead[0]}, PIN {given.lead[1]}."
        ),
        wants=lambda _: (opened_with(Cents(FUND - LACKING)),),
    ),
    Exercise(
        "close-short",
        "Close with a shortage",
        keys=22,
        seconds=150,
        task=lambda given: (
            f"Close your drawer. You count {_in_drawer(given, SHORT)}: it is short. Count once, and say why:"
            " wrong change."
        ),
        wants=lambda _: (closed_off_by(Cents(-SHORT)), counted_once, close_says_why),
    ),
    Exercise(
        "returned-check",
        "A returned check",
        keys=8,
        seconds=90,
        drawer=Drawer.NONE,
        act=Act.CORRECT,
        names_a_check=True,
        task=_returned_task,
        wants=lambda given: (came_back(given.came_back),) if given.came_back is not None else (),
    ),
    Exercise(
        "seal",
        "Seal and send",
        keys=2,
        seconds=30,
        drawer=Drawer.NONE,
        act=Act.SEAL,
        task=lambda _: "The drawers are closed. Seal what is recorded and send it to the ledger.",
        wants=lambda _: (sealed,),
    ),
)


def exercise(code: str) -> Exercise:
    """The exercise of that code. Raises KeyError for none."""
    return _BY_CODE[code]


_BY_CODE = {one.code: one for one in EXERCISES}
