"""The technician's work at the ledger by keys: error items, batches, a month's tie-out; PINs anew for each act."""

from __future__ import annotations

import pytest

from countertui.counter.ledger_desk import AnswerLost, DeskRefused
from screens.ledger_desk import PIN, record
from screens.ledger_work_desk import (
    ALONE,
    CLOSED,
    HELD,
    MONTH,
    RELEASED,
    SECOND_PIN,
    UNKNOWN,
    LedgerWorkDesk,
    batch_page,
    item_page,
    tie_month,
)
from screens.scenes.ledger_work import late_license

TESS_PIN = "8642"
DESK = ("f10", "3", *PIN, "enter")


async def at_page(counter, letter):
    await counter.keys(*DESK)
    await counter.until(lambda: bool(counter.app.area.list.items))
    await counter.keys(letter)
    await counter.until(lambda: counter.app.area.NAME != "ledger_desk" and bool(counter.app.area.list.items))


async def drilled(counter):
    before = counter.app.area.NAME
    await counter.keys("enter")
    await counter.until(lambda: before != counter.app.area.NAME and bool(counter.app.area.list.items))


def keys_here(counter):
    return {command.key for command in counter.app.area.commands()}


async def test_the_worklist_says_age_terminal_kind_and_amount(open_counter):
    desk = LedgerWorkDesk()
    async with open_counter(desk, who="tess", drawer=False) as counter:
        await at_page(counter, "e")
        screen = counter.screen()
        assert "Error items: 3 open, 65.00 in suspense" in screen
        assert "2 days" in screen
        assert "An account that is not known" in screen
        assert "-25.00" in screen
        await counter.keys("down")
        assert "ana approved what they began" in counter.screen()


async def test_an_item_is_worked_out_before_two_people_agree(open_counter):
    desk = LedgerWorkDesk()
    async with open_counter(desk, who="tess", drawer=False) as counter:
        await at_page(counter, "e")
        await drilled(counter)
        assert "Record 18 of T1/1: pay T1-31" in counter.screen()
        assert {"n", "h", "g"} <= keys_here(counter)
        assert not {"w", "l"} & keys_here(counter)
        await counter.keys("n")
        await counter.by_hand(*"10422301", "enter")
        await counter.until(lambda: counter.app.area.at is counter.app.area.why)
        screen = counter.screen()
        assert "Water Oct, owes 61.40, then 0.00" in screen
        assert "Item 1: Account 10422301?" in screen
        assert desk.acts == []
        await counter.keys("enter")
        assert "A reason is needed." in counter.message
        await counter.keys(*"Stub", "enter", *TESS_PIN)
        assert TESS_PIN not in counter.screen()
        await counter.keys("enter", *"lee", "enter", *SECOND_PIN, "enter")
        await counter.until(lambda: "Error item 1 is closed." in counter.message)
        args = {"item": 1, "way": "to_account", "to": "10422301", "reason": "Stub"}
        assert desk.acts == [("error-item.correct", args, "tess", "lee", "id-1")]
        assert desk.asked[-1] == ("error-item", {"item": 1})


async def test_a_correction_is_dated_on_another_day_where_that_is_said(open_counter):
    desk = LedgerWorkDesk()
    async with open_counter(desk, who="tess", drawer=False) as counter:
        await at_page(counter, "e")
        await drilled(counter)
        assert "O dates a correction on another day than today." in counter.screen()
        await counter.by_hand("o", *"13/40/2026", "enter")
        assert "date doesn't exist" in counter.message
        await counter.by_hand(*["backspace"] * 10, *"10/31/2026", "enter")
        assert "A correction is dated 10/31/2026" in counter.screen()
        await counter.keys("g")
        await counter.by_hand(*"500-4310", "enter")
        await counter.until(lambda: counter.app.area.at is counter.app.area.why)
        named = {"item": 1, "way": "to_gl", "to": "500-4310", "on": "2026-10-31"}
        assert desk.asked[-1] == ("error-item.proposal", named)
        assert "dated 10/31/2026?" in counter.screen()
        await counter.keys(*"Why", "enter", *TESS_PIN, "enter", *"lee", "enter", *SECOND_PIN, "enter")
        await counter.until(lambda: bool(desk.acts))
        assert desk.acts[0][1] == named | {"reason": "Why"}
        # The next one is of today again, and what was begun is dropped by Esc.
        await counter.until(lambda: "O dates a correction" in counter.screen())
        await counter.by_hand("o", *"10/30/2026", "enter", "escape")
        assert "O dates a correction" in counter.screen()
        await counter.keys("escape")
        assert counter.app.area.NAME == "ledger_items"


async def test_a_penalty_raised_twice_is_put_right_once_it_was_seen_what_that_does(open_counter):
    desk = late_license()
    async with open_counter(desk, who="tess", drawer=False) as counter:
        await at_page(counter, "e")
        await drilled(counter)
        assert {"p", "l"} <= keys_here(counter)
        await counter.keys("p")
        await counter.until(lambda: counter.app.area.at is counter.app.area.why)
        screen = " ".join(counter.screen().split())
        assert "BL-8, term from 10/01/2026: Late penalty 10 %" in screen
        assert "the city's rows give, as of 11/20/2026 10.00" in screen
        assert "is taken back, to the license's credit where it was paid -10.00" in screen
        assert desk.acts == []
        await counter.keys(*"Twice", "enter", *TESS_PIN, "enter", *"lee", "enter", *SECOND_PIN, "enter")
        await counter.until(lambda: bool(desk.acts))
        assert desk.acts[0][:2] == (
            "error-item.correct",
            {"item": 1, "way": "put_right", "to": "", "reason": "Twice"},
        )


async def at_moving(counter):
    await counter.keys(*DESK)
    await counter.until(lambda: bool(counter.app.area.list.items))
    await counter.keys("down")
    for key, name in (("enter", "ledger_receipts"), ("enter", "ledger_record"), ("m", "ledger_move")):
        await counter.keys(key)
        await counter.until(lambda: name == counter.app.area.NAME and bool(counter.app.area.list.items))  # noqa: B023


async def test_money_of_a_posted_receipt_is_moved_by_two_who_saw_the_working(open_counter):
    desk = LedgerWorkDesk()
    async with open_counter(desk, who="tess", drawer=False) as counter:
        await at_moving(counter)
        named = {"terminal": "T1", "epoch": 1, "seq": 3}
        assert desk.asked[-1] == ("move", named)
        assert "CR-U1 Credit of U1" in " ".join(counter.screen().split())
        await counter.by_hand("down", "down", "g")
        area = counter.app.area
        assert (area.at, area.amount.value) == (area.amount, "3.50")
        await counter.by_hand(*"4.00", "enter")
        assert "At most 3.50 stands there." in counter.message
        await counter.by_hand(*["backspace"] * 4, *"1.50", "enter", *"100-4410", "enter")
        await counter.until(lambda: area.at is area.why)
        source = {"source": "gl", "name": "100-4310", "cents": 1_50}
        meant = named | source | {"way": "to_gl", "to": "100-4410"}
        assert desk.asked[-1] == ("move.proposal", meant)
        assert "Move 1.50: GL account 100-4410?" in counter.screen()
        assert not area.amount.display
        assert desk.acts == []
        await counter.keys(*"Why", "enter", *TESS_PIN, "enter", *"lee", "enter", *SECOND_PIN, "enter")
        await counter.until(lambda: "1.50 of record T1 3 is moved." in counter.message)
        assert desk.acts == [("receipt.move", meant | {"reason": "Why"}, "tess", "lee", "id-1")]
        await counter.until(lambda: desk.asked[-1] == ("move", named))


async def test_what_is_moved_is_marked_first_and_esc_drops_it(open_counter):
    desk = LedgerWorkDesk()
    async with open_counter(desk, who="tess", drawer=False) as counter:
        await at_moving(counter)
        await counter.by_hand("up", "up", "n")
        assert "not said which of its money" in counter.message
        await counter.by_hand("down", "down", "n", *"x", "enter")
        assert counter.app.message.refuses
        await counter.by_hand("escape")
        assert (counter.app.area.NAME, counter.app.area.amount.display) == ("ledger_move", False)
        desk.answers["move"] = desk.answers["move"] | {"is_mine": True}
        await counter.keys("r")
        await counter.until(lambda: "You took part in it" in counter.screen())
        assert not {"n", "h", "g", "o"} & keys_here(counter)
        await counter.keys("escape")
        assert counter.app.area.NAME == "ledger_record"


async def test_nothing_is_moved_of_what_is_no_posted_payment_and_by_who_may_not(open_counter):
    for who, more in (("lee", {}), ("tess", {"undone": "void"}), ("tess", {"entry": None, "state": "held"})):
        desk = LedgerWorkDesk()
        desk.answers["record_of"] = record() | more
        async with open_counter(desk, who=who, drawer=False) as counter:
            await counter.keys(*DESK)
            await counter.until(lambda: bool(counter.app.area.list.items))
            await counter.keys("down")
            for name in ("ledger_receipts", "ledger_record"):
                await counter.keys("enter")
                await counter.until(lambda: name == counter.app.area.NAME and bool(counter.app.area.list.items))  # noqa: B023
            assert "m" not in keys_here(counter)


async def test_a_bill_that_is_scanned_says_which_account(open_counter):
    desk = LedgerWorkDesk()
    async with open_counter(desk, who="tess", drawer=False) as counter:
        await at_page(counter, "e")
        await drilled(counter)
        await counter.keys(*"10422301", "enter")
        assert "no account is asked for" in counter.message
        await counter.keys("n")
        await counter.keys(*"10422301", "enter")
        await counter.until(lambda: counter.app.area.at is counter.app.area.why)
        assert desk.asked[-1][1] == {"item": 1, "way": "to_account", "to": "10422301"}


async def test_a_second_persons_wrong_pin_makes_room_and_nothing_is_done(open_counter):
    desk = LedgerWorkDesk()
    async with open_counter(desk, who="tess", drawer=False) as counter:
        await at_page(counter, "e")
        await drilled(counter)
        await counter.keys("g")
        await counter.by_hand(*"500-4310", "enter")
        await counter.until(lambda: counter.app.area.at is counter.app.area.why)
        await counter.keys(*"Why", "enter", *TESS_PIN, "enter", *"lee", "enter", *"0000", "enter")
        await counter.until(lambda: "don't belong together" in counter.message)
        assert "The second person: That id and PIN" in counter.message
        area = counter.app.area
        assert (desk.acts, area.second.operator.value, area.own.value) == ([], "", "")
        assert area.at is area.own
        # Whoever may not makes room for the next one, too.
        desk.act_fault = DeskRefused("Ana may not agree to a correction.", "Nothing was recorded.", "")
        await counter.keys(*TESS_PIN, "enter", *"ana", "enter", *SECOND_PIN, "enter")
        await counter.until(lambda: "may not agree" in counter.message)
        assert (area.second.operator.value, area.why.value) == ("", "Why")
        await counter.keys(*TESS_PIN, "enter", *"lee", "enter", *SECOND_PIN, "enter")
        await counter.until(lambda: bool(desk.acts))
        assert desk.acts[0][1]["reason"] == "Why"


async def test_a_lost_answer_is_asked_for_again_under_the_same_number(open_counter):
    desk = LedgerWorkDesk(act_fault=AnswerLost("No answer came.", "Either it was done once, or not at all.", "Again."))
    async with open_counter(desk, who="tess", drawer=False) as counter:
        await at_page(counter, "e")
        await drilled(counter)
        await counter.keys("g")
        await counter.by_hand(*"500-4310", "enter")
        await counter.until(lambda: counter.app.area.at is counter.app.area.why)
        await counter.keys(*"Why", "enter", *TESS_PIN, "enter", *"lee", "enter", *SECOND_PIN, "enter")
        await counter.until(lambda: "No answer came." in counter.message)
        await counter.keys(*TESS_PIN, "enter")
        await counter.keys(*SECOND_PIN, "enter")
        await counter.until(lambda: bool(desk.acts))
        assert (desk.acts[0][4], desk.ids) == ("id-1", 1)


async def test_who_lost_an_answer_and_drops_it_sees_what_the_ledger_did(open_counter):
    desk = LedgerWorkDesk(act_fault=AnswerLost("No answer came.", "Either it was done once, or not at all.", "Again."))
    async with open_counter(desk, who="tess", drawer=False) as counter:
        await at_page(counter, "e")
        await drilled(counter)
        for is_unsure in (True, False):
            await counter.keys("g")
            await counter.by_hand(*"500-4310", "enter")
            await counter.until(lambda: counter.app.area.at is counter.app.area.why)
            if is_unsure:
                await counter.keys(*"Why", "enter", *TESS_PIN, "enter", *"lee", "enter", *SECOND_PIN, "enter")
                await counter.until(lambda: "No answer came." in counter.message)
            before = len(desk.asked)
            await counter.keys("escape")
            await counter.until(lambda: not is_unsure or len(desk.asked) > before)  # noqa: B023
            assert desk.asked[before:] == ([("error-item", {"item": 1})] if is_unsure else [])
        assert counter.app.area.NAME == "ledger_item"


async def test_esc_drops_what_is_not_done_step_by_step(open_counter):
    desk = LedgerWorkDesk()
    async with open_counter(desk, who="tess", drawer=False) as counter:
        await at_page(counter, "e")
        await drilled(counter)
        await counter.keys("g")
        await counter.by_hand(*"500-4310", "enter")
        await counter.until(lambda: counter.app.area.at is counter.app.area.why)
        await counter.keys("escape")
        assert (counter.app.area.NAME, counter.app.area.at) == ("ledger_item", None)
        assert "Record 18 of T1/1" in counter.screen()
        await counter.keys("escape")
        assert counter.app.area.NAME == "ledger_items"
        assert desk.acts == []


async def test_what_the_ledger_refuses_is_said_in_its_words(open_counter):
    desk = LedgerWorkDesk()
    desk.answers["error-item.proposal"] = DeskRefused("Account X is not known here.", "Nothing was changed.", "")
    async with open_counter(desk, who="tess", drawer=False) as counter:
        await at_page(counter, "e")
        await drilled(counter)
        await counter.keys("n", "x", "enter")
        await counter.until(lambda: "Account X is not known here." in counter.message)
        assert counter.app.area.at is counter.app.area.place


async def test_who_took_part_and_who_may_not_are_offered_nothing(open_counter):
    desk = LedgerWorkDesk()
    desk.answers["error-item"] = item_page(ALONE, [], is_mine=True)
    async with open_counter(desk, who="tess", drawer=False) as counter:
        await at_page(counter, "e")
        await drilled(counter)
        assert "You took part in it" in counter.screen()
        assert keys_here(counter) == {"r", "v"}
    async with open_counter(LedgerWorkDesk(), who="lee", drawer=False) as counter:
        await at_page(counter, "e")
        await drilled(counter)
        assert not {"n", "h", "g", "l", "w"} & keys_here(counter)


async def test_batches_say_what_they_wait_for(open_counter):
    async with open_counter(LedgerWorkDesk(), who="tess", drawer=False) as counter:
        await at_page(counter, "b")
        screen = counter.screen()
        assert "Batches waiting: 3" in screen
        assert "18,330.07" in screen
        assert "The seal says a net of 19,530.07" in screen
        await counter.keys("down")
        assert "Batch 4 of T2 comes first." in counter.screen()
        await counter.keys("down")
        assert "Released by hugo: another technician posts it." in counter.screen()
        await counter.keys("o")
        await counter.until(lambda: counter.desk.asked[-1] == ("batches", {"which": "posted"}))


async def test_a_held_batch_is_released_with_a_reason_by_one(open_counter):
    desk = LedgerWorkDesk()
    async with open_counter(desk, who="tess", drawer=False) as counter:
        await at_page(counter, "b")
        await drilled(counter)
        assert "Rejected 11/22/2026 23:40 by hugo: The cash is not there" in counter.screen()
        assert keys_here(counter) == {"l", "j", "r"}
        await counter.keys("l", "enter")
        assert "A reason is needed." in counter.message
        await counter.keys(*"Whole", "enter", *TESS_PIN, "enter")
        await counter.until(lambda: "Batch 4 of T2 is released." in counter.message)
        place = {"terminal": "T2", "epoch": 1, "no": 4, "reason": "Whole"}
        assert desk.acts == [("batch.release", place, "tess", None, "id-1")]


@pytest.mark.parametrize(("row", "may", "key"), [(RELEASED, ["post", "reject"], "p"), (HELD, ["reopen"], "o")])
async def test_posting_asks_no_reason_and_reopening_two_people(open_counter, row, may, key):
    desk = LedgerWorkDesk()
    desk.answers["batch"] = batch_page(row, may)
    async with open_counter(desk, who="tess", drawer=False) as counter:
        await at_page(counter, "b")
        await drilled(counter)
        await counter.keys(key)
        if key == "p":
            await counter.keys(*TESS_PIN, "enter")
        else:
            await counter.keys(*"Found", "enter", *TESS_PIN, "enter", *"lee", "enter", *SECOND_PIN, "enter")
        await counter.until(lambda: bool(desk.acts))
        assert desk.acts[0][0] == f"batch.{may[0]}"
        assert desk.acts[0][3] == (None if key == "p" else "lee")


async def test_a_month_is_compared_explained_and_signed(open_counter):
    desk = LedgerWorkDesk()
    async with open_counter(desk, who="tess", drawer=False) as counter:
        await at_page(counter, "t")
        assert desk.asked[-1] == ("tie-out", {"month": "2026-10"})
        screen = counter.screen()
        assert "Tie-out 2026-10: 1 differ, 1 anew" in screen
        assert "1,204,330.07" in screen
        await counter.keys("down")
        await drilled(counter)
        screen = counter.screen()
        assert "Correction posted here, of no drawer and no deposit" in screen
        assert "LEDGER/1/44" in screen
        assert "Not explained by anything here" in screen
        await counter.keys("escape")
        assert counter.app.area.NAME == "ledger_tie_out"
        await counter.until(lambda: bool(counter.app.area.list.items))
        await counter.keys("s", "enter")
        assert "Sign off 2026-10, 1 account differs?" in counter.screen()
        assert "A reason is needed." in counter.message
        await counter.keys(*"Asked", "enter", *TESS_PIN, "enter", *"lee", "enter", *SECOND_PIN, "enter")
        await counter.until(lambda: "2026-10 is signed off." in counter.message)
        assert desk.acts[0][:2] == ("tie-out.sign", {"month": "2026-10", "sha256": "a" * 64, "reason": "Asked"})


async def test_left_and_right_change_the_month_and_a_signature_shows(open_counter):
    signed = {"seq": 3, "by": "hugo", "second": "lee", "at": "2026-11-02T15:00:00+00:00", "sha256": "b" * 64}
    signed |= {"different": 0, "reason": "", "unchanged": False}
    desk = LedgerWorkDesk()
    desk.answers["tie-out"] = tie_month(signed=[signed])
    async with open_counter(desk, who="tess", drawer=False) as counter:
        await at_page(counter, "t")
        assert "Signed 11/02/2026 by hugo and lee: something was posted since." in counter.screen()
        await counter.keys("left")
        await counter.until(lambda: desk.asked[-1] == ("tie-out", {"month": "2026-09"}))
        await counter.keys("right", "right")
        await counter.until(lambda: desk.asked[-1] == ("tie-out", {"month": "2026-11"}))


async def test_a_month_is_closed_and_opened_again_by_two_who_saw_what_belongs_to_it(open_counter):
    desk = LedgerWorkDesk()
    async with open_counter(desk, who="tess", drawer=False) as counter:
        await at_page(counter, "t")
        await counter.keys("m")
        await counter.until(lambda: counter.app.area.NAME == "ledger_month" and bool(counter.app.area.list.items))
        assert desk.asked[-1] == ("month", {"month": "2026-10"})
        screen = " ".join(counter.screen().split())
        assert "1 drawer of it is not posted whole" in screen
        assert "what comes of it later is posted on 11/01/2026, its money in suspense" in screen
        assert "o" not in keys_here(counter)
        desk.answers["month"] = CLOSED
        await counter.keys("c", "enter", *TESS_PIN, "enter", *"lee", "enter", *SECOND_PIN, "enter")
        await counter.until(lambda: "2026-10 is closed." in counter.message)
        assert desk.acts[-1] == ("period.close", {"month": "2026-10", "reason": ""}, "tess", "lee", "id-1")
        await counter.until(lambda: "o" in keys_here(counter))
        screen = " ".join(counter.screen().split())
        assert "2 error items wait because it was closed, with 140.00 in suspense" in screen
        assert "Opened 11/02/2026 18:00 by hugo and lee: A late stick" in screen
        await counter.keys("o", "enter")
        assert "A reason is needed." in counter.message
        await counter.keys(*"Late", "enter", *TESS_PIN, "enter", *"lee", "enter", *SECOND_PIN, "enter")
        await counter.until(lambda: "is open again" in counter.message)
        assert desk.acts[-1][:2] == ("period.open", {"month": "2026-10", "reason": "Late"})
        await counter.keys("escape")
        assert counter.app.area.NAME == "ledger_tie_out"


async def test_a_month_that_is_not_over_is_closed_with_a_reason_and_by_who_may(open_counter):
    desk = LedgerWorkDesk()
    desk.answers["month"] = MONTH | {"over": False, "signed": None}
    async with open_counter(desk, who="tess", drawer=False) as counter:
        await at_page(counter, "t")
        await counter.keys("m")
        await counter.until(lambda: counter.app.area.NAME == "ledger_month" and bool(counter.app.area.list.items))
        assert "Its tie-out is not signed." in counter.screen()
        await counter.keys("c", "enter")
        assert "A reason is needed." in counter.message
        assert "The month is not over" in counter.screen()
        desk.answers["month"] = CLOSED | {"over": False}
        await counter.keys("escape", "r")
        await counter.until(lambda: "o" in keys_here(counter))
        assert "The month is not over" not in counter.screen()
    async with open_counter(LedgerWorkDesk(), who="lee", drawer=False) as counter:
        await at_page(counter, "t")
        await counter.keys("m")
        await counter.until(lambda: counter.app.area.NAME == "ledger_month" and bool(counter.app.area.list.items))
        assert not {"c", "o"} & keys_here(counter)


async def test_who_may_not_correct_signs_nothing(open_counter):
    async with open_counter(LedgerWorkDesk(), who="lee", drawer=False) as counter:
        await at_page(counter, "t")
        assert "s" not in keys_here(counter)


async def test_an_answer_of_another_form_is_refused(open_counter):
    desk = LedgerWorkDesk()
    desk.answers["error-items"] = {"items": [], "open": "3", "suspense_cents": 0, "more": False}
    async with open_counter(desk, who="tess", drawer=False) as counter:
        await counter.keys(*DESK)
        await counter.until(lambda: bool(counter.app.area.list.items))
        await counter.keys("e")
        await counter.until(lambda: "cannot be read" in counter.message)


async def test_what_must_be_looked_at_stands_on_the_first_page_and_an_alarm_is_seen_to(open_counter):
    desk = LedgerWorkDesk()
    async with open_counter(desk, who="tess", drawer=False) as counter:
        await counter.keys(*DESK)
        await counter.until(lambda: ": A, B, E" in counter.screen())
        assert "1 alarm, 1 batch missing, 1 silent, 3 waiting, 3 errors: A, B, E" in counter.screen()
        await counter.keys("a")
        await counter.until(lambda: counter.app.area.NAME == "ledger_alarms" and bool(counter.app.area.list.items))
        screen = counter.screen()
        assert "BATCH MISSING" in screen
        assert "Nothing was heard for 71 hours." in screen
        assert "The ledger: none for 40 hours." in screen
        assert "Its journal ends at 398" in screen
        await counter.keys("v", *TESS_PIN, "enter")
        await counter.until(lambda: "Alarm 7 is seen to." in counter.message)
        assert desk.acts == [("alarm.seen", {"alarm": 7, "reason": ""}, "tess", None, "id-1")]
        await counter.keys("down")
        assert "v" not in keys_here(counter)


async def test_an_item_and_a_posted_receipt_lead_to_their_records_and_back(open_counter):
    desk = LedgerWorkDesk()
    desk.answers["batch"] = batch_page(HELD | {"state": "posted"}, [])
    async with open_counter(desk, who="tess", drawer=False) as counter:
        await at_page(counter, "e")
        await drilled(counter)
        await counter.keys("v")
        await counter.until(lambda: desk.asked[-1] == ("record_of", {"terminal": "T1", "epoch": 1, "seq": 18}))
        await counter.keys("escape")
        assert counter.app.area.NAME == "ledger_item"
        await counter.keys("escape", "b")
        await counter.until(lambda: counter.app.area.NAME == "ledger_batches" and bool(counter.app.area.list.items))
        await drilled(counter)
        while counter.app.area.list.current is None or counter.app.area.list.current[1] is None:
            await counter.keys("down")
        await counter.keys("enter")
        await counter.until(lambda: desk.asked[-1] == ("record_of", {"terminal": "T2", "epoch": 1, "seq": 211}))
        await counter.keys("escape")
        assert counter.app.area.NAME == "ledger_batch"


async def test_a_receipt_of_a_batch_that_nobody_posted_opens_too(open_counter):
    desk = LedgerWorkDesk()
    desk.answers["record_of"] = record() | {"state": "held", "entry": None, "lines": []}
    async with open_counter(desk, who="tess", drawer=False) as counter:
        await at_page(counter, "b")
        await drilled(counter)
        while counter.app.area.list.current is None or counter.app.area.list.current[1] is None:
            await counter.keys("down")
        await drilled(counter)
        text = "\n".join(counter.app.area.list.items)
        for told in ("Water October", "Record 3 of T1/1, held.", "Nothing is posted of it"):
            assert told in text
        await counter.keys("escape")
        assert counter.app.area.NAME == "ledger_batch"
        # What a held batch says need not be a receipt at all: what is known of it stands there all the same.
        nonsense = record()["body"] | {"data": {"lines": 7}}
        desk.answers["record_of"] = desk.answers["record_of"] | {"body": nonsense}
        await counter.keys("enter")
        await counter.until(
            lambda: any("no receipt that could be printed" in str(x) for x in counter.app.area.list.items)
        )
        assert "Record 3 of T1/1, held." in "\n".join(counter.app.area.list.items)


async def test_a_batch_says_who_never_posts_it_and_its_first_receipt_is_marked(open_counter):
    desk = LedgerWorkDesk()
    page = batch_page(RELEASED, ["reject"])
    steps = [page["history"][0] | {"step": "release", "by": who, "reason": ""} for who in ("hugo", "omar", "hugo")]
    desk.answers["batch"] = page | {"history": steps}
    async with open_counter(desk, who="tess", drawer=False) as counter:
        await at_page(counter, "b")
        await drilled(counter)
        told = " ".join(counter.screen().split())
        assert "Another technician posts it: hugo and omar, who released it, never do." in told
        assert counter.app.area.list.current[1].receipt_no == "T2-88"
        await counter.keys("j")
        assert "(needed)" in counter.screen()


async def test_why_survives_a_sign_off_and_goes_with_the_act(open_counter):
    desk = LedgerWorkDesk()
    async with open_counter(desk, who="tess", drawer=False) as counter:
        await at_page(counter, "b")
        await drilled(counter)
        await counter.keys("l", *"Whole")
        await counter.app.area.put_away()
        assert counter.app.area.why.value == ""
        await counter.keys("l")
        assert counter.app.area.why.value == "Whole"
        assert "What was typed here is back" in counter.message
        await counter.keys("enter", *TESS_PIN, "enter")
        await counter.until(lambda: bool(desk.acts))
        await counter.until(lambda: "is released" in counter.message)
        await counter.keys("l")
        assert counter.app.area.why.value == ""
        assert "is back" not in counter.message


@pytest.mark.parametrize("said", ["xxxxxxxxxx", "20261123", ""])
async def test_what_a_terminal_calls_a_date_is_shown_as_it_stands(open_counter, said):
    desk = LedgerWorkDesk()
    page = batch_page(HELD, [])
    desk.answers["batch"] = page | {"receipts": [each | {"biz_date": said} for each in page["receipts"]]}
    one = desk.answers["error-item"]
    desk.answers["error-item"] = one | {"record": one["record"] | {"biz_date": said}}
    async with open_counter(desk, who="tess", drawer=False) as counter:
        await at_page(counter, "b")
        await drilled(counter)
        assert said in counter.screen()
        await counter.keys("escape")
        await at_page(counter, "e")
        await drilled(counter)
        assert "by ana" in counter.screen()


@pytest.mark.parametrize(
    ("way", "last"),
    [
        ("", "ledger_desk"),
        ("e", "ledger_items"),
        ("b", "ledger_batches"),
        ("a", "ledger_alarms"),
        ("t", "ledger_tie_out"),
        ("tm", "ledger_month"),
        ("ev", "ledger_item"),
        ("bv", "ledger_batch"),
        ("v", "ledger_receipts"),
        ("vwm", "ledger_move"),
    ],
)
async def test_80_columns_name_every_key_whole_and_apart_and_esc_leads_to_the_day_and_the_menu(open_counter, way, last):
    desk = LedgerWorkDesk()
    desk.answers["error-item"] = item_page(UNKNOWN, ["as_recorded", "to_account", "to_charge", "to_gl"])
    async with open_counter(desk, who="tess", drawer=False) as counter:
        await counter.keys(*DESK)
        await counter.until(lambda: bool(counter.app.area.list.items))
        before = "ledger_desk"
        for letter in way:
            await counter.keys(*({"v": ("down", "enter"), "w": ("enter",)}.get(letter, letter)))
            await counter.until(lambda: before != counter.app.area.NAME and bool(counter.app.area.list.items))  # noqa: B023
            before = counter.app.area.NAME
        assert last == counter.app.area.NAME
        bar = counter.app.key_bar.plain_text()
        for command in counter.app.commands():
            if command.on_bar:
                assert f"{command.key.upper()} {command.label}" in bar
        assert len(bar.rstrip()) <= 80
        steps = 0
        while counter.app.area.NAME != "ledger_desk":
            steps += 1
            await counter.keys("escape")
            assert steps < 4
        await counter.until(lambda: bool(counter.app.area.list.items))
        await counter.keys("escape")
        assert counter.app.area.NAME == "menu"


async def test_more_batches_come_after_the_last_and_more_receipts_of_one(open_counter):
    desk = LedgerWorkDesk()
    desk.answers["batches"] = desk.answers["batches"] | {"more": True}
    desk.answers["batch"] = desk.answers["batch"] | {"more": True}
    async with open_counter(desk, who="tess", drawer=False) as counter:
        await at_page(counter, "b")
        await counter.keys("down", "down", "down")
        await counter.until(lambda: len(counter.app.area.list.items) > 3)
        last = [RELEASED["received_at"], "T1", 1, 9]
        assert desk.asked[-1] == ("batches", {"which": "waiting", "after": last})
        await drilled(counter)
        lines = len(counter.app.area.list.items)
        desk.answers["batch"] = desk.answers["batch"] | {"more": False}
        await counter.keys("m")
        await counter.until(lambda: desk.asked[-1][1].get("skip") == 2)
        await counter.until(lambda: len(counter.app.area.list.items) == lines + 1)
        assert "m" not in keys_here(counter)


async def test_a_batch_whose_amounts_are_not_to_be_seen_shows_none(open_counter):
    desk = LedgerWorkDesk()
    row = HELD | {"state": "posted", "net_cents": None, "tenders": {}, "reasons": ["No amounts are shown: yours."]}
    desk.answers["batches"] = {"batches": [row], "states": {"posted": 1}, "more": False}
    desk.answers["batch"] = batch_page(row, []) | {"receipts": []}
    async with open_counter(desk, who="lee", drawer=False) as counter:
        await at_page(counter, "b")
        assert "No amounts are shown: yours." in counter.screen()
        await drilled(counter)
        assert "No amounts are shown: yours." in counter.screen()
        assert "Posted by" not in counter.screen()


async def test_what_the_list_has_no_room_for_stands_whole_below_it(open_counter):
    desk = LedgerWorkDesk()
    long = "Record 412 of T3 follows another record than the one before it, and both are signed with the same key, "
    long += "so that one of the two journals was made by somebody who has what is in the drawer of T3."
    alarm = desk.answers["attention"]["alarms"][0] | {"detail": long}
    desk.answers["attention"] = desk.answers["attention"] | {"alarms": [alarm]}
    item = desk.answers["error-items"]["items"][0] | {"detail": long}
    desk.answers["error-items"] = desk.answers["error-items"] | {"items": [item]}
    async with open_counter(desk, who="tess", drawer=False) as counter:
        for letter in "ae":
            await at_page(counter, letter)
            assert " ".join(long.split()) in " ".join(counter.screen().split())
            await counter.keys("escape")
