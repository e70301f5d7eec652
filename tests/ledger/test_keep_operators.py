"""Operators kept at the ledger itself: the desk's records, one-time codes, roles by two, and the review of rights."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from countertui.domain.operators import DayRefused, PinRefused, fingerprint
from countertui.domain.records import Kind
from countertui.domain.rights import Act, Role
from countertui.ledger import keep_operators as desk
from countertui.ledger import tables
from countertui.ledger.books import Books
from countertui.ledger.fsck import fsck
from countertui.ledger.keep_operators import Keeping, OperatorRefusedError
from countertui.ledger.rights_review import rights_list, sign_review
from countertui.ledger.sign_in import NotSignedInError, SignedIn, prove, sign_in
from countertui.sync.keyslots import CHEAP_COST
from countertui.sync.pins import PepperedPins
from ledger.at_the_desk import ground, hire, new_id
from ledger.test_ingest import asked
from ledger.test_posting import BOTH, items, keep, posted
from ledger.town import NOW, Till, counting_random

PEPPER = b"p" * 32
RANDOM = counting_random()
ELI = SignedIn("eli", "Eli", (Role.ADMIN,))
BO = SignedIn("bo", "Bo", (Role.LEAD,))


@contextmanager
def keeping(books: Books, key: Ed25519PrivateKey, now: str = NOW) -> Iterator[Keeping]:
    with ground(books, key, now) as here:
        yield Keeping(here, PepperedPins(PEPPER, RANDOM, CHEAP_COST), new_id())


def do(books: Books, key: Ed25519PrivateKey, act: Callable[..., Any], *what: Any, now: str = NOW) -> Any:
    with keeping(books, key, now) as here:
        return act(here, *what)


def choose(books: Books, key: Ed25519PrivateKey, id_: str, present: str, pin: str) -> None:
    owner = prove(books, PEPPER, id_, present, NOW)
    do(books, key, desk.choose_pin, owner, pin, present)


def test_an_operator_lives_at_the_ledger(books: Books, key: Ed25519PrivateKey) -> None:
    code = do(books, key, desk.add, ELI, BO, "fay", " Fay Marsh ", [Role.LEAD])
    with pytest.raises(NotSignedInError, match="one-time code"):
        sign_in(books, PEPPER, "fay", code, Act.APPROVE, NOW)
    choose(books, key, "FAY", code.lower(), "902108")
    assert sign_in(books, PEPPER, "fay", "902108", Act.APPROVE, NOW).name == "Fay Marsh"
    with pytest.raises(NotSignedInError, match="belong together"):
        prove(books, PEPPER, "fay", code, NOW)
    choose(books, key, "fay", "902108", "135790")
    again = do(books, key, desk.reset, ELI, BO, "Fay")
    with pytest.raises(NotSignedInError):
        sign_in(books, PEPPER, "fay", "135790", Act.APPROVE, NOW)
    choose(books, key, "fay", again, "864209")
    assert do(books, key, desk.leave, ELI, "fay", "2026-12-31") == "2026-12-31"
    assert do(books, key, desk.leave, ELI, "fay", "never") is None
    do(books, key, desk.remove, ELI, "fay")
    with pytest.raises(NotSignedInError, match="has no PIN"):
        sign_in(books, PEPPER, "fay", "864209", Act.APPROVE, NOW)
    records = asked(books, "SELECT terminal, kind FROM record ORDER BY seq")
    assert records == [("LEDGER", "operator")] * 8
    whats = asked(books, "SELECT what, by, second FROM operator_change ORDER BY seq")
    assert whats == [
        ("added", "eli", "bo"),
        ("pin", "fay", None),
        ("pin", "fay", None),
        ("reset", "eli", "bo"),
        ("pin", "fay", None),
        ("leave", "eli", None),
        ("leave", "eli", None),
        ("removed", "eli", None),
    ]


def test_a_code_of_the_ledger_ends_after_three_days(books: Books, key: Ed25519PrivateKey) -> None:
    code = do(books, key, desk.add, ELI, BO, "fay", "Fay", [Role.LEAD])
    assert prove(books, PEPPER, "fay", code, "2026-11-26T18:00:00+00:00").id == "fay"
    with pytest.raises(NotSignedInError, match="expired"):
        prove(books, PEPPER, "fay", code, "2026-11-26T18:00:01+00:00")


def test_what_somebody_may_do_is_changed_by_two_from_that_day_on(
    books: Books, key: Ed25519PrivateKey, till: Till
) -> None:
    do(books, key, desk.change_roles, ELI, BO, "ann", [Role.AUDITOR], now="2026-12-01T09:00:00+00:00")
    assert asked(books, "SELECT roles FROM operator WHERE id = 'ann'") == [("auditor",)]
    till.pay(BOTH)
    posted(books, key, till)
    assert items(books) == [], "in November she took money"
    till.pay(BOTH, biz_date="2026-12-02", utc="2026-12-02T09:00:00.000Z")
    posted(books, key, till)
    assert "no-right" in [reason for reason, _ in items(books)]


REFUSED: list[tuple[Callable[..., Any], tuple[Any, ...]]] = [
    (desk.add, (BO, ELI, "fay", "Fay", [Role.LEAD])),
    (desk.add, (ELI, BO, "ANN", "Ann", [Role.LEAD])),
    (desk.add, (ELI, BO, "ann", "Ann", [Role.LEAD])),
    (desk.add, (ELI, BO, "Fay!", "Fay", [Role.LEAD])),
    (desk.add, (ELI, BO, "fay", "F\x1b[2J", [Role.LEAD])),
    (desk.add, (ELI, BO, "fay", "Fay", [])),
    (desk.add, (ELI, ELI, "fay", "Fay", [Role.CASHIER])),
    (desk.add, (ELI, SignedIn("dee", "Dee", ()), "fay", "Fay", [Role.CASHIER])),
    (desk.reset, (ELI, ELI, "ann")),
    (desk.reset, (ELI, BO, "bo")),
    (desk.reset, (ELI, BO, "eli")),
    (desk.reset, (BO, ELI, "ann")),
    (desk.reset, (ELI, BO, "nobody")),
    (desk.leave, (ELI, "eli", "2026-12-31")),
    (desk.remove, (ELI, "ELI")),
    (desk.remove, (BO, "ann")),
    (desk.change_roles, (ELI, BO, "eli", [Role.ADMIN, Role.LEAD])),
    (desk.change_roles, (ELI, BO, "bo", [Role.TECHNICIAN])),
    (desk.change_roles, (ELI, SignedIn("ann", "Ann", ()), "bo", [Role.TECHNICIAN])),
    (desk.change_roles, (ELI, BO, "ann", [])),
]


@pytest.mark.parametrize(("act", "what"), REFUSED)
def test_what_is_refused_leaves_no_record(
    books: Books, key: Ed25519PrivateKey, act: Callable[..., Any], what: tuple[Any, ...]
) -> None:
    before = asked(books, "SELECT * FROM operator ORDER BY id")
    with pytest.raises(OperatorRefusedError):
        do(books, key, act, *what)
    assert asked(books, "SELECT * FROM operator ORDER BY id") == before
    assert asked(books, "SELECT COUNT(*) FROM record") == [(0,)]


def test_a_weak_pin_and_a_past_day_are_refused(books: Books, key: Ed25519PrivateKey) -> None:
    code = do(books, key, desk.add, ELI, BO, "fay", "Fay", [Role.LEAD])
    for pin in ("1111", "1234"):
        with pytest.raises(PinRefused):
            choose(books, key, "fay", code, pin)
    choose(books, key, "fay", code, "902108")
    with pytest.raises(PinRefused, match="the PIN you have"):
        choose(books, key, "fay", "902108", "902108")
    with pytest.raises(DayRefused):
        do(books, key, desk.leave, ELI, "fay", "2026-11-22")


def test_a_pin_chosen_at_the_ledger_and_one_at_a_terminal_are_settled_by_the_order(
    books: Books, key: Ed25519PrivateKey, till: Till
) -> None:
    code = do(books, key, desk.add, ELI, BO, "fay", "Fay", [Role.LEAD])
    choose(books, key, "fay", code, "902108")
    keep(till, "fay", what="pin", by="fay", verifier="elsewhere", replaces="0" * 64)
    posted(books, key, till)
    assert items(books) == [("operator-conflict", 0)]
    assert sign_in(books, PEPPER, "fay", "902108", Act.APPROVE, NOW).id == "fay"


def differences(books: Books) -> list[str]:
    """What fsck tells, but for the drawer session that the till of these tests has from before its first record."""
    return [told for told in fsck(books).differences if not told.startswith("session")]


def test_fsck_recomputes_what_became_of_operators(books: Books, key: Ed25519PrivateKey, till: Till) -> None:
    keep(till, "ann", roles="cashier", what="leave", active_to="2026-12-31", replaces=fingerprint(""))
    till.record(Kind.LOGIN, {}, operator="ann", session=None, biz_date=None)
    posted(books, key, till)
    code = do(books, key, desk.add, ELI, BO, "fay", "Fay", [Role.LEAD])
    choose(books, key, "fay", code, "902108")
    do(books, key, desk.change_roles, ELI, BO, "fay", [Role.LEAD, Role.CASHIER], now="2026-11-25T09:00:00+00:00")
    with keeping(books, key) as here:
        sign_review(here.ground, BO, here.id)
    keep(till, "fay", roles="lead", what="removed", verifier="removed", active_to="2026-11-24", replaces="0" * 64)
    posted(books, key, till)
    assert differences(books) == []
    for table, change in (
        ("operator", "roles = 'admin' WHERE id = 'ann'"),
        ("operator", "verifier = 'another' WHERE id = 'fay'"),
        ("operator_role", "roles = 'admin' WHERE since = '2026-11-25'"),
        ("operator_change", "second = 'cy' WHERE what = 'roles'"),
        ("last_login", "at = '2026'"),
        ("rights_review", "by = 'ann'"),
    ):
        with books.writing() as connection:
            rows = connection.exec_driver_sql(f"SELECT * FROM {table}").all()
            connection.exec_driver_sql(f"UPDATE {table} SET {change}")
        assert any(table in told for told in differences(books)), (table, change)
        with books.writing() as connection:
            connection.execute(tables.metadata.tables[table].delete())
            names = [column.name for column in tables.metadata.tables[table].columns]
            values = [dict(zip(names, row, strict=True)) for row in rows]
            connection.execute(tables.metadata.tables[table].insert(), values)
    assert differences(books) == []


# The review


def test_the_review_lists_all_that_any_record_said(books: Books, key: Ed25519PrivateKey, till: Till) -> None:
    hire(books, "max", "admin cashier")
    do(books, key, desk.add, ELI, BO, "fay", "Fay", [Role.LEAD])
    keep(till, "ann", what="leave", active_to="2026-12-31", replaces="0" * 64)
    till.record(Kind.LOGIN, {}, operator="ann", session=None, biz_date=None)
    posted(books, key, till)
    with books.reading() as connection:
        rows, reviews = rights_list(connection)
    found = {row["id"]: row for row in rows}
    assert reviews == []
    assert found["max"]["conflicts"] == ["keeps operators and handles money"]
    assert [(each["what"], each["terminal"]) for each in found["fay"]["changes"]] == [("added", "LEDGER")]
    assert [(each["what"], each["terminal"]) for each in found["ann"]["changes"]] == [("leave", "T1")]
    assert found["ann"]["last_login"] == "2026-11-23T09:00:00.000Z"
    assert found["fay"]["proof"].startswith("one-time code until 2026-11-26")
    assert "argon2id" not in str(rows)


def test_a_review_is_signed_at_the_desk_or_at_a_terminal_by_who_may(
    books: Books, key: Ed25519PrivateKey, till: Till
) -> None:
    with keeping(books, key) as here:
        data = sign_review(here.ground, BO, here.id)
    terminal = {"snapshot": 0, "sha256": "other", "operators": 5}
    till.record(Kind.RIGHTS_REVIEW, terminal, operator="eli", session=None, biz_date=None)
    till.record(Kind.RIGHTS_REVIEW, terminal, operator="ann", session=None, biz_date=None)
    till.record(Kind.RIGHTS_REVIEW, {"snapshot": "1"}, operator="eli", session=None, biz_date=None)
    posted(books, key, till)
    assert [reason for reason, _ in items(books)] == ["no-right", "bad-operator"]
    with books.reading() as connection:
        reviews = rights_list(connection)[1]
    assert [(each["by"], each["unchanged"]) for each in reviews] == [("eli", False), ("bo", True)]
    assert reviews[1]["sha256"] == data["sha256"]
    do(books, key, desk.remove, ELI, "ann")
    with books.reading() as connection:
        assert not any(each["unchanged"] for each in rights_list(connection)[1])


# A PIN of a terminal's


def at_terminals_only(books: Books, pin: str, *ids: str) -> None:
    for id_ in ids:
        with pytest.raises(NotSignedInError):
            sign_in(books, PEPPER, id_, pin, Act.KEEP_KEYS, NOW)
        with pytest.raises(NotSignedInError):
            prove(books, PEPPER, id_, pin, NOW)


def pins_chosen(books: Books, till: Till, pin: str, *ids: str) -> None:
    """What a terminal's key can sign: that these people chose that PIN there."""
    pins = PepperedPins(PEPPER, RANDOM, CHEAP_COST)
    for id_ in ids:
        ((roles, before),) = asked(books, f"SELECT roles, verifier FROM operator WHERE id = '{id_}'")
        said = {"what": "pin", "by": id_, "verifier": pins.verifier(pin), "replaces": fingerprint(before)}
        keep(till, id_, roles=roles, **said)


def test_whoever_holds_a_terminals_key_is_nobody_at_the_ledger(
    books: Books, key: Ed25519PrivateKey, till: Till
) -> None:
    """A journal's PIN proves a person at terminals: at the ledger counts what was chosen, or founded, there."""
    hire(books, "gus", "admin")
    pins_chosen(books, till, "593817", "eli", "gus")
    posted(books, key, till)
    assert items(books) == []
    at_terminals_only(books, "593817", "eli", "gus")
    code = do(books, key, desk.reset, SignedIn("gus", "gus", (Role.ADMIN,)), BO, "eli")
    choose(books, key, "eli", code, "902108")
    pins_chosen(books, till, "593817", "eli")
    posted(books, key, till)
    at_terminals_only(books, "593817", "eli")
    assert sign_in(books, PEPPER, "eli", "902108", Act.KEEP_KEYS, NOW).id == "eli"
    choose(books, key, "eli", "902108", "864209")
    assert sign_in(books, PEPPER, "eli", "864209", Act.KEEP_KEYS, NOW).id == "eli"
    assert differences(books) == []


def test_a_pin_that_the_city_brought_along_stays_the_ledgers(books: Books, key: Ed25519PrivateKey, till: Till) -> None:
    verifier = PepperedPins(PEPPER, RANDOM, CHEAP_COST).verifier("902108")
    with books.writing() as connection:
        connection.exec_driver_sql(f"UPDATE operator SET verifier = '{verifier}' WHERE id = 'eli'")
    for pin in ("593817", "864209"):
        pins_chosen(books, till, pin, "eli")
        posted(books, key, till)
        at_terminals_only(books, pin, "eli")
    assert sign_in(books, PEPPER, "eli", "902108", Act.KEEP_KEYS, NOW).id == "eli"


def test_who_was_added_or_reset_at_a_terminal_has_nothing_to_show_at_the_ledger(
    books: Books, key: Ed25519PrivateKey, till: Till
) -> None:
    verifier = PepperedPins(PEPPER, RANDOM, CHEAP_COST).verifier("593817")
    keep(till, "max", roles="admin", verifier=verifier, second="bo")
    keep(till, "eli", roles="admin", what="reset", by="max", second="bo", verifier=verifier, replaces=fingerprint(""))
    posted(books, key, till)
    at_terminals_only(books, "593817", "max", "eli")


def test_wrong_pins_at_the_ledger_are_forgiven_at_the_ledger(books: Books, key: Ed25519PrivateKey, till: Till) -> None:
    do(books, key, desk.reset, SignedIn("eli", "Eli", ()), BO, "dee")
    for _ in range(5):
        with pytest.raises(NotSignedInError):
            prove(books, PEPPER, "dee", "000000", NOW)
    pins_chosen(books, till, "593817", "dee")
    posted(books, key, till)
    with pytest.raises(NotSignedInError, match="locked"):
        prove(books, PEPPER, "dee", "000000", NOW)


def test_who_is_removed_at_a_terminal_is_removed_at_the_ledger(
    books: Books, key: Ed25519PrivateKey, till: Till
) -> None:
    code = do(books, key, desk.reset, ELI, BO, "dee")
    choose(books, key, "dee", code, "902108")
    keep(till, "dee", roles="technician", what="removed", verifier="removed", active_to="2026-11-24", replaces="0" * 64)
    posted(books, key, till)
    with pytest.raises(NotSignedInError, match="has no PIN"):
        sign_in(books, PEPPER, "dee", "902108", Act.CORRECT, NOW)


def test_a_reset_at_the_ledger_unlocks_there(books: Books, key: Ed25519PrivateKey) -> None:
    for _ in range(2):
        code = do(books, key, desk.reset, ELI, BO, "dee")
        for _ in range(5):
            with pytest.raises(NotSignedInError):
                prove(books, PEPPER, "dee", "000000", NOW)
    code = do(books, key, desk.reset, ELI, BO, "dee")
    assert prove(books, PEPPER, "dee", code, NOW).id == "dee"


def test_the_ledger_keeps_two_admins(books: Books, key: Ed25519PrivateKey) -> None:
    hire(books, "gus", "admin")
    gus = SignedIn("gus", "gus", (Role.ADMIN,))
    for act in (
        lambda: do(books, key, desk.remove, gus, "eli"),
        lambda: do(books, key, desk.leave, gus, "eli", "2026-12-31"),
        lambda: do(books, key, desk.change_roles, gus, BO, "eli", [Role.AUDITOR]),
    ):
        with pytest.raises(OperatorRefusedError, match="two admins"):
            act()
    hire(books, "hal", "admin")
    do(books, key, desk.remove, gus, "eli")
    with pytest.raises(OperatorRefusedError, match="two admins"):
        do(books, key, desk.remove, gus, "hal")
