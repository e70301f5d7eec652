"""The rights review: what does not go together, and which list was looked at."""

from __future__ import annotations

import pytest

from countertui.domain.operators import REMOVED, code_verifier
from countertui.domain.rights import Role
from countertui.domain.rights_review import ReviewRow, RightsRow, conflicts, list_hash, proof_words, review_lines


def row(id_: str = "rosa", **more: object) -> RightsRow:
    made: dict[str, object] = {
        "id": id_,
        "name": "Rosa",
        "roles": ["cashier"],
        "active_from": "2026-01-01",
        "active_to": None,
        "proof": "PIN",
        "locked": False,
        "changes": [],
        "last_login": None,
        "conflicts": [],
    }
    return made | more  # type: ignore[return-value]


@pytest.mark.parametrize(
    ("roles", "found"),
    [
        ({Role.CASHIER}, 0),
        ({Role.ADMIN}, 0),
        ({Role.ADMIN, Role.CASHIER}, 1),
        ({Role.ADMIN, Role.TECHNICIAN}, 1),
        ({Role.ADMIN, Role.AUDITOR}, 1),
        ({Role.AUDITOR, Role.LEAD}, 1),
        ({Role.CASHIER, Role.LEAD}, 1),
        ({Role.TECHNICIAN, Role.LEAD}, 1),
        (set(Role), 4),
    ],
)
def test_what_does_not_go_together_in_one_person(roles: set[Role], found: int) -> None:
    assert len(conflicts(roles)) == found


def test_the_hash_is_of_the_rights_alone_and_of_all_of_them() -> None:
    rows = [row("rosa"), row("ben")]
    same = [row("ben", locked=True, last_login="2026-11-23"), row("rosa", proof="none", changes=[{}])]
    assert list_hash(rows) == list_hash(same)
    for change in (
        {"id": "Rosa"},
        {"name": "R"},
        {"roles": ["lead"]},
        {"active_from": ""},
        {"active_to": "2026-12-31"},
    ):
        assert list_hash(
            [row("ben"), row(**{"id_": "rosa"} | change) if "id" not in change else row("Rosa")]
        ) != list_hash(rows)


def test_a_review_is_read_by_people() -> None:
    changed = {
        "what": "reset",
        "by": "ken",
        "second": "lena",
        "at": "2026-11-23T09:41:07.000Z",
        "terminal": "T1",
        "seq": 9,
    }
    rows = [
        row("eva", name="Eva", active_from="", locked=True, conflicts=["takes money and approves"], changes=[changed]),
        row(active_to="2026-12-31", last_login="2026-11-23T09:41:07.000Z"),
    ]
    reviews = [
        ReviewRow(by="ada", at="2026-11-23T10:00:00.000Z", snapshot=3, sha256="", unchanged=same)
        for same in (True, False)
    ]
    told = "\n".join(review_lines(rows, reviews))
    for words in (
        "added here; PIN, LOCKED; never here",
        "! takes money and approves",
        "reset by ken and lena, 2026-11-23T09:41Z, T1 record 9",
        "since 2026-01-01 until 2026-12-31; PIN; last here 2026-11-23T09:41Z",
        "Reviewed by ada, 2026-11-23T10:00Z, snapshot 3: the rights are the same today",
        "rights were changed since",
    ):
        assert words in told


def test_what_proves_a_person_is_said_and_never_shown() -> None:
    assert proof_words("$argon2id$secret") == "PIN"
    assert proof_words("") == proof_words(REMOVED) == "none"
    assert (
        proof_words(code_verifier("$argon2id$secret", "2026-11-26T09:00:00Z"))
        == "one-time code until 2026-11-26T09:00:00Z"
    )
