"""A terminal's way in: the code, its proof, the fingerprint, two people; and all that must not get in."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from countertui.domain.rights import NotAllowed
from countertui.ledger import enrolment, registry
from countertui.ledger.books import Books
from countertui.ledger.enrolment import (
    EnrolmentError,
    admission_of,
    admit,
    begin,
    invitation_for,
    take_request,
    waiting,
)
from countertui.ledger.keep_terminals import TerminalRefusedError, revoke
from countertui.ledger.keys import open_secrets
from countertui.ledger.own_rotation import rotate_by_key
from countertui.sync.claim import prove_claim, sign_claim
from countertui.sync.dsse import REQUEST, parse_envelope, sign_envelope, to_bytes
from countertui.sync.enrolment import (
    Invitation,
    WrongCodeError,
    make_request,
    new_code,
    open_admission,
    pepper_of,
)
from countertui.sync.faults import AdmissionRefusedError, RegistryRefusedError, UnsafeKeyError
from countertui.sync.keyslots import Secrets
from ledger.test_ingest import asked
from ledger.town import NOW, PASSPHRASE, Till, counting_random

KEY = Ed25519PrivateKey.from_private_bytes(b"k" * 32)
SEALING = X25519PrivateKey.from_private_bytes(b"s" * 32)
LATER, TOO_LATE = "2026-11-24T17:59:59+00:00", "2026-11-24T18:00:01+00:00"
RANDOM = counting_random()


@pytest.fixture
def secrets(books: Books) -> Secrets:
    return open_secrets(books.folder, PASSPHRASE)


def begun(books: Books, terminal: str = "T5", now: str = NOW) -> tuple[str, Invitation]:
    with books.writing() as connection:
        return begin(connection, books, terminal, "HALL", "eli", RANDOM, now)


def public(key: Ed25519PrivateKey = KEY) -> bytes:
    return key.public_key().public_bytes_raw()


def admitted(books: Books, secrets: Secrets, terminal: str = "T5", key: Ed25519PrivateKey = KEY) -> tuple[str, bytes]:
    code, invitation = begun(books, terminal)
    request, fingerprint = make_request(invitation, code, key, SEALING)
    assert take_request(books, terminal, request, NOW) == fingerprint
    return code, admit(books, secrets, terminal, "fay", fingerprint, NOW)


def test_code_request_fingerprint_admission(books: Books, secrets: Secrets) -> None:
    code, invitation = begun(books)
    assert re.fullmatch(r"(?:[A-Z2-7]{4}-){3}[A-Z2-7]{4}", code)
    assert code not in json.dumps(asked(books, "SELECT code_key, nonce FROM enrolment"))
    assert (invitation.terminal, invitation.office, invitation.epoch) == ("T5", "HALL", 1)
    with books.reading() as connection:
        assert invitation_for(connection, books.ledger, "T5", LATER) == invitation
        assert waiting(connection, "T5", NOW) is None
        assert admission_of(connection, "T5", secrets.terminal_key) is None
    spoken = code.lower().replace("-", " ").replace("o", "0").replace("i", "1")
    request, fingerprint = make_request(invitation, spoken, KEY, SEALING)
    for _ in range(7):  # as often as the network needs
        assert take_request(books, "T5", request, LATER) == fingerprint
    with books.reading() as connection:
        found = waiting(connection, "T5", LATER)
    assert found is not None
    assert (found.fingerprint, found.begun_by, found.office) == (fingerprint, "eli", "HALL")
    data = admit(books, secrets, "T5", "fay", fingerprint, LATER)
    with books.reading() as connection:
        assert admission_of(connection, "T5", secrets.terminal_key) == data
    lines = data.splitlines()
    admission, register = open_admission(lines[0], lines[1:], terminal="T5", public_key=public(), code=code)
    assert pepper_of(admission, SEALING) == secrets.pin_pepper
    assert (admission.office, admission.epoch, admission.receipt_n) == ("HALL", 1, 0)
    assert register.terminals["T5", 1].keys == ((1, public()),)
    assert register.terminals["T5", 1].sealing_key == SEALING.public_key().public_bytes_raw().hex()
    assert asked(books, "SELECT code, state FROM terminal") == [("T5", "active")]
    assert secrets.pin_pepper not in data
    assert secrets.pin_pepper.hex().encode() not in data


def test_the_first_receipt_is_proven_by_the_ledgers_key_though_nothing_was_published(
    books: Books, secrets: Secrets
) -> None:
    code, data = admitted(books, secrets)
    lines = data.splitlines()
    _, register = open_admission(lines[0], lines[1:], terminal="T5", public_key=public(), code=code)
    with books.reading() as connection:
        assert registry.verified(connection, books.ledger) == (register, ())
        assert registry.present(connection, books.ledger) == register
    certificate = register.terminals["T5", 1].certificate_of(public())
    claim = {"terminal": "T5", "epoch": 1, "seq": 4, "receipt_no": "T5-1", "biz_date": "2026-11-23"}
    text = sign_claim(claim | {"total_cents": 75, "h": "ab" * 32}, KEY, certificate)
    assert prove_claim(text, secrets.terminal_key.public_key())["receipt_no"] == "T5-1"


def test_the_code_is_spent(books: Books, secrets: Secrets) -> None:
    code, _ = admitted(books, secrets)
    with books.reading() as connection:
        assert invitation_for(connection, books.ledger, "T5", NOW) is None
    other = Ed25519PrivateKey.from_private_bytes(b"o" * 32)
    invitation = Invitation(ledger=books.ledger, terminal="T5", office="HALL", epoch=1, nonce="0" * 64)
    with pytest.raises(AdmissionRefusedError, match="No code that counts"):
        take_request(books, "T5", make_request(invitation, code, other, SEALING)[0], NOW)
    with pytest.raises(EnrolmentError):
        admit(books, secrets, "T5", "fay", "AAAA", NOW)


def test_five_wrong_codes_end_it(books: Books, secrets: Secrets) -> None:
    code, invitation = begun(books)
    wrong, _ = make_request(invitation, new_code(RANDOM), KEY, SEALING)
    for _ in range(5):
        with pytest.raises(WrongCodeError):
            take_request(books, "T5", wrong, NOW)
    right, _ = make_request(invitation, code, KEY, SEALING)
    with pytest.raises(AdmissionRefusedError, match="No code that counts"):
        take_request(books, "T5", right, NOW)


def test_a_code_is_good_for_a_day(books: Books, secrets: Secrets) -> None:
    code, invitation = begun(books)
    request, fingerprint = make_request(invitation, code, KEY, SEALING)
    with pytest.raises(AdmissionRefusedError):
        take_request(books, "T5", request, TOO_LATE)
    take_request(books, "T5", request, LATER)
    with pytest.raises(EnrolmentError):
        admit(books, secrets, "T5", "fay", fingerprint, TOO_LATE)
    assert asked(books, "SELECT code FROM terminal") == []


def test_a_new_code_ends_the_one_before(books: Books) -> None:
    code, invitation = begun(books)
    begun(books)
    with pytest.raises(AdmissionRefusedError, match="another invitation"):
        take_request(books, "T5", make_request(invitation, code, KEY, SEALING)[0], NOW)


def test_a_second_computer_with_the_same_code_is_refused(books: Books) -> None:
    code, invitation = begun(books)
    take_request(books, "T5", make_request(invitation, code, KEY, SEALING)[0], NOW)
    other = Ed25519PrivateKey.from_private_bytes(b"o" * 32)
    with pytest.raises(AdmissionRefusedError, match="Another computer"):
        take_request(books, "T5", make_request(invitation, code, other, SEALING)[0], NOW)


def test_possession_is_proven(books: Books) -> None:
    """A request for another's key: signed with one's own, it names the other's."""
    code, invitation = begun(books)
    request, _ = make_request(invitation, code, KEY, SEALING)
    payload = parse_envelope(request, 10**6).payload
    thief = Ed25519PrivateKey.from_private_bytes(b"t" * 32)
    with pytest.raises(AdmissionRefusedError, match="signature"):
        take_request(books, "T5", to_bytes(sign_envelope(REQUEST, payload, [("T5/1", thief)])), NOW)


def test_another_terminals_request_and_another_ledgers_are_refused(books: Books) -> None:
    code, invitation = begun(books)
    begun(books, "T6")
    for other in ({"ledger": "DEMO-ELSEWHERE"}, {"terminal": "T6"}, {"epoch": 2}, {"nonce": "1" * 64}):
        request, _ = make_request(invitation.model_copy(update=other), code, KEY, SEALING)
        with pytest.raises(AdmissionRefusedError, match="another invitation"):
            take_request(books, "T5", request, NOW)


@pytest.mark.parametrize("data", [b"", b"{}", b"x" * 20_000])
def test_what_is_no_request_is_refused(books: Books, data: bytes) -> None:
    begun(books)
    with pytest.raises(AdmissionRefusedError):
        take_request(books, "T5", data, NOW)


def test_14_a_request_with_a_bad_key_is_refused(books: Books) -> None:
    code, invitation = begun(books)
    request, _ = make_request(invitation, code, KEY, SEALING)
    payload = json.loads(parse_envelope(request, 10**6).payload)
    payload["public_key"] = (1).to_bytes(32, "little").hex()
    from countertui.sync.canonical import canonical

    forged = to_bytes(sign_envelope(REQUEST, canonical(payload), [("T5/1", KEY)]))
    with pytest.raises(UnsafeKeyError, match="low order"):
        take_request(books, "T5", forged, NOW)


def test_14_a_key_that_another_terminal_has_is_refused(books: Books, secrets: Secrets) -> None:
    admitted(books, secrets)
    with pytest.raises(TerminalRefusedError):
        admitted(books, secrets, "T6")
    assert asked(books, "SELECT code FROM terminal") == [("T5",)]


def test_22_nobody_admits_whom_they_gave_the_code(books: Books, secrets: Secrets) -> None:
    code, invitation = begun(books)
    request, fingerprint = make_request(invitation, code, KEY, SEALING)
    take_request(books, "T5", request, NOW)
    for spelling in ("eli", "ELI", " Eli "):
        with pytest.raises(NotAllowed):
            admit(books, secrets, "T5", spelling, fingerprint, NOW)
    with pytest.raises(AdmissionRefusedError, match="fingerprint"):
        admit(books, secrets, "T5", "fay", fingerprint[::-1], NOW)
    assert asked(books, "SELECT code FROM terminal") == []


def test_who_can_be_invited(books: Books, secrets: Secrets, key: Ed25519PrivateKey) -> None:
    with books.writing() as connection:
        for name in ("LEDGER", "t5", "T5/1", "", "TERMINAL12"):
            with pytest.raises(EnrolmentError):
                begin(connection, books, name, "HALL", "eli", RANDOM, NOW)
        with pytest.raises(EnrolmentError, match="Offices: HALL"):
            begin(connection, books, "T5", "MOON", "eli", RANDOM, NOW)
    admitted(books, secrets)
    with pytest.raises(EnrolmentError, match="Revoke it first"):
        begun(books)
    with books.writing() as connection:
        revoke(connection, books, key, "T5", 1, 0, "Broken", ("eli", "fay"), NOW)
    _, invitation = begun(books)
    assert invitation.epoch == 2


def test_numbers_go_on_above_the_highest_known(books: Books, secrets: Secrets, key: Ed25519PrivateKey) -> None:
    from ledger.test_ingest import WATER, put

    till = Till(books).registered(books)
    till.pay(WATER)
    till.pay(WATER)
    assert put(books, key, till, till.seal()).status == 201
    with books.writing() as connection:
        revoke(connection, books, key, "T1", 1, till.seq, "Stolen", ("eli", "fay"), NOW)
    code, data = admitted(books, secrets, "T1")
    lines = data.splitlines()
    admission, _ = open_admission(lines[0], lines[1:], terminal="T1", public_key=public(), code=code)
    assert (admission.epoch, admission.receipt_n) == (2, 2)


def test_the_terminal_believes_only_the_ledger_that_knows_the_code(books: Books, secrets: Secrets) -> None:
    code, data = admitted(books, secrets)
    lines = data.splitlines()
    with pytest.raises(WrongCodeError):
        open_admission(lines[0], lines[1:], terminal="T5", public_key=public(), code=new_code(RANDOM))
    with pytest.raises(WrongCodeError):
        open_admission(lines[0], lines[1:], terminal="T6", public_key=public(), code=code)
    other = Ed25519PrivateKey.from_private_bytes(b"o" * 32)
    with pytest.raises(AdmissionRefusedError, match="another terminal's"):
        open_admission(lines[0], lines[1:], terminal="T5", public_key=public(other), code=code)
    with pytest.raises(AdmissionRefusedError, match="another terminal's"):
        open_admission(lines[0], lines[1:-1], terminal="T5", public_key=public(), code=code)
    with pytest.raises(RegistryRefusedError):
        open_admission(lines[0], lines[2:], terminal="T5", public_key=public(), code=code)
    with pytest.raises(AdmissionRefusedError):
        open_admission(b"", [], terminal="T5", public_key=public(), code=code)
    admission, _ = open_admission(lines[0], lines[1:], terminal="T5", public_key=public(), code=code)
    with pytest.raises(AdmissionRefusedError, match="does not open"):
        pepper_of(admission, X25519PrivateKey.from_private_bytes(b"x" * 32))


def test_an_admission_by_a_key_that_is_in_force_no_more_is_refused_and_given_anew(
    books: Books, secrets: Secrets
) -> None:
    code, data = admitted(books, secrets)
    rotate_by_key(books, PASSPHRASE, RANDOM, reason="stolen", by=("eli", "fay"), now=LATER)
    key = open_secrets(books.folder, PASSPHRASE).terminal_key
    with books.reading() as connection:
        entries = registry.entries_after(connection, 0)
        again = admission_of(connection, "T5", key)
    with pytest.raises(AdmissionRefusedError, match="in force"):
        open_admission(data.splitlines()[0], entries, terminal="T5", public_key=public(), code=code)
    assert again is not None
    lines = again.splitlines()
    admission, register = open_admission(lines[0], lines[1:], terminal="T5", public_key=public(), code=code)
    assert bytes.fromhex(admission.ledger_key) == register.ledger_key == key.public_key().public_bytes_raw()
    assert pepper_of(admission, SEALING) == secrets.pin_pepper


@pytest.mark.parametrize("data", [b"", b"{}", b"x" * 100])
def test_what_guesses_no_code_is_not_counted(books: Books, data: bytes) -> None:
    """Anybody can reach the route: only who tries a code may use up its tries."""
    code, invitation = begun(books)
    for _ in range(7):
        with pytest.raises(AdmissionRefusedError):
            take_request(books, "T5", data, NOW)
    request, fingerprint = make_request(invitation, code, KEY, SEALING)
    assert take_request(books, "T5", request, NOW) == fingerprint


def meanwhile(monkeypatch: pytest.MonkeyPatch, happens: Callable[[], object]) -> None:
    """Something happens while the next request is being checked."""
    real = enrolment.open_request

    def checked(*what: Any) -> Any:
        monkeypatch.setattr(enrolment, "open_request", real)
        happens()
        return real(*what)

    monkeypatch.setattr(enrolment, "open_request", checked)


def test_a_spent_code_stays_spent_for_one_that_asks_meanwhile(
    books: Books, secrets: Secrets, monkeypatch: pytest.MonkeyPatch
) -> None:
    code, invitation = begun(books)
    request, fingerprint = make_request(invitation, code, KEY, SEALING)
    take_request(books, "T5", request, NOW)
    meanwhile(monkeypatch, lambda: admit(books, secrets, "T5", "fay", fingerprint, NOW))
    with pytest.raises(AdmissionRefusedError):
        take_request(books, "T5", request, NOW)
    with books.reading() as connection:
        assert invitation_for(connection, books.ledger, "T5", NOW) is None
        assert waiting(connection, "T5", NOW) is None


def test_of_two_computers_that_ask_at_once_the_first_one_waits(books: Books, monkeypatch: pytest.MonkeyPatch) -> None:
    code, invitation = begun(books)
    request, fingerprint = make_request(invitation, code, KEY, SEALING)
    other = Ed25519PrivateKey.from_private_bytes(b"o" * 32)
    meanwhile(monkeypatch, lambda: take_request(books, "T5", request, NOW))
    with pytest.raises(AdmissionRefusedError, match="Another computer"):
        take_request(books, "T5", make_request(invitation, code, other, SEALING)[0], NOW)
    with books.reading() as connection:
        found = waiting(connection, "T5", NOW)
    assert found is not None
    assert found.fingerprint == fingerprint
