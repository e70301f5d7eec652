"""Who may do what; and nobody approves what they began, however they spell themselves."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countertui.domain.rights import Act, NotAllowed, Role, may, require, require_second_person
from countertui.domain.text import person_key, same_person

TABLE = {
    Act.TAKE_MONEY: {Role.CASHIER},
    Act.ASK: {Role.CASHIER},
    Act.APPROVE: {Role.LEAD},
    Act.SEE_EXPECTED: {Role.LEAD, Role.TECHNICIAN, Role.AUDITOR},
    Act.SEAL: {Role.CASHIER, Role.LEAD, Role.TECHNICIAN},
    Act.CLOSE_OTHERS: {Role.LEAD},
    Act.COUNT_OTHERS: {Role.LEAD},
    Act.REPRINT: {Role.CASHIER, Role.LEAD, Role.TECHNICIAN},
    Act.NO_SALE: {Role.CASHIER, Role.LEAD},
    Act.KEEP_ACCOUNTS: {Role.CASHIER, Role.LEAD, Role.TECHNICIAN},
    Act.KEEP_OPERATORS: {Role.ADMIN},
    Act.APPROVE_RESET: {Role.LEAD, Role.ADMIN},
    Act.REVIEW_RIGHTS: {Role.LEAD, Role.AUDITOR, Role.ADMIN},
    Act.SEE_ALARMS: {Role.LEAD, Role.TECHNICIAN, Role.ADMIN},
    Act.KEEP_KEYS: {Role.ADMIN},
    Act.RELEASE: {Role.TECHNICIAN},
    Act.POST: {Role.TECHNICIAN},
    Act.CORRECT: {Role.TECHNICIAN},
    Act.AGREE: {Role.LEAD, Role.TECHNICIAN},
    Act.DEPOSIT: {Role.TECHNICIAN},
    Act.ERASE: {Role.ADMIN},
    Act.IMPORT: {Role.TECHNICIAN, Role.ADMIN},
    Act.READ_PERSONAL: {Role.LEAD, Role.TECHNICIAN},
    Act.KEEP_PAPER: {Role.TECHNICIAN, Role.ADMIN},
    Act.SETTLE_CARD: {Role.CASHIER, Role.LEAD, Role.TECHNICIAN},
    Act.KEEP_LICENSES: {Role.CASHIER, Role.LEAD, Role.TECHNICIAN},
    Act.DECIDE_LICENSES: {Role.LEAD, Role.TECHNICIAN},
    Act.SEE_LEDGER: {Role.LEAD, Role.TECHNICIAN, Role.AUDITOR, Role.ADMIN},
}
"""DESIGN's table of rights, written down a second time."""
MONEY = {Act.TAKE_MONEY, Act.ASK, Act.APPROVE, Act.SEAL, Act.CLOSE_OTHERS, Act.COUNT_OTHERS, Act.REPRINT, Act.NO_SALE}


@pytest.mark.parametrize("act", Act)
@pytest.mark.parametrize("role", Role)
def test_each_role_may_do_its_own_and_no_more(role: Role, act: Act) -> None:
    assert may([role], act) is (role in TABLE[act])


def test_no_role_is_a_super_user() -> None:
    for role in Role:
        assert not all(may([role], act) for act in Act)


def test_who_approves_neither_takes_money_nor_asks() -> None:
    assert not any(may([Role.LEAD], act) for act in (Act.TAKE_MONEY, Act.ASK))
    assert not any(may([Role.CASHIER], act) for act in (Act.APPROVE, Act.SEE_EXPECTED))


@pytest.mark.parametrize("role", [Role.ADMIN, Role.AUDITOR])
def test_admins_and_auditors_touch_no_money(role: Role) -> None:
    assert not any(may([role], act) for act in MONEY)


def test_roles_add_up_and_none_gives_nothing() -> None:
    assert may([Role.CASHIER, Role.ADMIN], Act.KEEP_OPERATORS)
    assert not any(may([], act) for act in Act)


@pytest.mark.parametrize(
    ("act", "told"),
    [
        (Act.APPROVE, "Ann may not approve. Nothing was recorded. Ask a lead."),
        (Act.KEEP_OPERATORS, "Ask an admin."),
        (Act.SEE_EXPECTED, "Ask a lead or a technician or an auditor."),
    ],
)
def test_a_refusal_says_whom_to_ask(act: Act, told: str) -> None:
    with pytest.raises(NotAllowed) as refused:
        require("Ann", iter([Role.CASHIER]), act)
    assert told in str(refused.value)


def test_whoever_may_is_let_through() -> None:
    require("Ann", iter([Role.ADMIN, Role.LEAD]), Act.APPROVE)


FULL_WIDTH = {ord(letter): ord(letter) + 0xFEE0 for letter in "abcdefghijklmnopqrstuvwxyz0123456789"}
BOLD = {ord("a") + n: 0x1D41A + n for n in range(26)}
RESPELLINGS = {
    "as it is": lambda name: name,
    "capitals": str.upper,
    "title": str.title,
    "full width": lambda name: name.translate(FULL_WIDTH),
    "mathematical bold": lambda name: name.translate(BOLD),
    "spaces around": lambda name: f"  {name}\t",
    "spaces between": " ".join,
    "no-break spaces": "\u00a0".join,
    "ideographic spaces": "\u3000".join,
    "zero-width spaces": "\u200b".join,
    "zero-width joiners": "\u200d".join,
    "soft hyphens": "\u00ad".join,
    "byte-order mark": lambda name: f"\ufeff{name}",
    "direction marks": lambda name: f"\u202e{name}\u202c",
    "control characters": "\x00".join,
    "decomposed": lambda name: unicodedata.normalize("NFD", name),
    "compatibility decomposed": lambda name: unicodedata.normalize("NFKD", name),
}


@pytest.mark.parametrize("spelling", RESPELLINGS)
@pytest.mark.parametrize("person", ["ann", "j.doe2", "müller", "jose\u0301", "straße", "lead-1"])
def test_nobody_approves_what_they_began_in_any_spelling(person: str, spelling: str) -> None:
    respelled = RESPELLINGS[spelling](person)
    assert same_person(person, respelled)
    for approver, took_part in ((respelled, [person]), (person, [respelled]), (respelled, ["bob", person])):
        with pytest.raises(NotAllowed, match="Nobody approves what they began"):
            require_second_person(approver, took_part)


@pytest.mark.parametrize(("one", "other"), [("ann", "anne"), ("lead1", "lead2"), ("jose", "josé"), ("a", "")])
def test_two_people_are_two_people(one: str, other: str) -> None:
    assert not same_person(one, other)
    require_second_person(one, [other])
    require_second_person(one, iter([]))


@given(st.text())
def test_a_key_is_its_own_key(name: str) -> None:
    assert person_key(person_key(name)) == person_key(name)


@given(st.text(), st.text(st.characters(categories=("Z", "Cc", "Cf"))))
def test_spaces_and_invisible_marks_never_make_another_person(name: str, between: str) -> None:
    assert same_person(name, between.join(name))
    assert same_person(name, f"{between}{name}{between}")


@given(st.text(st.characters(codec="latin-1")), st.sampled_from([str.upper, str.lower, str.swapcase, str.title]))
def test_capitals_never_make_another_person(name: str, respell: Callable[[str], str]) -> None:
    assert same_person(name, respell(name))


@given(st.text(), st.sampled_from(["NFC", "NFD", "NFKC", "NFKD"]))
def test_normal_forms_never_make_another_person(name: str, form: str) -> None:
    assert same_person(name, unicodedata.normalize(form, name))
