"""Mail and the dropbox by keys: counted first, two keys a piece, closed when it agrees or a lead accepts it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from countertui.counter.tenders_allowed import TenderNotAllowed
from countertui.domain.check_line import CheckLine
from countertui.domain.license_fees import Worked
from countertui.domain.license_raised import Raised
from countertui.domain.micr import Micr
from countertui.domain.money import Cents
from countertui.domain.receipts import AccountLine
from countertui.domain.refusal import Refused
from countertui.domain.remittances import Origin
from countertui.domain.tender_rules import Breach
from countertui.domain.tenders import Tender, TenderKind
from countertui.errors import EnvironmentFault
from screens.fake_desk import UnconfirmedError

CHECK = TenderKind.CHECK


async def begin(counter, *, pieces: str = "2", total: str = "159.17", origin: str = "1") -> None:
    await counter.by_hand("f10", "m", origin, "enter", *pieces, "enter", *total, "enter")


def taken(counter) -> list[tuple[list[tuple[str, int]], tuple[Tender, ...], str]]:
    return [
        ([(line.account, line.amount) for line in cart.lines if isinstance(line, AccountLine)], laid, cart.remittance)
        for cart, laid in counter.desk.payments
    ]


async def test_a_batch_is_counted_keyed_in_and_closed_when_it_agrees(open_counter):
    async with open_counter() as counter:
        await begin(counter)
        assert "0 of 2 pieces" in counter.screen()
        await counter.keys(*"10422301", "enter", *"1041", "enter")
        assert "1 of 2 pieces   84.17 of 159.17   left 1 piece, 75.00" in counter.screen()
        await counter.keys(*"L-2041", "enter", *"77", "enter")
        assert "AGREES: F9" in counter.screen()
        assert taken(counter) == [
            ([("10422301", 84_17)], (Tender(CHECK, 84_17, "1041"),), "r1"),
            ([("L-2041", 75_00)], (Tender(CHECK, 75_00, "77"),), "r1"),
        ]
        await counter.keys("f9")
        assert counter.desk.mail is None
        assert "The batch is closed: 2 pieces, 159.17. It agrees." in counter.message
        assert counter.desk.kicks == 0


async def test_the_amount_is_typed_only_where_the_check_says_another(open_counter):
    async with open_counter() as counter:
        await begin(counter)
        await counter.keys(*"10422301", "enter", *"1041", "tab", *"50", "enter")
        assert taken(counter) == [([("10422301", 50_00)], (Tender(CHECK, 50_00, "1041"),), "r1")]


async def test_a_name_that_several_have_is_chosen(open_counter):
    async with open_counter() as counter:
        await begin(counter)
        await counter.keys(*"marta", "enter")
        assert counter.desk.payments == []
        await counter.keys("down", "enter", *"9", "enter")
        assert taken(counter)[0][0] == [("10422302", 55_00)]


async def test_one_check_for_several_accounts_is_one_piece(open_counter):
    async with open_counter() as counter:
        await begin(counter, pieces="1")
        await counter.keys(*"10422301", "enter", *"1041", "f4")
        assert "The check pays 10422301: 84.17, and" in counter.screen()
        await counter.keys(*"10422301", "enter")
        assert "This check pays 10422301 already" in counter.message
        await counter.keys(*"L-2041", "enter")
        assert "beside 1 account, 84.17" in counter.screen()
        await counter.keys("enter")
        assert taken(counter) == [([("10422301", 84_17), ("L-2041", 75_00)], (Tender(CHECK, 159_17, "1041"),), "r1")]
        assert "AGREES" in counter.screen()


async def test_a_piece_may_be_cash_or_a_money_order(open_counter):
    async with open_counter() as counter:
        await begin(counter, origin="d")
        assert counter.desk.mail.batch.origin is Origin.DROPBOX
        await counter.keys(*"10422301", "enter", "f5", "enter")
        await counter.keys(*"L-2041", "enter", "f8", *"M7", "enter")
        assert [laid for _, laid, _ in taken(counter)] == [
            (Tender(TenderKind.CASH, 84_17),),
            (Tender(TenderKind.MONEY_ORDER, 75_00, "M7"),),
        ]


async def test_it_does_not_close_until_a_lead_accepts_the_difference(open_counter):
    async with open_counter() as counter:
        await begin(counter)
        await counter.keys(*"10422301", "enter", *"1041", "enter", "f9")
        assert "1 piece too few, 75.00 too little" in counter.message
        await counter.keys("f9")
        assert "needs a reason" in counter.message
        await counter.by_hand(*"unsigned", "enter", *"bo", "enter", *"2468", "enter")
        assert "may not" in counter.message
        assert "2468" not in counter.screen()
        assert counter.desk.mail is not None
        await counter.keys(*"lee", "enter", *"9753", "enter")
        found, lead, reason = counter.desk.mail_closed
        assert (found.taken.pieces, lead.id, reason) == (1, "lee", "unsigned")


async def test_esc_goes_on_with_a_batch_that_does_not_agree(open_counter):
    async with open_counter() as counter:
        await begin(counter)
        await counter.keys("f9", "escape", *"10422301", "enter", *"1041", "enter")
        assert len(counter.desk.payments) == 1


async def test_it_goes_on_where_it_was_left_and_a_piece_half_typed_is_back_and_not_taken(open_counter):
    async with open_counter() as counter:
        await begin(counter)
        await counter.keys(*"10422301", "enter", *"10", "f2")
        await counter.keys("f10", "m")
        assert "0 of 2 pieces" in counter.screen()
        assert "Nothing of it is recorded yet" in counter.message
        assert counter.app.area.piece.row.text.value == "10"
        assert counter.desk.payments == []


async def test_a_check_without_its_number_is_asked_for_it(open_counter):
    async with open_counter() as counter:
        await begin(counter)
        await counter.keys(*"10422301", "enter", "enter")
        assert "needs its check no" in counter.message
        await counter.keys(*"7", "enter")
        assert len(counter.desk.payments) == 1


async def test_a_tender_that_is_not_allowed_leaves_the_piece_as_typed(open_counter):
    async with open_counter() as counter:
        await begin(counter)
        counter.desk.failures["take_payment"] = [TenderNotAllowed(())]
        await counter.keys(*"20005177", "enter", *"7", "enter")
        assert "set the piece aside" in counter.message
        assert counter.desk.payments == []
        assert "0 of 2" in counter.screen()


async def test_a_commit_that_failed_can_be_tried_again_as_the_same_receipt(open_counter):
    async with open_counter() as counter:
        await begin(counter)
        counter.desk.failures["take_payment"] = [EnvironmentFault("The disk is full.", "Nothing was recorded.", "")]
        await counter.keys(*"10422301", "enter", *"7", "enter")
        assert "disk is full" in counter.message
        await counter.keys("enter")
        ids = [args[1].id for name, args in counter.desk.calls if name == "take_payment"]
        assert len(ids) == 2
        assert len(set(ids)) == 1


@pytest.mark.parametrize("recorded", [True, None])
async def test_a_piece_that_may_be_recorded_is_not_taken_again(open_counter, recorded):
    async with open_counter() as counter:
        await begin(counter)
        counter.desk.failures["take_payment"] = [UnconfirmedError(recorded=recorded)]
        await counter.keys(*"10422301", "enter", *"7", "enter", "enter", "enter")
        assert ("RECORDED, 10422301" if recorded else "NOT KNOWN whether it is recorded") in counter.message
        assert sum(name == "take_payment" for name, _ in counter.desk.calls) == 1
        assert counter.app.store_is_lost is (recorded is None)
        assert ("1 of 2" if recorded else "0 of 2") in counter.screen()


async def test_a_check_reader_fills_the_row_and_a_check_of_today_is_asked_about(open_counter):
    async with open_counter() as counter:
        await begin(counter)
        micr = Micr("061112788", "3299753808")
        area = counter.app.area
        await counter.keys(*"10422301", "enter")
        await area.take_check(CheckLine(micr, "1041"))
        await counter.keys("enter")
        assert taken(counter)[0][1] == (Tender(CHECK, 84_17, "1041", micr),)
        await counter.keys(*"L-2041", "enter")
        await area.take_check(CheckLine(micr, "1041"))
        await counter.keys("enter")
        assert "This check was taken already today" in counter.message
        assert len(counter.desk.payments) == 1
        await counter.keys("enter")
        assert len(counter.desk.payments) == 2


async def test_a_batch_without_a_count_is_not_opened(open_counter):
    async with open_counter() as counter:
        await begin(counter, origin="7")
        assert "Type 1 or 2" in counter.message
        await counter.keys(*"1", "enter", "enter", "enter")
        assert counter.desk.mail is not None
        assert counter.desk.mail.batch.control.words == "2 pieces, 159.17"


CASH_ONLY = Breach("This account pays in cash.", by_approval=True)


async def refused_piece(counter, account: str = "20005177") -> None:
    counter.desk.failures["take_payment"] = [TenderNotAllowed((CASH_ONLY,))]
    await counter.keys(*account, "enter", *"7", "enter")


async def test_a_lead_approves_a_refused_tender_inside_the_batch(open_counter):
    async with open_counter() as counter:
        await begin(counter)
        await refused_piece(counter)
        assert "This account pays in cash" in counter.message
        assert "A lead approves the check" in counter.screen()
        await counter.keys(*"bo", "enter", *"2468", "enter")
        assert "may not" in counter.message
        assert counter.desk.payments == []
        await counter.keys(*"lee", "enter", *"9753", "enter")
        assert [lead.id for lead in counter.desk.leads] == ["lee"]
        assert "1 of 2 pieces" in counter.screen()
        assert counter.app.area.at is counter.app.area.finding.box


async def test_esc_goes_back_from_the_lead_to_the_piece_as_typed_and_drops_it_only_then(open_counter):
    async with open_counter() as counter:
        await begin(counter)
        await refused_piece(counter)
        await counter.keys(*"lee", "escape")
        assert counter.app.area.piece.row.text.value == "7"
        await counter.keys("f8", *"M7", "enter")
        assert taken(counter)[0][1][0].kind is TenderKind.MONEY_ORDER
        await refused_piece(counter, "L-2041")
        await counter.keys("escape", "escape")
        assert counter.app.area.at is counter.app.area.finding.box
        assert len(counter.desk.payments) == 1


async def test_a_check_read_or_a_bill_scanned_while_a_lead_is_asked_changes_nothing(open_counter):
    async with open_counter() as counter:
        await begin(counter)
        await refused_piece(counter)
        await counter.keys(*"10422301", "enter")
        assert "Nothing was added" in counter.message
        with pytest.raises(Refused, match="before its account"):
            await counter.app.area.take_check(CheckLine(Micr("061112788", "3299753808"), "1041"))
        assert counter.app.area.piece.row.text.value == "7"
        assert counter.app.area.piece.lead.operator.value == ""


def penalty(cents: int) -> Raised:
    """What the calendar adds to the bakery's license."""
    day = date(2026, 1, 1)
    working = (Worked(f"late: {cents}", Decimal(cents)),)
    return Raised("L-2041", day, day, "LATE", "penalty", "100-1", "Late penalty", Cents(cents), "Ord. 3", working)


async def test_the_postmark_of_a_license_decides_what_is_late_and_is_in_its_receipt(open_counter):
    async with open_counter() as counter:
        counter.desk.late = {("L-2041", ""): (penalty(20_00),), ("L-2041", "2026-11-02"): (penalty(10_00),)}
        await begin(counter, pieces="1", total="85")
        await counter.keys(*"10422301", "enter", "ctrl+o")
        assert "Postmarked on" not in counter.screen()
        await counter.keys("escape", *"L-2041", "enter")
        assert "owes 95.00, with Late penalty 20.00" in counter.screen()
        assert "Late penalty 20.00: late: 2000." in counter.message
        await counter.by_hand("ctrl+o", *"12/31/2027", "enter")
        assert "lies after the business date" in counter.message
        await counter.by_hand("escape", "ctrl+o", *"11/02/2026", "enter")
        assert "owes 85.00, with Late penalty 10.00, postmarked 11/02/2026" in counter.screen()
        assert "Late penalty 10.00: late: 1000." in counter.message
        await counter.keys(*"1041", "enter")
        (cart, laid), *_ = counter.desk.payments
        assert (cart.postmarked, laid) == ("2026-11-02", (Tender(CHECK, 85_00, "1041"),))


async def test_what_is_late_stands_in_the_cart_with_how_it_was_worked_out(open_counter):
    async with open_counter() as counter:
        counter.desk.late = {("L-2041", ""): (penalty(20_00),)}
        await counter.keys(*"L-2041", "enter")
        assert "Bramble Bakery · Late penalty 20.00" in counter.screen()
        assert "Late penalty 20.00: late: 2000." in counter.message
        assert "DUE 95.00" in counter.screen()
