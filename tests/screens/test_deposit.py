"""A bank deposit by keys: blind until the count is committed, each check looked at, two people, back where it broke."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

from countertui.counter.drafts import Draft, Form
from countertui.domain.deposits import Stage
from countertui.domain.safe_bags import SafeBag
from screens.deposit_desk import DUE, DepositDesk
from screens.scenes.deposit import COUNTED

ALL_HELD = (*COUNTED, *["space"] * 3, "f9")
SIGNED = (*"b-7", "enter", *"a note short", "enter", "n", "enter", "y", "enter")
AGREED = ("f10", "2", "f9", "1", "down", "5", "f9", *["space"] * 3, "f9", *"b-7", "enter", "y", "enter")
LEE, ANA = (*"lee", "enter", *"9753", "enter"), (*"ana", "enter", *"1357", "enter")


def seen(counter) -> str:
    """All that stands on the screen."""
    return str(counter.screen())


async def test_expected_cash_is_hidden_until_the_count_is_committed(open_counter):
    async with open_counter(DepositDesk(), who="tess") as counter:
        await counter.by_hand(*COUNTED[:-1])
        assert "200.00" not in seen(counter)
        await counter.by_hand("f9", *["space"] * 3, "f9")
        assert "Cash counted 180.00, expected 200.00: 20.00 short" in seen(counter)


async def test_until_when_it_must_be_at_the_bank_is_said_and_that_it_is_overdue(open_counter):
    late = replace(DUE, late=timedelta(hours=26))
    async with open_counter(DepositDesk(due=late), who="tess") as counter:
        await counter.keys("f10", "2")
        assert "Overdue since Tue 24 Nov, 10:15, 1 day 2 hours" in counter.screen()
        counter.desk.due = None
        await counter.keys("escape", "f10", "2")
        assert "24 Nov" not in counter.screen()


async def test_a_deposit_is_signed_by_two_and_says_what_was_not_heard(open_counter):
    desk = DepositDesk()
    async with open_counter(desk, who="tess") as counter:
        await counter.by_hand(*ALL_HELD, *SIGNED, *LEE)
        ((first, second, signing, papers),) = desk.signed
        assert (first, second, len(papers.seen)) == ("tess", "lee", 3)
        assert (signing.stage, signing.reason, signing.carry) == (Stage.FINAL, "a note short", False)
        assert "T1-D7, final: 357.17 in bag B-7. Not heard from T3." in counter.message
        assert desk.roll is None or desk.signed


async def test_who_had_a_drawer_does_not_sign(open_counter):
    desk = DepositDesk()
    async with open_counter(desk, who="tess") as counter:
        await counter.by_hand(*AGREED, *ANA)
        assert "Nobody approves what they began or took part in." in counter.message
        assert desk.signed == []
        await counter.by_hand(*LEE)
        assert [second for _, second, *_ in desk.signed] == ["lee"]


async def test_no_check_is_added_and_none_left_out_in_silence(open_counter):
    desk = DepositDesk()
    async with open_counter(desk, who="tess") as counter:
        await counter.by_hand(*COUNTED, "n", *"4711 20", "enter")
        assert "a check does not stand in for cash" in counter.message
        await counter.by_hand("escape", "n", *"1042 80", "enter")
        assert "not 80.00" in counter.message
        await counter.by_hand("escape", "n", *"1042", "enter", "f9")
        assert "2 not looked at yet." in counter.message
        await counter.by_hand("down", "m", "enter")
        assert "A check is left out for a reason." in counter.message
        await counter.by_hand("escape", "down", "space", "f9")
        assert "1 not looked at yet." in counter.message


async def test_a_missing_check_is_named_with_its_reason(open_counter):
    desk = DepositDesk()
    async with open_counter(desk, who="tess") as counter:
        await counter.by_hand(*COUNTED, "space", "space", "r", *"bounced", "enter", "f9", *SIGNED, *LEE)
        ((*_, papers),) = desk.signed
        assert {key: (one.state, one.reason) for key, one in papers.left_out.items()} == {
            ("T1-6", 2): ("returned", "bounced")
        }


async def test_a_drawer_that_is_taken_out_again_takes_its_checks_along(open_counter):
    desk = DepositDesk()
    async with open_counter(desk, who="tess") as counter:
        await counter.by_hand(*ALL_HELD, "escape", "escape", "space", "f9")
        assert "count the cash, blind" in counter.screen()
        await counter.by_hand("down", "4", "f9", *"b-7", "enter", "y", "enter", *LEE)
        assert [len(papers.seen) for *_, papers in desk.signed] == [0]


async def test_escape_goes_from_the_signatures_to_the_checks(open_counter):
    async with open_counter(DepositDesk(), who="tess") as counter:
        await counter.by_hand(*ALL_HELD, "escape")
        assert "mark each check you hold" in counter.screen()
        await counter.by_hand("escape")
        assert "choose drawers" in counter.screen()


async def test_what_was_taken_back_is_chosen_again(open_counter):
    desk = DepositDesk()
    there, desk.sessions = desk.sessions, []
    async with open_counter(desk, who="tess") as counter:
        await counter.by_hand("f10", "2", "escape")
        desk.sessions = there
        await counter.by_hand("f10", "2")
        assert len(counter.app.area.marks.sessions) == 3


async def test_a_bag_that_was_used_is_typed_anew(open_counter):
    desk = DepositDesk()
    async with open_counter(desk, who="tess") as counter:
        await counter.by_hand(*ALL_HELD, *"b-6", "enter", *"short", "enter", "n", "enter", "y", "enter", *LEE)
        assert "Bag B-6 was used before." in counter.message
        assert counter.app.area.at is counter.app.area.signed.bag


async def test_what_differs_is_not_signed_without_a_reason(open_counter):
    desk = DepositDesk()
    async with open_counter(desk, who="tess") as counter:
        await counter.by_hand(*ALL_HELD, *"b-7", "enter", "enter", "n", "enter", "n", "enter", *LEE)
        assert "What differs needs a reason." in counter.message
        assert counter.app.area.at is counter.app.area.signed.reason
        assert desk.signed == []


async def test_only_technicians_are_offered_it(open_counter):
    async with open_counter(DepositDesk()) as counter:
        await counter.by_hand("f10", "2")
        assert counter.app.area.NAME == "menu"
        await counter.app.go("deposit")
        await counter.by_hand("f9")
        assert "Ana Quill may not make a bank deposit. Nothing was recorded. Ask a technician." in counter.message


@dataclass
class _Kept(DepositDesk):
    """What was typed before a crash is there."""

    def _draft_of(self, person, form, about):
        if form is Form.DEPOSIT:
            texts = {"session|T1|1|s2": "x", "bag": "B-9", "pieces|10000": "1"}
            return Draft(texts, "2026-11-23 16:40")
        return None


async def test_what_was_marked_and_typed_comes_back(open_counter):
    async with open_counter(_Kept(), who="tess") as counter:
        await counter.by_hand("f10", "2")
        area = counter.app.area
        assert area.marks.sessions == {("T1", 1, "s2")}
        assert area.signed.bag.value == "B-9"
        await counter.by_hand("f9")
        assert area.grid.count().total == 100_00


async def test_a_deposit_is_taken_back_and_another_made_the_final(open_counter):
    desk = DepositDesk()
    async with open_counter(desk, who="tess") as counter:
        await counter.by_hand("f10", "2", "b", "f", *ANA)
        assert desk.made[0].final_seq is None
        await counter.by_hand(*LEE)
        assert desk.made[0].final_seq == 100
        await counter.by_hand("t", "enter", *LEE)
        assert "taken back for a reason" in counter.message
        await counter.by_hand(*"wrong bag", "enter", "enter", "enter")
        assert desk.made[0].back_seq == 100
        assert "T1-D6 is taken back." in counter.message


class HeardDesk(DepositDesk):
    """The ledger answers with a drawer of another terminal."""

    def _ask_office(self) -> str:
        if len(self.sessions) == 3:
            self.sessions.append(replace(self.sessions[2], session="s7", drawer="D7"))
        return "2026-11-23T18:00:00+00:00"


async def test_what_the_ledger_has_of_the_office_joins_the_list_while_one_still_chooses(open_counter):
    async with open_counter(HeardDesk(), who="tess") as counter:
        await counter.keys("f10", "2")
        (line,) = [line for line in counter.screen().splitlines() if "D7" in line]
        assert "[x]" in line, "all that was there was chosen, so what comes is, too"


async def test_what_the_ledger_has_is_not_chosen_for_who_chose_some(open_counter):
    desk = HeardDesk()
    async with open_counter(desk, who="tess") as counter:
        await counter.keys("f10", "2", "space")
        desk.sessions = desk.sessions[:3]
        await counter.keys("escape", "f10", "2")
        (line,) = [line for line in counter.screen().splitlines() if "D7" in line]
        assert "[ ]" in line


async def test_what_a_stick_brought_meanwhile_is_chosen_where_all_was(open_counter):
    desk = DepositDesk()
    async with open_counter(desk, who="tess") as counter:
        await counter.keys("f10", "2", "f10", "s")
        desk.sessions.append(replace(desk.sessions[2], session="s8", drawer="D8"))
        await counter.keys("f10", "2")
        (line,) = [line for line in counter.screen().splitlines() if "D8" in line]
        assert "[x]" in line


async def test_help_leads_back_to_the_step_one_was_at(open_counter):
    async with open_counter(DepositDesk(), who="tess") as counter:
        await counter.by_hand("f10", "2", "f9", "1", "f1", "escape")
        assert "count the cash, blind" in counter.screen()
        assert counter.app.area.grid.count().total == 100_00
        await counter.by_hand("down", "4", "f9", "m", *"lost", "f1", "escape")
        assert "mark each check you hold" in counter.screen()
        assert counter.app.area.checks.why.value == "lost"
        await counter.by_hand("enter", *["down", "space"] * 2, "f9", *"b-7", "f1", "escape")
        assert "bag, and the second person" in counter.screen()
        assert counter.app.area.signed.bag.value == "b-7"


BAGS = [
    SafeBag("T1", 1, "s4", "2026-11-23", "D4", "cy", "S-41", 40_00, ("cy",)),
    SafeBag("T2", 1, "s9", "2026-11-23", "D2", "bo", "S-20", 20_00, ("bo",)),
]


async def test_a_bag_of_an_open_drawer_is_offered_counted_blind_and_named_where_it_lacks(open_counter):
    desk = DepositDesk(sessions=[], bags=list(BAGS))
    async with open_counter(desk, who="tess") as counter:
        await counter.by_hand("f10", "2")
        assert "[x] 11/23/2026  T1 drawer D4 of cy: bag S-41 of the safe, alone" in counter.screen()
        await counter.by_hand("down", "space", "f9")
        assert "40.00" not in counter.screen()
        await counter.by_hand("down", "1", "f9")
        assert "Cash counted 20.00, expected 40.00: 20.00 short" in counter.screen()
        typed = (*"b-7", "enter", *"a note short", "enter", *"s-41", "enter", "n", "enter", "n", "enter")
        await counter.by_hand(*typed, *LEE)
        ((_, _, signing, _),) = desk.signed
        assert (signing.reason, signing.off_in) == ("a note short", "s-41")
        assert desk.chosen_last.bags == {BAGS[0].place}


async def test_a_difference_with_no_bag_of_the_safe_asks_for_none(open_counter):
    async with open_counter(DepositDesk(), who="tess") as counter:
        await counter.by_hand(*ALL_HELD)
        assert "Bag that it is in" not in counter.screen()


async def test_a_bags_mark_comes_back_after_a_crash(open_counter):
    @dataclass
    class Kept(DepositDesk):
        def _draft_of(self, person, form, about):
            if form is Form.DEPOSIT:
                return Draft({"safe_bag|T2|1|s9|S-20": "x", "bag": "B-9"}, "2026-11-23 16:40")
            return None

    async with open_counter(Kept(bags=list(BAGS)), who="tess") as counter:
        await counter.by_hand("f10", "2")
        assert counter.app.area.marks.bags == {BAGS[1].place}


async def test_what_a_deposit_lacks_is_given_up_by_two_with_a_reason(open_counter):
    desk = DepositDesk()
    async with open_counter(desk, who="tess") as counter:
        await counter.by_hand("f10", "2", "o")
        assert "11/20/2026 3 days" in counter.screen()
        await counter.by_hand("l", "enter", *LEE)
        assert "It is given up for a reason." in counter.message
        await counter.by_hand(*"not to be found", "enter", *ANA)
        assert desk.given_up == []
        await counter.by_hand(*LEE)
        assert desk.given_up == [("tess", "lee", "T1-D6/1", "not to be found")]
        assert "T1-D6/1, 5.00, is given up. It is recorded as short." in counter.message
        await counter.by_hand("escape")
        assert "choose drawers" in counter.screen()
