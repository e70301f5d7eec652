"""The technician's desk by keys: signed in by PIN, the day at a glance, and its age where the ledger is not reached."""

from __future__ import annotations

from countertui.counter.ledger_desk import SignedOut
from screens.ledger_desk import PIN, TOKEN, LedgerDesk, city_day


async def signed_in(counter):
    await counter.keys("f10", "3", *PIN, "enter")
    await counter.until(lambda: bool(counter.app.area.list.items))


async def test_a_cashier_does_not_see_it(open_counter):
    async with open_counter(LedgerDesk()) as counter:
        await counter.keys("f10")
        assert not any(command.key == "3" for command in counter.app.area.commands())
        await counter.keys("3")
        assert counter.app.area.NAME == "menu"


async def test_a_lead_signs_in_and_sees_the_day(open_counter):
    desk = LedgerDesk()
    async with open_counter(desk, who="lee", drawer=False) as counter:
        await counter.keys("f10", "3")
        assert desk.asked == []
        await counter.keys(*PIN)
        assert PIN not in counter.screen()
        await counter.keys("enter")
        await counter.until(lambda: bool(counter.app.area.list.items))
        screen = counter.screen()
        assert "Technician's desk: 11/23/2026" in screen
        assert "as of 16:05" in screen
        assert "signed in at the ledger" in counter.message
        hall, *rows = counter.app.area.list.items
        assert (hall.name, hall.columns.cash) == ("City Hall", None)
        assert [(row.drawer, row.terminal, row.state) for row in rows] == [
            *(("D1", "T1", "posted"), ("D2", "T1", "received"), ("D3", "T3", "open"), ("", "T2", "not heard")),
            *(("", "", "office"), ("D7", "T7", "at bank")),
        ]
        assert "1,234.50" in screen
        assert [row.over_short for row in rows] == [-5_00, 0, None, None, 0, 0]
        (short,) = (line for line in screen.splitlines() if " D1 " in line)
        assert short.rstrip().endswith("-5.00")
        (undecided,) = (line for line in screen.splitlines() if " D3 " in line)
        assert undecided.rstrip().endswith("open")
        assert hall.over_short is None  # one of its drawers is not to be seen
        await counter.keys("down", "down")
        assert "batch 4 is held" in counter.screen()
        await counter.keys("down", "down")
        assert "last heard 2026-11-22 23:10" in counter.screen()
        assert TOKEN not in repr(desk.calls)


async def test_left_and_right_change_the_day(open_counter):
    desk = LedgerDesk()
    async with open_counter(desk, who="lee", drawer=False) as counter:
        await signed_in(counter)
        await counter.keys("left")
        await counter.until(lambda: "11/22/2026" in counter.screen())
        await counter.keys("right", "right")
        await counter.until(lambda: "11/24/2026" in counter.screen())
        assert desk.asked[1] == ("day", {"date": "2026-11-22"})


async def test_a_wrong_pin_is_said_and_typed_again(open_counter):
    async with open_counter(LedgerDesk(), who="lee", drawer=False) as counter:
        await counter.keys("f10", "3", *"1357", "enter")
        await counter.until(lambda: "don't belong together" in counter.message)
        assert counter.app.area.at is counter.app.area.pin
        assert counter.app.area.pin.value == ""
        await counter.keys(*PIN, "enter")
        await counter.until(lambda: bool(counter.app.area.list.items))


async def test_without_a_network_the_last_answer_stays_with_its_age(open_counter):
    desk = LedgerDesk()
    async with open_counter(desk, who="lee", drawer=False) as counter:
        await signed_in(counter)
        desk.reached = False
        await counter.keys("r")
        await counter.until(lambda: "not reached" in counter.screen())
        assert "as of 2026-11-23 16:05" in counter.screen()
        assert "There is no connection to the ledger." in counter.message
        assert len(counter.app.area.list.items) == 7
        # A day that was never asked for is not known at all.
        await counter.keys("left")
        await counter.until(lambda: "Everything is safe here." in counter.message)
        await counter.keys("r")
        await counter.until(lambda: "not reached" in counter.screen())
        assert "11/23/2026" in counter.screen()
        assert desk.asked[-1] == ("day", {"date": "2026-11-23"})


async def test_signed_out_there_they_sign_in_again_and_go_on(open_counter):
    desk = LedgerDesk(answers={"day": SignedOut("You were signed out at the ledger.", "", "Sign in again.")})
    async with open_counter(desk, who="lee", drawer=False) as counter:
        await counter.keys("f10", "3", *PIN, "enter")
        await counter.until(lambda: "signed out" in counter.message)
        assert counter.app.area.at is counter.app.area.pin
        desk.answers["day"] = city_day()
        await counter.keys(*PIN, "enter")
        await counter.until(lambda: bool(counter.app.area.list.items))


async def test_who_signs_off_here_is_signed_out_there(open_counter):
    desk = LedgerDesk()
    async with open_counter(desk, who="lee", drawer=False) as counter:
        await signed_in(counter)
        await counter.keys("f10", "o")
        await counter.until(lambda: desk.signed_out == 1)
        assert counter.app.area.NAME == "sign_on"


async def test_from_the_day_to_a_receipt_and_its_record_and_back(open_counter):
    desk = LedgerDesk()
    async with open_counter(desk, who="lee", drawer=False) as counter:
        await signed_in(counter)
        await counter.keys("down", "enter")
        await counter.until(lambda: len(counter.app.area.list.items) == 3)
        assert desk.asked[-1] == ("receipts_of", {"sessions": [{"terminal": "T1", "epoch": 1, "session": "s-D1"}]})
        assert "D1, Ana Quill, 11/23/2026: 3 and more" in counter.screen()
        assert "VOID" in counter.screen()
        await counter.keys("down", "m")
        await counter.until(lambda: len(counter.app.area.list.items) == 4)
        assert desk.asked[-1][1]["after"] == 5
        assert counter.app.area.list.cursor == 1
        assert not any(command.key == "m" for command in counter.app.area.commands())
        await counter.keys("up", "enter")
        await counter.until(lambda: bool(counter.app.area.list.items) and counter.app.area.NAME == "ledger_record")
        assert desk.asked[-1] == ("record_of", {"terminal": "T1", "epoch": 1, "seq": 3})
        text = "\n".join(counter.app.area.list.items)
        for told in ("Water October", "as on the paper itself", "4f4f", "Batch 4, received", "Entry 812", "-20.00"):
            assert told in text
        asked = len(desk.asked)
        await counter.keys("escape")
        assert (counter.app.area.NAME, len(counter.app.area.list.items)) == ("ledger_receipts", 4)
        await counter.keys("escape")
        assert (counter.app.area.list.cursor, len(desk.asked)) == (1, asked)
        assert counter.app.area.NAME == "ledger_desk"
        await counter.keys("escape")
        assert counter.app.area.NAME == "menu"


async def test_an_offices_total_leads_to_all_its_receipts_and_a_silent_terminal_to_none(open_counter):
    desk = LedgerDesk()
    async with open_counter(desk, who="lee", drawer=False) as counter:
        await signed_in(counter)
        await counter.keys("enter")
        await counter.until(lambda: desk.asked[-1][0] == "receipts_of")
        assert [each["session"] for each in desk.asked[-1][1]["sessions"]] == ["s-D1", "s-D2", "s-D3"]
        await counter.keys("escape")
        await counter.until(lambda: counter.app.area.NAME == "ledger_desk" and bool(counter.app.area.list.items))
        await counter.keys(*["down"] * 4, "enter")
        await counter.until(lambda: "T2" in counter.message)
        assert not counter.app.message.refuses  # nothing is wrong
        assert counter.app.area.NAME == "ledger_desk"


async def test_asked_anew_the_row_that_was_marked_stays_marked(open_counter):
    desk = LedgerDesk()
    async with open_counter(desk, who="lee", drawer=False) as counter:
        await signed_in(counter)
        await counter.keys("down", "down")
        asked = len(desk.asked)
        await counter.keys("r")
        await counter.until(lambda: len(desk.asked) > asked)
        assert counter.app.area.list.cursor == 2


async def test_an_answer_of_another_form_is_told(open_counter):
    desk = LedgerDesk(answers={"day": {"date": "2026-11-23", "offices": [{"code": "HALL"}]}})
    async with open_counter(desk, who="lee", drawer=False) as counter:
        await counter.keys("f10", "3", *PIN, "enter")
        await counter.until(lambda: "cannot be read" in counter.message)


async def test_however_often_it_is_asked_one_question_is_under_way(open_counter):
    desk = LedgerDesk()
    async with open_counter(desk, who="lee", drawer=False) as counter:
        await signed_in(counter)
        desk.delays["ledger_look"] = 0.3
        asked = len(desk.asked)
        for _ in range(4):
            await counter.by_hand("r")
        assert len(desk.asked) == asked
        desk.delays["ledger_look"] = 0
        await counter.by_hand("left")
        await counter.until(lambda: "11/22/2026" in counter.screen())
        # The first that nobody waits for any more, then what is asked last.
        assert [args for _, args in desk.asked[asked:]] == [{"date": "2026-11-23"}, {"date": "2026-11-22"}]


async def test_who_signs_off_while_the_ledger_looks_at_their_pin_leaves_no_session_and_no_word(open_counter):
    desk = LedgerDesk()
    desk.delays["ledger_sign_in"] = 0.5
    async with open_counter(desk, who="lee", drawer=False) as counter:
        await counter.keys("f10", "3", *PIN)
        await counter.by_hand("enter")
        for key in ("f10", "o"):
            await counter.by_hand(key)
        await counter.until(lambda: counter.app.area.NAME == "sign_on")
        await counter.until(lambda: desk.signed_out == 1)
        assert "signed in at the ledger" not in counter.message
        assert desk.asked == []
