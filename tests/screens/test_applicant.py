"""A license's applicant: typed or from a card, kept through everything, and nothing kept that the form doesn't need."""

from __future__ import annotations

import json

from countertui.domain.device_reads import CardHolder
from screens.fake_desk import FakeDesk

HOLDER = CardHolder("PAT", "Q", "SAMPLE", "JR", "1 MAIN ST", "ANYTOWN", "VA", "23269-1234", born="1986-06-30")
KEPT = {"name": "PAT Q SAMPLE JR", "street": "1 MAIN ST", "city": "ANYTOWN", "state": "VA", "zip": "23269"}


async def scan(counter, holder: CardHolder = HOLDER) -> None:
    counter.desk.read(holder)
    await counter.settle()


def kept(desk: FakeDesk) -> list[dict[str, str]]:
    return [dict(draft.texts) for draft in desk.drafts.values()]


async def test_a_card_fills_the_form_and_the_birth_date_is_for_the_eyes_alone(open_counter):
    async with open_counter() as counter:
        await counter.keys("f10", "a", "f4")
        await scan(counter)
        assert counter.app.area.born.value == "06/30/1986"
        assert "06/30/1986" in counter.screen()
        assert kept(counter.desk) == [KEPT]
        told = json.dumps([str(call) for call in counter.desk.calls])
        assert "1986" not in told, "no birth date is handed to a job"
        assert "1234" not in told


async def test_the_birth_date_is_gone_once_the_form_is_left(open_counter):
    for key in ("f2", "f3", "escape", "f1"):
        async with open_counter() as counter:
            await counter.keys("f10", "a", "f4")
            await scan(counter)
            form = counter.app.area
            await counter.keys(key)
            assert form.born.value == ""
            assert form.name_.value == KEPT["name"]


async def test_it_is_typed_by_hand_as_well_and_listed_and_gone_on_with_after_a_crash(open_counter):
    desk = FakeDesk()
    async with open_counter(desk) as counter:
        await counter.keys("f10", "a", "f4", *"Jo", "enter", *"9 Weir Ln", "tab", "tab", "tab", *"23269")
        await counter.keys("tab", *"01/02/1990")
    assert kept(desk) == [{"name": "Jo", "street": "9 Weir Ln", "zip": "23269"}]
    async with open_counter(desk, who="bo") as counter:
        await counter.keys("f10", "a")
        assert "Jo" in counter.screen()
        assert "by ana" in counter.screen()
        await counter.keys("enter")
        form = counter.app.area
        assert [field.value for field in form.ring()] == ["Jo", "9 Weir Ln", "", "", "23269", ""]
        await counter.keys("end", *" Bell")
        assert [draft["name"] for draft in kept(desk)] == ["Jo Bell"]
        await counter.keys("escape")
        assert "by bo" in counter.screen()


async def test_dropping_asks_once_and_leaves_nothing(open_counter):
    async with open_counter() as counter:
        await counter.keys("f10", "a", "f4", *"Jo", "f8")
        assert "Drop Jo?" in counter.message
        await counter.keys("n", "f8")
        assert kept(counter.desk) == [{"name": "Jon"}]
        await counter.keys("f8")
        assert kept(counter.desk) == []
        assert "Nobody is kept" in counter.screen()
        await counter.keys("f2", "f10", "a", "f4")
        assert counter.app.area.name_.value == ""


async def test_a_card_never_mixes_with_somebody_else(open_counter):
    async with open_counter() as counter:
        await counter.keys("f10", "a", "f4", *"Jo")
        await scan(counter)
        assert "holds somebody else" in counter.message
        assert kept(counter.desk) == [{"name": "Jo"}]
        assert counter.app.area.born.value == ""
        await counter.keys("f4")
        await scan(counter)
        assert kept(counter.desk) == [{"name": "Jo"}, KEPT]
        await scan(counter)
        assert kept(counter.desk) == [{"name": "Jo"}, KEPT]


async def test_a_card_scanned_over_the_list_begins_another(open_counter):
    async with open_counter() as counter:
        await counter.keys("f10", "a")
        await scan(counter)
        assert counter.app.area.NAME == "applicant"
        assert kept(counter.desk) == [KEPT]


async def test_a_name_cut_on_the_card_is_said(open_counter):
    async with open_counter() as counter:
        await counter.keys("f10", "a", "f4")
        await scan(counter, CardHolder("P", "", "SAMPLE", "", "", "", "", "K1A 0B1", cut=True))
        assert "cuts a part of the name off" in counter.message
        assert kept(counter.desk) == [{"name": "P SAMPLE", "zip": "K1A 0B1"}]


async def test_a_card_number_is_taken_into_no_field(open_counter):
    async with open_counter() as counter:
        await counter.keys("f10", "a", "f4")
        await counter.paste("4111 1111 1111 1111")
        assert "4111" not in counter.screen()
        await counter.by_hand(*"1234567890")
        assert "so many digits are not kept" in counter.message
