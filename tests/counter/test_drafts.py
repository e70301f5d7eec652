"""Half-typed counts in the store: whose they are, when they are forgotten, and what is never kept of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from counter_day import count_all
from counter_station import FUND, TODAY, at_work, close, drawer_of, on, reopened
from countertui.counter.close_drawer import close_drawer, commit_count
from countertui.counter.drafts import Form, draft_of, keep_draft
from countertui.counter.open_drawer import DrawerRefused, open_drawer
from countertui.counter.station import Station
from countertui.store.store import StoreHalted

TYPED = {"10000": "2", "500": "13", "check total": "45.20", "reason": "A note was torn"}


def test_it_comes_back_after_a_restart_to_who_typed_it(station: Station) -> None:
    rosa, session = at_work(station)
    ben = on(station, "ben")
    seq = station.store.tip()[0]
    keep_draft(station, rosa, Form.CLOSING, session.id, {"10000": "2"})
    keep_draft(station, rosa, Form.CLOSING, session.id, {**TYPED, "100": ""})
    assert station.store.tip()[0] == seq, "a draft is no record"
    again = reopened(station)
    draft = draft_of(again, rosa, Form.CLOSING, session.id)
    assert draft is not None
    assert (draft.texts, draft.saved_at) == (TYPED, again.clock.local_text())
    assert draft_of(again, ben, Form.CLOSING, session.id) is None
    assert draft_of(again, rosa, Form.OPENING, "") is None
    close(again)


def test_nothing_typed_is_nothing_kept(station: Station) -> None:
    rosa = on(station, "rosa")
    keep_draft(station, rosa, Form.OPENING, "", TYPED)
    keep_draft(station, rosa, Form.OPENING, "", dict.fromkeys(TYPED, ""))
    assert draft_of(station, rosa, Form.OPENING, "") is None


def test_an_opened_drawer_forgets_its_own_opening_count_alone(station: Station) -> None:
    rosa, ben = on(station, "rosa"), on(station, "ben")
    for person in (rosa, ben):
        keep_draft(station, person, Form.OPENING, "", TYPED)
    with pytest.raises(DrawerRefused):
        open_drawer(station, rosa, "D99", TODAY, FUND)
    assert draft_of(station, rosa, Form.OPENING, "") is not None
    drawer_of(station, rosa)
    assert draft_of(station, rosa, Form.OPENING, "") is None
    assert draft_of(station, ben, Form.OPENING, "") is not None


def test_a_close_forgets_everybodys_count_of_that_drawer_and_a_count_does_not(station: Station) -> None:
    rosa, session = at_work(station)
    ben, bens = at_work(station, "ben", "D2")
    lena = on(station, "lena")
    for person, whose in ((rosa, session), (lena, session), (ben, bens)):
        keep_draft(station, person, Form.CLOSING, whose.id, TYPED)
    commit_count(station, rosa, session, *count_all(station, session))
    assert draft_of(station, rosa, Form.CLOSING, session.id) is not None, "it is what a recount begins with"
    close_drawer(station, rosa, session, "")
    assert [draft_of(station, each, Form.CLOSING, session.id) for each in (rosa, lena)] == [None, None]
    assert draft_of(station, ben, Form.CLOSING, bens.id) is not None


@pytest.mark.parametrize(
    "typed",
    ["4111111111111111", "411111111111", "4111 1111 1", "４１１１１１１１１", "%B4111111111111111^DOE/J^2912"],
)
def test_no_card_number_nor_its_beginning_reaches_the_file(station: Station, typed: str) -> None:
    rosa = on(station, "rosa")
    keep_draft(station, rosa, Form.OPENING, "", {**TYPED, "reason": typed})
    draft = draft_of(station, rosa, Form.OPENING, "")
    assert draft is not None
    assert draft.texts == {name: text for name, text in TYPED.items() if name != "reason"}
    assert typed.encode() not in Path(station.store.path).read_bytes()


def test_a_halted_store_keeps_none_and_says_so(station: Station) -> None:
    rosa = on(station, "rosa")
    station.store.halt("it was tried out.")
    with pytest.raises(StoreHalted):
        keep_draft(station, rosa, Form.OPENING, "", TYPED)
