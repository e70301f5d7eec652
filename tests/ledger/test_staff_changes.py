"""Operators' records taken over by the ledger: whose word counts for what, and what two terminals said at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from countertui.domain.operators import REMOVED, fingerprint
from countertui.domain.records import Kind
from countertui.domain.rights import Act, Role
from countertui.ledger.books import Books
from countertui.ledger.sign_in import locked
from countertui.ledger.staff import Person, allowed, people_of
from countertui.ledger.staff_changes import Judged, judge, write_changes
from ledger.at_the_desk import hire
from ledger.test_ingest import asked
from ledger.test_posting import BOTH, items, keep, posted
from ledger.town import Till

NONE = fingerprint("")
ANN = {"what": "pin", "name": "Ann", "roles": "cashier", "by": "ann"}


def operator(books: Books, id_: str) -> tuple[Any, ...]:
    (row,) = asked(books, f"SELECT roles, verifier, active_to FROM operator WHERE id = '{id_}'")
    return tuple(row)


def changes(books: Books) -> list[tuple[Any, ...]]:
    return asked(books, "SELECT operator, what, by, second FROM operator_change ORDER BY terminal, epoch, seq")


def reset(till: Till, id_: str, second: str | None = "bo", by: str = "eli", **more: Any) -> None:
    keep(till, id_, **({"what": "reset", "by": by, "second": second, "verifier": "v2", "replaces": NONE} | more))


# What counts


def test_each_change_is_taken_over_and_noted(books: Books, key: Ed25519PrivateKey, till: Till) -> None:
    keep(till, "fay", verifier="code x")
    keep(till, "fay", what="pin", by="fay", verifier="p1", replaces=fingerprint("code x"))
    reset(till, "fay", verifier="code y", replaces=fingerprint("p1"))
    keep(till, "fay", what="leave", active_to="2026-12-31", replaces=NONE)
    posted(books, key, till)
    assert operator(books, "fay") == ("lead", "code y", "2026-12-31")
    keep(till, "fay", what="pin", by="fay", verifier="p2", replaces=fingerprint("code y"))
    keep(till, "fay", what="leave", replaces=fingerprint("2026-12-31"))
    posted(books, key, till)
    assert operator(books, "fay") == ("lead", "p2", None)
    keep(till, "fay", what="removed", verifier=REMOVED, active_to="2026-11-23", replaces=fingerprint("p2"))
    posted(books, key, till)
    assert operator(books, "fay") == ("lead", REMOVED, "2026-11-23")
    assert items(books) == []
    assert [(what, by, second) for _, what, by, second in changes(books)] == [
        ("added", "eli", "bo"),
        ("pin", "fay", None),
        ("reset", "eli", "bo"),
        ("leave", "eli", None),
        ("pin", "fay", None),
        ("leave", "eli", None),
        ("removed", "eli", None),
    ]


def test_no_terminal_changes_what_somebody_may_do(books: Books, key: Ed25519PrivateKey, till: Till) -> None:
    """A PIN, a reset or a leave date whose record says other roles or another name changes neither."""
    reset(till, "ann", roles="admin", name="Anna")
    keep(till, "ann", roles="cashier lead", what="leave", active_to="2027-01-01", replaces=NONE)
    keep(till, "dee", roles="admin", what="roles", second="bo", replaces=fingerprint("technician"))
    posted(books, key, till)
    assert operator(books, "ann") == ("cashier", "v2", "2027-01-01")
    assert operator(books, "dee")[0] == "technician"
    assert [reason for reason, _ in items(books)] == ["no-right"]


REFUSED: list[tuple[str, Callable[[Till], None]]] = [
    ("not-approved", lambda till: reset(till, "ann", second=None)),
    ("not-approved", lambda till: keep(till, "gus", roles="cashier", second=None)),
    ("no-right", lambda till: keep(till, "gus", roles="admin", second="dee")),
    ("self-approval", lambda till: keep(till, "gus", roles="lead", second="eli")),
    ("self-approval", lambda till: reset(till, "bo")),
    ("self-approval", lambda till: reset(till, "ann", second="fil", by="fil")),
    ("no-right", lambda till: reset(till, "ann", second="dee")),
    ("no-right", lambda till: reset(till, "ann", second="nobody")),
    ("no-right", lambda till: reset(till, "ann", by="bo", second="cy")),
    ("no-right", lambda till: keep(till, "ann", **ANN | {"by": "bo", "replaces": NONE})),
    ("no-right", lambda till: keep(till, "ann", **ANN | {"by": "ANN", "replaces": NONE})),
    ("no-right", lambda till: keep(till, "nobody", **ANN | {"by": "nobody", "replaces": NONE})),
    ("no-right", lambda till: keep(till, "ann", what="removed", by="bo", verifier=REMOVED, active_to="2026-11-23")),
    ("self-approval", lambda till: keep(till, "eli", what="leave", active_to="2026-12-31", replaces=NONE)),
    ("bad-operator", lambda till: reset(till, "nobody")),
    ("bad-operator", lambda till: reset(till, "ANN")),
    ("bad-operator", lambda till: keep(till, "ann", what="leave", active_to="2026-11-21", replaces=NONE)),
    ("bad-operator", lambda till: keep(till, "ann", what="leave", active_to="someday", replaces=NONE)),
    ("bad-operator", lambda till: keep(till, "ann", what="leave", active_to="20261231", replaces=NONE)),
    ("bad-operator", lambda till: keep(till, "ann", what="removed", verifier="v2", active_to="2026-11-23")),
    ("bad-operator", lambda till: keep(till, "ann", what="removed", verifier=REMOVED)),
    ("bad-operator", lambda till: reset(till, "ann", verifier=REMOVED)),
    ("bad-operator", lambda till: keep(till, "g\u0443s")),  # a Cyrillic letter that looks like a y
    ("bad-operator", lambda till: keep(till, "Gus")),
    ("bad-operator", lambda till: keep(till, "gus\ufe0f")),
    ("bad-operator", lambda till: keep(till, "gus", what="crowned")),
    ("bad-operator", lambda till: keep(till, "gus", roles="lead king")),
    ("bad-operator", lambda till: keep(till, "gus", roles="")),
    ("bad-operator", lambda till: keep(till, "gus", name="G\x1b[2Jus")),
    ("bad-operator", lambda till: keep(till, "gus", name="G" * 61)),
    ("bad-operator", lambda till: keep(till, "gus", replaces=7)),
    ("operator-conflict", lambda till: keep(till, "ann", roles="lead")),
]


@pytest.mark.parametrize("name", ["what", "id", "name", "roles", "verifier", "active_to", "replaces"])
@pytest.mark.parametrize("junk", [None, 7, [], {}, "missing"])
def test_a_record_that_says_only_part_is_told(
    books: Books, key: Ed25519PrivateKey, till: Till, name: str, junk: object
) -> None:
    data: dict[str, object] = {"what": "reset", "id": "ann", "name": "Ann", "roles": "cashier", "verifier": "v2"}
    data |= {"active_to": None, "replaces": NONE, name: junk}
    if junk == "missing":
        del data[name]
    till.record(Kind.OPERATOR, data, operator="eli", approver="bo", session=None, biz_date=None)
    posted(books, key, till)
    told = [reason for reason, _ in items(books)]
    harmless = junk is None and name in {"active_to", "replaces"}
    assert told == ([] if name == "active_to" and harmless else ["operator-conflict" if harmless else "bad-operator"])


@pytest.mark.parametrize(("reason", "made"), REFUSED)
def test_what_is_not_theirs_to_do_changes_nothing_and_is_told(
    books: Books, key: Ed25519PrivateKey, till: Till, reason: str, made: Callable[[Till], None]
) -> None:
    with books.writing() as connection:
        connection.exec_driver_sql("UPDATE operator SET roles = 'admin lead' WHERE id = 'cy'")
    before = asked(books, "SELECT * FROM operator ORDER BY id")
    keep(till, "fil", roles="admin lead")
    made(till)
    posted(books, key, till)
    assert [found for found, _ in items(books)] == [reason]
    assert [row for row in asked(books, "SELECT * FROM operator ORDER BY id") if row[0] != "fil"] == before
    assert len(changes(books)) == 1


def test_who_left_or_was_removed_keeps_nobody_and_chooses_no_pin(
    books: Books, key: Ed25519PrivateKey, till: Till
) -> None:
    keep(till, "fil", roles="admin")
    posted(books, key, till)
    with books.writing() as connection:
        connection.exec_driver_sql("UPDATE operator SET active_to = '2026-11-22' WHERE id IN ('fil', 'ann')")
    keep(till, "gus", by="fil")
    keep(till, "ann", **ANN | {"replaces": NONE})
    posted(books, key, till)
    assert [reason for reason, _ in items(books)] == ["no-right", "no-right"]


SPELLINGS = ["{}", "{} ", "\u200b{}", "{}\u00ad"]


@given(data=st.data())
def test_a_reset_takes_three_people_in_any_spelling(data: st.DataObject) -> None:
    """Admin, second person and operator: whenever two of them are one person, it is refused."""
    everything = frozenset(Role)
    ids = st.sampled_from(["ann", "bo", "cy"])
    by, second, about = (data.draw(ids) for _ in range(3))

    def spelled(id_: str) -> str:
        respell = data.draw(st.sampled_from([str.upper, str.title, str.lower]))
        return data.draw(st.sampled_from(SPELLINGS)).format(respell(id_))

    said_by, said_second, said_about = spelled(by), spelled(second), spelled(about)
    people = {id_: Person("X", everything, "2020-01-01", None, "") for id_ in (said_by, said_second, said_about)}
    record = {
        "what": "reset",
        "id": said_about,
        "name": "X",
        "roles": "cashier",
        "verifier": "v",
        "active_to": None,
        "replaces": NONE,
    }
    body = {"operator": said_by, "approver": said_second, "biz_date": None, "utc": "2026-11-23T", "data": record}
    judged = judge(body, people)
    if len({by, second, about}) < 3:
        assert judged.problem is not None
        assert not judged.counts
    elif "\u200b" not in said_about and "\u00ad" not in said_about:
        assert judged == Judged(counts=True, problem=None)


# Two terminals


@pytest.fixture
def other(books: Books) -> Till:
    return Till(books, code="T2").registered(books)


def test_an_operator_added_twice_is_the_first_ones_and_the_second_is_told(
    books: Books, key: Ed25519PrivateKey, till: Till, other: Till
) -> None:
    keep(till, "fay", verifier="a")
    keep(other, "fay", roles="admin", verifier="b", name="Another Fay")
    posted(books, key, till)
    posted(books, key, other)
    assert operator(books, "fay") == ("lead", "a", None)
    assert items(books) == [("operator-conflict", 0)]


def test_a_code_used_at_two_terminals_gives_one_pin(
    books: Books, key: Ed25519PrivateKey, till: Till, other: Till
) -> None:
    for where, verifier in ((till, "p1"), (other, "p2")):
        keep(where, "ann", **ANN | {"verifier": verifier, "replaces": NONE})
    posted(books, key, other)
    posted(books, key, till)
    assert operator(books, "ann")[1] == "p2"
    assert items(books) == [("operator-conflict", 0)]


def test_a_pin_changed_elsewhere_does_not_undo_a_reset(
    books: Books, key: Ed25519PrivateKey, till: Till, other: Till
) -> None:
    """Whoever knew the old PIN may have chosen the other one: the reset stands."""
    reset(till, "ann")
    keep(other, "ann", **ANN | {"verifier": "thief", "replaces": NONE})
    posted(books, key, till)
    posted(books, key, other)
    assert operator(books, "ann")[1] == "v2"
    assert items(books) == [("operator-conflict", 0)]


def test_a_reset_or_removal_made_without_knowing_of_a_change_counts_and_is_told(
    books: Books, key: Ed25519PrivateKey, till: Till, other: Till
) -> None:
    keep(till, "ann", **ANN | {"verifier": "p1", "replaces": NONE})
    keep(till, "bo", what="leave", active_to="2027-01-31", replaces=NONE)
    reset(other, "ann", verifier="code")
    keep(other, "bo", what="leave", active_to="2026-12-31", replaces=NONE)
    keep(other, "dee", what="removed", verifier=REMOVED, active_to="2026-11-23", replaces=fingerprint("else"))
    posted(books, key, till)
    posted(books, key, other)
    assert operator(books, "ann")[1] == "code"
    assert operator(books, "bo")[2] == "2026-12-31"
    assert operator(books, "dee")[1:] == (REMOVED, "2026-11-23")
    assert items(books) == [("operator-conflict", 0)] * 3


def test_who_is_removed_may_not_approve_later_but_what_they_did_before_stands(
    books: Books, key: Ed25519PrivateKey, till: Till
) -> None:
    first, second = till.pay(BOTH), till.pay(BOTH)
    till.void(first, approver="bo")
    keep(till, "bo", what="removed", verifier=REMOVED, active_to="2026-11-23", replaces=NONE)
    till.void(second, approver="bo", utc="2026-11-24T09:00:00.000Z", biz_date="2026-11-24")
    posted(books, key, till)
    assert [reason for reason, _ in items(books)] == ["other-money"]  # a void of another day is none
    with books.reading() as connection:
        people = people_of(connection)
    on = {"utc": "2026-11-24T09:00:00.000Z", "biz_date": None}
    assert not allowed(people, "bo", Act.APPROVE, on)
    assert allowed(people, "bo", Act.APPROVE, on | {"biz_date": "2026-11-23"})


def test_a_terminals_new_pin_unlocks_nobody_at_the_ledger(books: Books, key: Ed25519PrivateKey, till: Till) -> None:
    """Whoever holds its key could try PINs without an end; the ledger's own reset unlocks (test_keep_operators)."""
    with books.writing() as connection:
        connection.exec_driver_sql("INSERT INTO sign_in_state VALUES ('ann', 5, 'then')")
        connection.exec_driver_sql("INSERT INTO sign_in_state VALUES ('bo', 5, 'then')")
    reset(till, "ann")
    posted(books, key, till)
    with books.reading() as connection:
        assert set(locked(connection)) == {"ann", "bo"}


# Roles of the past


def roles_change(books: Books, id_: str, roles: str, day: str) -> None:
    """As the ledger's desk changes them."""
    data = {"what": "roles", "id": id_, "name": "X", "roles": roles, "verifier": "", "active_to": None}
    place = {"terminal": "LEDGER", "epoch": 1, "seq": int(day.replace("-", ""))}
    body = place | {"operator": "eli", "approver": "bo", "utc": f"{day}T09:00:00Z", "biz_date": None, "data": data}
    with books.writing() as connection:
        write_changes(connection, [body], 2)


def test_what_somebody_might_do_then_counts_and_not_what_they_may_now(
    books: Books, key: Ed25519PrivateKey, till: Till
) -> None:
    roles_change(books, "ann", "lead", "2026-12-01")
    roles_change(books, "ann", "auditor", "2026-12-10")
    assert operator(books, "ann")[0] == "auditor"
    till.pay(BOTH)
    posted(books, key, till)
    assert items(books) == [], "in November she was a cashier"
    with books.reading() as connection:
        ann = people_of(connection)["ann"]
    assert [ann.roles_on(day) for day in ("2020-01-01", "2026-11-30", "2026-12-02", "2026-12-31")] == [
        {Role.CASHIER},
        {Role.CASHIER},
        {Role.LEAD},
        {Role.AUDITOR},
    ]
    assert ann.roles_on("2026-12-01") == {Role.CASHIER, Role.LEAD}, "on the day of a change both count"
    assert ann.roles == {Role.AUDITOR}


def test_a_record_of_today_under_a_role_of_the_past_is_told(books: Books, key: Ed25519PrivateKey, till: Till) -> None:
    roles_change(books, "ann", "lead", "2026-11-01")
    till.pay(BOTH)
    posted(books, key, till)
    assert [reason for reason, _ in items(books)] == ["no-right"]


# Logins


def test_the_last_login_is_noted(books: Books, key: Ed25519PrivateKey, till: Till, other: Till) -> None:
    till.record(Kind.LOGIN, {}, operator="ann", session=None, biz_date=None)
    other.record(Kind.LOGIN, {}, operator="ann", session=None, biz_date=None, utc="2026-11-24T08:00:00.000Z")
    other.record(Kind.LOGIN, {}, operator="bo", session=None, biz_date=None)
    posted(books, key, other)
    posted(books, key, till)
    assert asked(books, "SELECT operator, at, terminal FROM last_login ORDER BY operator") == [
        ("ann", "2026-11-24T08:00:00.000Z", "T2"),
        ("bo", "2026-11-23T09:00:00.000Z", "T2"),
    ]


# The last admins


@pytest.mark.parametrize("what", ["leave", "removed"])
def test_two_admins_stay(books: Books, key: Ed25519PrivateKey, till: Till, what: str) -> None:
    """Keys and operators take two: with fewer nobody could be added or reset any more."""

    def goes(id_: str, by: str) -> None:
        more = {"verifier": REMOVED if what == "removed" else "", "active_to": "2026-11-24", "replaces": NONE}
        keep(till, id_, roles="admin", by=by, what=what, **more)

    hire(books, "gus", "admin")
    goes("eli", "gus")
    posted(books, key, till)
    assert [reason for reason, _ in items(books)] == ["bad-operator"]
    hire(books, "hal", "admin lead")
    goes("eli", "gus")
    goes("hal", "gus")
    posted(books, key, till)
    assert [reason for reason, _ in items(books)] == ["bad-operator", "bad-operator"]
    assert asked(books, "SELECT id FROM operator WHERE active_to IS NOT NULL") == [("eli",)]
