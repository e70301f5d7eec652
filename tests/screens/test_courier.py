"""The bags by keys: marked, handed over before a second person, each once; their papers; what was typed survives."""

from __future__ import annotations

import pytest

from countertui.counter.drafts import Form
from countertui.domain.courier import Where
from screens.courier_desk import BAGS, DROP, CourierDesk
from screens.scenes.courier import TO_WHOM

GIVEN = ("enter", "f9", *TO_WHOM)


@pytest.fixture
async def counter(open_counter):
    async with open_counter(CourierDesk(), who="tess", drawer=False) as counter:
        await counter.app.go("courier")
        yield counter


async def test_marked_bags_go_with_a_courier_before_a_second_person(counter):
    await counter.keys("enter", "down", "enter")
    assert "2 bags marked, 13,826.95" in counter.screen()
    await counter.keys("f9", *TO_WHOM, *"lee", "enter", *"9753", "enter")
    ((second, data),) = counter.desk.went
    assert second == "lee"
    assert data == {
        "company": "Loomis",
        "courier": "Kim Roe",
        "badge": "",
        "receipt": "4471",
        "said_at": "2026-11-23T16:40",
        "bags": ["B0474", "B0473"],
    }
    assert [bag.where for bag in counter.app.area.list.items][:2] == [Where.COURIER] * 2
    assert "2 bags with Loomis." in counter.message
    assert "marked" not in counter.screen()
    await counter.keys("enter")
    assert "Bag B0473 is with the courier." in counter.message


async def test_what_is_not_in_the_safe_is_not_marked_and_nothing_marked_goes_nowhere(counter):
    await counter.keys("f9")
    assert "No bag is marked." in counter.message
    await counter.keys("down", "down", "enter")
    assert "Bag B0472 is taken back." in counter.message
    assert counter.desk.went == []


@pytest.mark.parametrize(
    ("who", "pin", "said"),
    [("lee", "0000", "id and PIN"), ("tess", "8642", "began or took part"), ("bo", "2468", "may not agree")],
)
async def test_nobody_but_another_who_may_signs_for_it(counter, who, pin, said):
    await counter.keys(*GIVEN, *who, "enter", *pin, "enter")
    assert said in counter.message
    assert counter.desk.went == []


async def test_what_lacks_is_said_before_anybody_signs_and_what_is_typed_stays(counter):
    await counter.keys("enter", "f9", *"Loomis", "enter", "enter", "enter", "enter", "enter")
    assert "Nobody is named who takes the bags." in counter.message
    assert not counter.app.area.second.display
    assert counter.app.area.company.value == "Loomis"
    await counter.keys("escape")
    assert not counter.app.area.company.display
    assert "1 bag marked" in counter.screen(), "the form is closed, the marks stay"


async def test_a_time_still_to_come_is_said_before_anybody_signs_and_is_typed_over(counter):
    await counter.keys("enter", "f9", *TO_WHOM[:-6], *"16:43", "enter")
    assert "11/23/2026 16:43 is still to come." in counter.message
    area = counter.app.area
    assert (area.second.display, area.at) == (False, area.when)
    await counter.keys(*"16:40", "enter", *"lee", "enter", *"9753", "enter")
    assert [data["said_at"] for _, data in counter.desk.went] == ["2026-11-23T16:40"]


async def test_what_is_typed_comes_back(counter):
    await counter.keys("enter", "f9", *"Loomis", "enter", *"Kim")
    await counter.until(lambda: counter.desk.drafts)
    area = counter.app.area
    await counter.keys("escape", "escape")
    assert counter.app.area is not area
    assert (Form.COURIER, "", "tess") in counter.desk.drafts
    for field in (area.company, area.name_):
        field.set("")
    await counter.app.go("courier")
    await counter.keys("enter", "f9")
    assert (area.company.value, area.name_.value) == ("Loomis", "Kim")


async def test_papers_of_the_marked_line(counter):
    await counter.keys("p", "w", "l", "n")
    assert counter.desk.asked_for == [("copy", 41), ("slip", 41), ("checks", 41)]
    assert "every routing and account number" in counter.message
    await counter.keys("n")
    assert counter.desk.asked_for[-1] == ("numbers", "tess", 41)
    assert "checks-T1-D4-numbers.pdf" in counter.message
    await counter.keys("down", "n")
    assert counter.desk.asked_for[-1] == ("numbers", "tess", 41), "asked anew for another deposit"
    await counter.keys("down", "p")
    assert counter.desk.asked_for[-1] == ("numbers", "tess", 41), "one that was taken back has none"


async def test_a_cashier_sees_where_bags_are_and_does_nothing_with_them(open_counter):
    async with open_counter(CourierDesk()) as counter:
        await counter.app.go("courier")
        await counter.keys("f9", "p", "n")
        assert counter.desk.asked_for == []
        assert [command.key for command in counter.app.area.commands()] == ["w", "l"]


async def test_a_drop_goes_to_the_bank_inside_a_deposit(open_counter):
    async with open_counter(CourierDesk(logged=[DROP]), who="tess", drawer=False) as counter:
        await counter.app.go("courier")
        await counter.keys("enter")
        assert "Bag B0512 is a drop." in counter.message
        assert "inside a deposit" in counter.message
        await counter.keys("f9", "p")
        assert "No bag is marked." in counter.message
        assert [command.key for command in counter.app.area.commands()] == ["f9"]
        assert counter.desk.asked_for == []


async def test_who_has_a_bag_is_said_at_once_and_whole(open_counter):
    async with open_counter(CourierDesk(logged=[BAGS[-1]]), who="tess", drawer=False) as counter:
        await counter.app.go("courier")
        await counter.until(lambda: "receipt 4471, 11/19/2026 16:40; whether the bank" in counter.screen())
        assert "has it is not known here" in counter.screen()
