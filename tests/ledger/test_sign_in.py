"""Signing in at the ledger: who, with which PIN, for what; and that five wrong PINs lock, whatever is killed."""

from __future__ import annotations

import io
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import replace

import pytest

from countertui.cli.ledger.asking_who import who
from countertui.domain.city import rules_to_json
from countertui.domain.rights import Act, NotAllowed, Role
from countertui.errors import UsageError
from countertui.ledger import sign_in as module
from countertui.ledger.alarms import LOCKED, mark_seen, open_alarms, raise_alarm
from countertui.ledger.books import Books, open_books
from countertui.ledger.desk import require_right
from countertui.ledger.keys import open_key
from countertui.ledger.sign_in import NotSignedInError, SignedIn, locked, sign_in, unlock
from countertui.sync.keyslots import CHEAP_COST, Secrets
from countertui.sync.pins import pin_verifier
from ledger.at_the_desk import rules_are
from ledger.town import NOW, PASSPHRASE, RULES, counting_random

PEPPER = b"p" * 32
PIN = "2580"


@pytest.fixture
def city(books: Books) -> Books:
    """Eli (admin) and Bo (lead) have the PIN; Ann has none."""
    verifier = pin_verifier(PIN, PEPPER, counting_random(), CHEAP_COST)
    with books.writing() as connection:
        connection.exec_driver_sql(f"UPDATE operator SET verifier = '{verifier}' WHERE id IN ('eli', 'bo')")
    return books


def refusal(books: Books, operator: str, pin: str = PIN, act: Act = Act.KEEP_OPERATORS, now: str = NOW) -> str:
    with pytest.raises(NotSignedInError) as told:
        sign_in(books, PEPPER, operator, pin, act, now)
    return str(told.value)


@pytest.mark.parametrize("spelled", ["eli", "ELI", " eli ", "ｅｌｉ", "e\u200bli"])
def test_a_person_signs_in_in_any_spelling(city: Books, spelled: str) -> None:
    assert sign_in(city, PEPPER, spelled, PIN, Act.KEEP_OPERATORS, NOW) == SignedIn("eli", "Eli", (Role.ADMIN,))


def test_unknown_and_wrong_sound_alike(city: Books) -> None:
    assert "don't belong together" in refusal(city, "nobody")
    assert "don't belong together" in refusal(city, "eli", "0000")


def test_another_pepper_is_another_city(city: Books) -> None:
    with pytest.raises(NotSignedInError, match="belong together"):
        sign_in(city, b"q" * 32, "eli", PIN, Act.KEEP_OPERATORS, NOW)


def test_a_right_pin_gives_no_right_that_the_role_has_not(city: Books) -> None:
    assert "may not keep operators" in refusal(city, "bo")


def test_who_has_no_pin_yet_chooses_one_first(city: Books) -> None:
    assert "has no PIN" in refusal(city, "ann")


@pytest.mark.parametrize("column", ["active_from = '2026-11-24'", "active_to = '2026-11-22'"])
def test_who_does_not_work_here_today_is_refused(city: Books, column: str) -> None:
    with city.writing() as connection:
        connection.exec_driver_sql(f"UPDATE operator SET {column} WHERE id = 'eli'")
    assert "does not work here today" in refusal(city, "eli")


def test_the_last_day_is_a_working_day(city: Books) -> None:
    with city.writing() as connection:
        connection.exec_driver_sql("UPDATE operator SET active_to = '2026-11-23' WHERE id = 'eli'")
    assert sign_in(city, PEPPER, "eli", PIN, Act.KEEP_OPERATORS, NOW).id == "eli"


def test_five_wrong_pins_in_any_spelling_lock_and_a_restart_forgets_none(city: Books) -> None:
    left = [refusal(city, spelled, "0000") for spelled in ("eli", "ELI", " eli")]
    again = open_books(city.folder)
    left += [refusal(again, "eli", "0000") for _ in range(2)]
    assert [text.rpartition(": ")[2] for text in left[:4]] == [
        "4 tries left.",
        "3 tries left.",
        "2 tries left.",
        "1 try left.",
    ]
    assert "locked" in left[4]
    assert "locked" in refusal(again, "eli")
    with again.reading() as connection:
        assert locked(connection) == {"eli": NOW}
    again.close()
    assert sign_in(city, PEPPER, "bo", PIN, Act.APPROVE, NOW).id == "bo"


def test_a_right_pin_and_a_reset_forget_the_wrong_ones(city: Books) -> None:
    for _ in range(4):
        refusal(city, "eli", "0000")
    sign_in(city, PEPPER, "eli", PIN, Act.KEEP_OPERATORS, NOW)
    assert "4 tries left" in refusal(city, "eli", "0000")
    for _ in range(4):
        refusal(city, "eli", "0000")
    with city.writing() as connection:
        unlock(connection, "ELI")
    assert sign_in(city, PEPPER, "eli", PIN, Act.KEEP_OPERATORS, NOW).id == "eli"


def test_killing_the_program_while_a_pin_is_checked_wins_no_try(city: Books, monkeypatch: pytest.MonkeyPatch) -> None:
    def killed(*_: object) -> bool:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(module, "pin_matches", killed)
        for _ in range(5):
            with pytest.raises(KeyboardInterrupt):
                sign_in(city, PEPPER, "eli", "0000", Act.KEEP_OPERATORS, NOW)
    assert "locked" in refusal(city, "eli")


def test_asking_many_times_at_once_wins_no_try(city: Books, monkeypatch: pytest.MonkeyPatch) -> None:
    checked: list[str] = []

    def counted(verifier: str, pin: str, pepper: bytes) -> bool:
        checked.append(pin)
        return False

    monkeypatch.setattr(module, "pin_matches", counted)
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda n: refusal(city, "eli", f"{n:04}"), range(24)))
    assert len(checked) == 5


def test_a_command_asks_for_the_id_and_the_pin(city: Books, monkeypatch: pytest.MonkeyPatch) -> None:
    secrets = Secrets(open_key(city.folder, PASSPHRASE), b"f" * 32, PEPPER)
    monkeypatch.setattr("sys.stdin", io.StringIO(f"eli\n{PIN}\nbo\n"))
    monkeypatch.setattr("countertui.cli.ledger.asking_who.utc_now", lambda: NOW)
    assert who(city, secrets, Act.KEEP_OPERATORS, "First person").id == "eli"
    with pytest.raises(UsageError, match="Second person, PIN: nothing came"):
        who(city, secrets, Act.APPROVE, "Second person")


@pytest.mark.parametrize(
    ("zone", "now", "works"),
    [
        ("America/Los_Angeles", "2026-11-24T00:30:00+00:00", True),  # half past four in the afternoon of the 23rd
        ("America/Los_Angeles", "2026-11-24T08:30:00+00:00", False),
        ("Pacific/Auckland", "2026-11-23T10:30:00+00:00", True),
        ("Pacific/Auckland", "2026-11-23T11:30:00+00:00", False),
    ],
)
def test_the_last_day_ends_at_the_citys_midnight(city: Books, zone: str, now: str, works: bool) -> None:
    rules_are(city, rules_to_json(replace(RULES, time_zone=zone)))
    with city.writing() as connection:
        connection.exec_driver_sql("UPDATE operator SET active_to = '2026-11-23' WHERE id = 'eli'")
    if works:
        assert sign_in(city, PEPPER, "eli", PIN, Act.KEEP_OPERATORS, now).id == "eli"
    else:
        assert "does not work here today" in refusal(city, "eli", now=now)
    with city.reading() as connection, nullcontext() if works else pytest.raises(NotAllowed):
        require_right(connection, "eli", Act.KEEP_OPERATORS, now)


def test_the_alarm_of_a_lock_is_there_before_the_fifth_pin_is_checked(
    city: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: object) -> bool:
        raise KeyboardInterrupt

    for _ in range(4):
        refusal(city, "eli", "0000")
    with city.reading() as connection:
        assert open_alarms(connection) == []
    monkeypatch.setattr(module, "pin_matches", killed)
    with pytest.raises(KeyboardInterrupt):
        sign_in(city, PEPPER, "eli", "0000", Act.KEEP_OPERATORS, NOW)
    with city.reading() as connection:
        assert [(each.kind, each.detail) for each in open_alarms(connection)] == [
            ("locked", "Eli is locked at the ledger after 5 wrong PINs.")
        ]
        assert locked(connection) == {"eli": NOW}


def test_a_fifth_pin_that_is_right_leaves_no_alarm_and_takes_none_away(city: Books) -> None:
    with city.writing() as connection:
        told = "Eli is locked at the ledger after 5 wrong PINs."
        raise_alarm(connection, LOCKED, "", 0, None, told, "2026-11-22T09:00:00+00:00")
    for _ in range(4):
        refusal(city, "eli", "0000")
    assert sign_in(city, PEPPER, "eli", PIN, Act.KEEP_OPERATORS, NOW).id == "eli"
    with city.writing() as connection:
        assert [each.made_at[:10] for each in open_alarms(connection)] == ["2026-11-22"], "of another day, and not seen"
        mark_seen(connection, 1, "bo", NOW)
    for _ in range(4):
        refusal(city, "eli", "0000")
    assert sign_in(city, PEPPER, "eli", PIN, Act.KEEP_OPERATORS, NOW).id == "eli"
    with city.reading() as connection:
        assert open_alarms(connection) == []
