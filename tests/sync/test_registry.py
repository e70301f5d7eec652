"""The register of keys: who may add what, and that nothing of it can be changed, left out or put in another order."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from countertui.forms import said_by
from countertui.sync.ack import LEDGER_KEY_ID
from countertui.sync.canonical import canonical
from countertui.sync.certificate import certify
from countertui.sync.dsse import ACK, REGISTRY, parse_envelope, sign_envelope, to_bytes
from countertui.sync.faults import RegistryRefusedError
from countertui.sync.registry import Register, entry_payload, follow, follow_all, require_pinned
from countertui.sync.registry_entries import (
    MAX_ENTRY,
    NEW_KEY_ID,
    Data,
    Erase,
    Found,
    Freeze,
    LedgerKey,
    Revoke,
    Rotate,
    Terminal,
    root_key_id,
    sign_entry,
)

AT, BY = "2026-11-23T09:00:00Z", ("ada", "bea")


def key(n: int) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(bytes([n]) * 32)


def public(n: int) -> str:
    return key(n).public_key().public_bytes_raw().hex()


LEDGER, NEXT = 1, 2
ROOTS = (11, 12, 13)
T1, T1_NEXT, T2 = 21, 22, 23
FOUND = Found(ledger_key=public(LEDGER), roots=[public(n) for n in ROOTS])
FOUNDERS = [(LEDGER_KEY_ID, LEDGER), *((root_key_id(n), root) for n, root in enumerate(ROOTS, start=1))]


def certificate(terminal: str, epoch: int, public_key: str, ledger: int = LEDGER) -> str:
    return certify(terminal, epoch, bytes.fromhex(public_key), key(ledger)).hex()


def enrolled(terminal: str, public_key: str, epoch: int = 1, ledger: int = LEDGER) -> Terminal:
    vouched = certificate(terminal, epoch, public_key, ledger)
    return Terminal(terminal=terminal, epoch=epoch, office="HALL", public_key=public_key, certificate=vouched)


def rotated(terminal: str, public_key: str, from_seq: int) -> Rotate:
    vouched = certificate(terminal, 1, public_key)
    return Rotate(terminal=terminal, epoch=1, from_seq=from_seq, public_key=public_key, h="0" * 64, certificate=vouched)


TERMINAL = enrolled("T1", public(T1))
ERASE = Erase(terminal="T1", epoch=1, seq=7, field="tender.1.account")


def entry(
    register: Register,
    kind: str,
    data: Data,
    signers: Sequence[tuple[str, int]] = ((LEDGER_KEY_ID, LEDGER),),
    by: Sequence[str] = BY,
) -> bytes:
    payload = entry_payload(register, kind, data, by=by, at=AT)
    return sign_entry(payload, [(keyid, key(n)) for keyid, n in signers])


def founded() -> Register:
    return follow(Register("SPRINGFIELD"), entry(Register("SPRINGFIELD"), "found", FOUND, FOUNDERS))


def with_terminal() -> Register:
    register = founded()
    return follow(register, entry(register, "terminal", TERMINAL))


def refused(register: Register, envelope: bytes) -> str:
    with pytest.raises(RegistryRefusedError) as caught:
        follow(register, envelope)
    return caught.value.reason


def test_a_log_from_its_founding_on() -> None:
    register = with_terminal()
    register = follow(
        register,
        entry(
            register,
            "rotate",
            rotated("T1", public(T1_NEXT), 8),
            by=(),
        ),
    )
    place = register.terminals["T1", 1]
    assert [place.key_at(seq).hex() for seq in (1, 7, 8, 900)] == [public(T1), public(T1), *[public(T1_NEXT)] * 2]
    freeze = Freeze(terminal="T1", epoch=1, reason="Two journals")
    register = follow(register, entry(register, "freeze", freeze, by=()))
    assert register.terminals["T1", 1].state == "frozen"
    register = follow(register, entry(register, "unfreeze", freeze))
    assert register.terminals["T1", 1].state == "active"
    revoke = Revoke(terminal="T1", epoch=1, after_seq=12, reason="Stolen")
    register = follow(register, entry(register, "revoke", revoke))
    assert (register.terminals["T1", 1].state, register.terminals["T1", 1].after_seq) == ("revoked", 12)
    assert refused(register, entry(register, "revoke", revoke)) == "not-allowed"
    again = enrolled("T1", public(T2), epoch=2)
    assert follow(register, entry(register, "terminal", again)).terminals["T1", 2].office == "HALL"


def test_an_entry_vouches_for_the_key_it_names_and_for_nothing_else() -> None:
    """A signed entry is refused whole where the certificate in it is another key's, epoch's, terminal's or ledger's."""
    register = with_terminal()
    good = rotated("T1", public(T1_NEXT), 8)
    after = follow(register, entry(register, "rotate", good, by=())).terminals["T1", 1]
    for data in (TERMINAL, good):
        assert after.certificate_of(bytes.fromhex(data.public_key)).hex() == data.certificate
    assert after.certificate_of(bytes.fromhex(public(T2))) == b""
    altered = good.certificate[:-1] + ("0" if good.certificate[-1] != "0" else "1")
    others = [certificate("T1", 1, public(T1)), certificate("T1", 2, good.public_key), altered, "0" * 128]
    others += [certificate("T2", 1, good.public_key), certificate("T1", 1, good.public_key, ledger=T1)]
    for other in others:
        wrong = replace(good, certificate=other)
        assert refused(register, entry(register, "rotate", wrong, by=())) == "bad-certificate"
        begun = replace(TERMINAL, certificate=other)
        if other != TERMINAL.certificate:
            assert refused(founded(), entry(founded(), "terminal", begun)) == "bad-certificate"
    without = {name: value for name, value in said_by(good).items() if name != "certificate"}
    assert refused(register, changed(entry(register, "rotate", good, by=()), data=without)) == "malformed"


@pytest.mark.parametrize("without", range(4))
def test_founding_is_signed_by_all_four(without: int) -> None:
    empty = Register("SPRINGFIELD")
    signers = [each for n, each in enumerate(FOUNDERS) if n != without]
    assert refused(empty, entry(empty, "found", FOUND, signers)) == "bad-signature"


def test_nothing_comes_before_the_founding_and_no_second_one_after() -> None:
    empty = Register("SPRINGFIELD")
    assert refused(empty, entry(empty, "terminal", TERMINAL)) == "not-allowed"
    assert refused(founded(), entry(founded(), "found", FOUND, FOUNDERS)) == "not-allowed"
    twice = Found(ledger_key=public(LEDGER), roots=[public(11), public(11), public(13)])
    signers = [(LEDGER_KEY_ID, LEDGER), (root_key_id(1), 11), (root_key_id(2), 11), (root_key_id(3), 13)]
    assert refused(empty, entry(empty, "found", twice, signers)) == "not-allowed"


ROOT = {n: (root_key_id(n), root) for n, root in enumerate(ROOTS, start=1)}
OLD, NEW = (LEDGER_KEY_ID, LEDGER), (NEW_KEY_ID, NEXT)


@pytest.mark.parametrize(
    ("signers", "holds"),
    [
        ([OLD, NEW], True),
        ([ROOT[1], ROOT[2], NEW], True),
        ([ROOT[3], ROOT[1], NEW], True),
        ([ROOT[1], ROOT[2], ROOT[3], NEW], True),
        ([OLD], False),
        ([NEW], False),
        ([ROOT[1], NEW], False),
        ([ROOT[1], ROOT[1], NEW], False),
        ([ROOT[1], ROOT[2]], False),
        ([ROOT[1], (root_key_id(2), 11), NEW], False),
        ([(LEDGER_KEY_ID, NEXT), NEW], False),
        ([ROOT[1], (root_key_id(4), 12), NEW], False),
    ],
)
def test_who_may_change_the_ledgers_key(signers: list[tuple[str, int]], holds: bool) -> None:
    register = founded()
    envelope = entry(register, "ledger_key", LedgerKey(public_key=public(NEXT), reason="Lost"), signers)
    if not holds:
        assert refused(register, envelope) == "bad-signature"
        return
    after = follow(register, envelope)
    assert [each.hex() for each in after.ledger_keys] == [public(LEDGER), public(NEXT)]
    assert refused(after, entry(after, "terminal", TERMINAL)) == "bad-signature"
    assert refused(after, entry(after, "terminal", TERMINAL, [(LEDGER_KEY_ID, NEXT)])) == "bad-certificate"
    anew = enrolled("T1", public(T1), ledger=NEXT)
    assert follow(after, entry(after, "terminal", anew, [(LEDGER_KEY_ID, NEXT)])).no == 3
    back = entry(after, "ledger_key", LedgerKey(public_key=public(LEDGER), reason="Back"), [(LEDGER_KEY_ID, NEXT), (NEW_KEY_ID, LEDGER)])  # fmt: skip  # noqa: E501
    assert refused(after, back) == "taken-key"


@pytest.mark.parametrize("by", [(), ("ada",), ("ada", "ADA"), ("ada", "a\u200bda")])
def test_two_people_answer_for_it(by: tuple[str, ...]) -> None:
    register = with_terminal()
    other = enrolled("T2", public(T2))
    revoke = Revoke(terminal="T1", epoch=1, after_seq=0, reason="Stolen")
    for kind, data in (("terminal", other), ("revoke", revoke), ("erase", ERASE)):
        assert refused(register, entry(register, kind, data, by=by)) == "not-allowed"


def test_an_erased_value_is_named_and_changes_no_key() -> None:
    """A terminal's records stay, and their values can be erased, also once its key is revoked."""
    register = with_terminal()
    register = follow(register, entry(register, "revoke", Revoke(terminal="T1", epoch=1, after_seq=9, reason="Gone")))
    after = follow(register, entry(register, "erase", ERASE))
    assert (after.no, after.terminals, after.ledger_keys) == (4, register.terminals, register.ledger_keys)
    for field in ("", "A B", "tender.1.account\n", "078-05-1120"):
        wrong = changed(entry(register, "erase", ERASE), data=said_by(ERASE) | {"field": field})
        assert refused(register, wrong) == "malformed"


def test_a_demo_city_takes_its_terminals_in_by_itself() -> None:
    empty = Register("DEMO-FALLS")
    register = follow(empty, entry(empty, "found", FOUND, FOUNDERS))
    assert follow(register, entry(register, "terminal", TERMINAL, by=())).no == 2


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("rotate", rotated("T9", public(T2), 2)),
        ("revoke", Revoke(terminal="T1", epoch=2, after_seq=0, reason="Stolen")),
        ("freeze", Freeze(terminal="T9", epoch=1, reason="Why")),
        ("unfreeze", Freeze(terminal="T1", epoch=1, reason="Why")),
        ("rotate", rotated("T1", public(T2), 1)),
        ("terminal", enrolled("T1", public(T2))),
        ("erase", replace(ERASE, epoch=2)),
    ],
)
def test_what_fits_no_terminal_is_refused(kind: str, data: Data) -> None:
    assert refused(with_terminal(), entry(with_terminal(), kind, data)) == "not-allowed"


@pytest.mark.parametrize("taken", [T1, LEDGER, ROOTS[0]])
def test_14_a_key_is_enrolled_once(taken: int) -> None:
    register = with_terminal()
    other = enrolled("T2", public(taken))
    assert refused(register, entry(register, "terminal", other)) == "taken-key"
    changed = rotated("T1", public(taken), 5)
    assert refused(register, entry(register, "rotate", changed, by=())) == "taken-key"


def test_14_no_published_bad_key_is_enrolled(vectors: Path) -> None:
    cases = json.loads((vectors / "wycheproof/cctv_ed25519vectors.json").read_bytes())
    bad = {case["key"] for case in cases if {"low_order_A", "non_canonical_A"} & set(case["flags"] or [])}
    assert len(bad) > 10
    register = founded()
    for public_key in sorted(bad):
        assert refused(register, entry(register, "terminal", enrolled("T2", public_key))) == "unsafe-key"


def test_the_order_is_part_of_it() -> None:
    register = founded()
    first = entry(register, "terminal", TERMINAL)
    after = follow(register, first)
    second = entry(after, "terminal", enrolled("T2", public(T2)))
    assert refused(register, second) == "gap"
    assert refused(after, first) == "gap"
    other = follow(register, entry(register, "terminal", TERMINAL, by=("ada", "cy")))
    assert refused(other, second) == "fork"
    elsewhere = follow(Register("SHELBYVILLE"), entry(Register("SHELBYVILLE"), "found", FOUND, FOUNDERS))
    assert refused(elsewhere, first) == "other-ledger"


@given(st.data())
def test_no_byte_of_an_entry_can_be_changed(data: st.DataObject) -> None:
    register = founded()
    envelope = entry(register, "terminal", TERMINAL)
    at = data.draw(st.integers(0, len(envelope) - 1))
    altered = bytearray(envelope)
    altered[at] ^= 1 << data.draw(st.integers(0, 6))
    with pytest.raises(RegistryRefusedError):
        follow(register, bytes(altered))


def changed(envelope: bytes, **fields: Any) -> bytes:
    payload = json.loads(parse_envelope(envelope, MAX_ENTRY).payload) | fields
    return sign_entry(canonical(payload), [(LEDGER_KEY_ID, key(LEDGER))])


def test_what_has_another_form_is_refused() -> None:
    register = founded()
    good = entry(register, "terminal", TERMINAL)
    assert refused(register, changed(good, kind="something")) == "malformed"
    assert refused(register, changed(good, data={"terminal": "T1"})) == "malformed"
    assert refused(register, changed(good, more=1)) == "malformed"
    assert (
        refused(register, changed(good, data={n: v for n, v in said_by(TERMINAL).items() if n != "sealing_key"}))
        == "malformed"
    )
    assert refused(register, b"no envelope") == "malformed"
    payload = parse_envelope(good, MAX_ENTRY).payload
    spaced = to_bytes(sign_envelope(REGISTRY, payload.replace(b'"v":1', b'"v": 1'), [(LEDGER_KEY_ID, key(LEDGER))]))
    assert refused(register, spaced) == "malformed"
    other_type = to_bytes(sign_envelope(ACK, payload, [(LEDGER_KEY_ID, key(LEDGER))]))
    assert refused(register, other_type) == "malformed"


def test_a_key_without_a_certificate_is_refused_in_words_a_person_can_act_on() -> None:
    register = with_terminal()
    begun = entry(founded(), "terminal", TERMINAL)
    turned = entry(register, "rotate", rotated("T1", public(T1_NEXT), 8), by=())
    for before, envelope, kind in ((founded(), begun, "terminal"), (register, turned, "rotate")):
        data = json.loads(parse_envelope(envelope, MAX_ENTRY).payload)["data"]
        del data["certificate"]
        with pytest.raises(RegistryRefusedError) as caught:
            follow(before, changed(envelope, data=data))
        said = caught.value
        assert said.happened.endswith(f"it does not have the form of {kind}: without certificate.")
        assert said.safe == "The keys believed so far stay."
        assert said.press.startswith("Call an admin: another version of the program wrote it.")


def test_a_terminal_believes_the_register_it_pinned_only() -> None:
    register = founded()
    require_pinned(register, register.founding, bytes(32))
    require_pinned(register, None, bytes.fromhex(public(LEDGER)))
    for founding, ledger_key in (("1" * 64, bytes.fromhex(public(LEDGER))), (None, bytes.fromhex(public(NEXT)))):
        with pytest.raises(RegistryRefusedError, match="another ledger's"):
            require_pinned(register, founding, ledger_key)


def test_the_whole_log_is_followed_at_once() -> None:
    empty = Register("SPRINGFIELD")
    first = entry(empty, "found", FOUND, FOUNDERS)
    second = entry(founded(), "terminal", TERMINAL)
    assert follow_all(empty, [first, second]) == with_terminal()
    with pytest.raises(RegistryRefusedError):
        follow_all(empty, [second, first])
