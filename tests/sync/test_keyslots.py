from __future__ import annotations

import base64
import json
import stat
import time
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from countertui.sync.canonical import canonical
from countertui.sync.faults import (
    KeyFileDamagedError,
    KeyFileExistsError,
    PassphraseTooShortError,
    SlotNameError,
    WrongPassphraseError,
)
from countertui.sync.keyslots import (
    CHEAP_COST,
    PRODUCTION_COST,
    Cost,
    Identity,
    Secrets,
    add_slot,
    change_passphrase,
    create_slots,
    keep_next_key,
    open_slots,
    public_identity,
    remove_slot,
    set_pepper,
    settle_next_key,
)

Random = Callable[[int], bytes]
ANN = "the heron stands in the reeds"
BEN = "seven brass weights, one scale"


@pytest.fixture
def secrets(terminal_key: Ed25519PrivateKey) -> Secrets:
    return Secrets(terminal_key, b"f" * 32, b"p" * 32)


@pytest.fixture
def path(tmp_path: Path, secrets: Secrets, random: Random) -> Path:
    path = tmp_path / "keys.json"
    create_slots(
        path,
        ledger="springfield",
        terminal="T1",
        epoch=3,
        secrets=secrets,
        openers={"ann": ANN, "ben": BEN},
        random=random,
        cost=CHEAP_COST,
    )
    return path


def bare(secrets: Secrets) -> tuple[bytes, bytes, bytes]:
    return secrets.terminal_key.private_bytes_raw(), secrets.field_key, secrets.pin_pepper


def rewrite(path: Path, change: Callable[[dict[str, object]], object]) -> None:
    """What an attacker with the disk would do: change the file and mend its check sum."""
    document = json.loads(path.read_bytes())
    del document["check"]
    change(document)
    document["check"] = sha256(canonical(document)).hexdigest()
    path.write_bytes(canonical(document))


def test_every_opener_opens_and_nobody_else(path: Path, secrets: Secrets) -> None:
    assert bare(open_slots(path, ANN)) == bare(open_slots(path, BEN)) == bare(secrets)
    for wrong in (ANN + " ", ANN.upper(), "", "x" * 40, "\ud800" * 20):
        with pytest.raises(WrongPassphraseError):
            open_slots(path, wrong)


def test_the_file_holds_no_secret_and_is_the_owners_alone(path: Path, secrets: Secrets) -> None:
    data = path.read_bytes()
    for secret in (*bare(secrets), ANN.encode(), BEN.encode()):
        assert secret not in data
        assert base64.b64encode(secret).rstrip(b"=")[:-1] not in data
        assert secret.hex().encode() not in data
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [p.name for p in path.parent.iterdir()] == ["keys.json"]
    assert "f" * 8 not in repr(secrets)


def test_who_the_terminal_is_needs_no_passphrase(path: Path, terminal_key: Ed25519PrivateKey) -> None:
    raw = terminal_key.public_key().public_bytes_raw()
    assert public_identity(path) == Identity("springfield", "T1", 3, raw, ("ann", "ben"))


def test_an_opener_lets_another_in(path: Path, secrets: Secrets, random: Random) -> None:
    new = "a new passphrase of the third one"
    with pytest.raises(WrongPassphraseError):
        add_slot(path, "not the passphrase of anyone", "cid", new, random, CHEAP_COST)
    with pytest.raises(SlotNameError, match="ann has a slot"):
        add_slot(path, ANN, "ann", new, random, CHEAP_COST)
    with pytest.raises(PassphraseTooShortError):
        add_slot(path, ANN, "cid", "fourteen chars", random, CHEAP_COST)
    add_slot(path, ANN, "cid", new, random, CHEAP_COST)
    assert bare(open_slots(path, new)) == bare(open_slots(path, ANN)) == bare(secrets)
    assert public_identity(path).openers == ("ann", "ben", "cid")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_passphrase_is_the_same_from_two_keyboards(tmp_path: Path, secrets: Secrets, random: Random) -> None:
    path = tmp_path / "k"
    create_slots(
        path,
        ledger="city",
        terminal="T1",
        epoch=1,
        secrets=secrets,
        openers={"a": "caf\u00e9 caf\u00e9 caf\u00e9 caf\u00e9"},
        random=random,
        cost=CHEAP_COST,
    )
    assert bare(open_slots(path, "cafe\u0301 cafe\u0301 cafe\u0301 cafe\u0301")) == bare(secrets)


def test_short_passphrases_only_in_the_demo(tmp_path: Path, secrets: Secrets, random: Random) -> None:
    def create(ledger: str) -> Path:
        path = tmp_path / ledger
        create_slots(
            path,
            ledger=ledger,
            terminal="T1",
            epoch=1,
            secrets=secrets,
            openers={"a": "demo"},
            random=random,
            cost=CHEAP_COST,
        )
        return path

    with pytest.raises(PassphraseTooShortError, match="15"):
        create("springfield")
    assert not (tmp_path / "springfield").exists()
    assert bare(open_slots(create("DEMO-city"), "demo")) == bare(secrets)


def test_keys_are_never_written_over(path: Path, secrets: Secrets, random: Random) -> None:
    before = path.read_bytes()
    with pytest.raises(KeyFileExistsError):
        create_slots(path, ledger="c", terminal="T", epoch=1, secrets=secrets, openers={"a": ANN}, random=random)
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    ("ledger", "opener"), [("a|b", "ann"), ("", "ann"), ("city", ""), ("city", "an n"), ("c", "\0")]
)
def test_names_that_could_be_taken_for_others(
    tmp_path: Path, secrets: Secrets, random: Random, ledger: str, opener: str
) -> None:
    with pytest.raises(SlotNameError):
        create_slots(
            tmp_path / "k",
            ledger=ledger,
            terminal="T1",
            epoch=1,
            secrets=secrets,
            openers={opener: ANN},
            random=random,
            cost=CHEAP_COST,
        )


def test_any_rotten_byte_is_told_from_a_wrong_passphrase(path: Path) -> None:
    good = path.read_bytes()
    for at in range(0, len(good) - 1, 3):
        path.write_bytes(good[:at] + bytes([good[at] ^ 1]) + good[at + 1 :])
        with pytest.raises(KeyFileDamagedError):
            open_slots(path, ANN)
    for end in (0, 1, len(good) // 2, len(good) - 2):
        path.write_bytes(good[:end])
        with pytest.raises(KeyFileDamagedError):
            public_identity(path)


@pytest.mark.parametrize("field", ["ledger", "terminal", "epoch"])
def test_slots_open_for_no_other_terminal(path: Path, field: str) -> None:
    rewrite(path, lambda d: d.update({field: 4 if field == "epoch" else "other"}))
    with pytest.raises(WrongPassphraseError):
        open_slots(path, ANN)


def test_a_slot_opens_under_no_other_name(path: Path) -> None:
    rewrite(path, lambda d: d.update(slots={"eve": d["slots"]["ann"]}))  # type: ignore[index]
    with pytest.raises(WrongPassphraseError):
        open_slots(path, ANN)


def test_a_swapped_public_key_is_noticed(path: Path, other_key: Ed25519PrivateKey) -> None:
    raw = base64.b64encode(other_key.public_key().public_bytes_raw()).decode()
    rewrite(path, lambda d: d.update(public_key=raw))
    with pytest.raises(KeyFileDamagedError, match="public key"):
        open_slots(path, ANN)


def test_swapped_secrets_are_noticed(path: Path) -> None:
    rewrite(path, lambda d: d.update(secrets=base64.b64encode(bytes(124)).decode()))
    with pytest.raises(KeyFileDamagedError, match="altered"):
        open_slots(path, ANN)


@pytest.mark.parametrize(
    "change",
    [
        {"v": 2},
        {"slots": {}},
        {"slots": []},
        {"epoch": "1"},
        {"extra": 1},
        {"slots": {"ann": {"kek": ""}}},
        {"slots": {"ann": {"memory_kib": 64, "iterations": 1, "lanes": 1, "salt": "AAAA", "kek": "AAAA"}}},
        {"slots": {"ann": {"memory_kib": 1 << 40, "iterations": 1, "lanes": 1, "salt": "A" * 22 + "==", "kek": ""}}},
        {"slots": {"ann": {"memory_kib": 64, "iterations": 0, "lanes": 1, "salt": "A" * 22 + "==", "kek": ""}}},
        {"slots": {"ann": {"memory_kib": 64, "iterations": 1, "lanes": 999, "salt": "A" * 22 + "==", "kek": ""}}},
    ],
    ids=str,
)
def test_other_forms_are_damage_and_a_forged_cost_is_not_paid(path: Path, change: dict[str, object]) -> None:
    rewrite(path, lambda d: d.update(change))
    began = time.perf_counter()
    with pytest.raises(KeyFileDamagedError):
        open_slots(path, ANN)
    assert time.perf_counter() - began < 1


def test_the_production_cost_is_the_second_recommendation_of_rfc_9106(
    tmp_path: Path, secrets: Secrets, random: Random
) -> None:
    assert Cost(64 * 1024, 3, 4) == PRODUCTION_COST
    path = tmp_path / "k"
    create_slots(path, ledger="city", terminal="T1", epoch=1, secrets=secrets, openers={"a": ANN}, random=random)
    slot = json.loads(path.read_bytes())["slots"]["a"]
    assert (slot["memory_kib"], slot["iterations"], slot["lanes"]) == (65536, 3, 4)
    assert bare(open_slots(path, ANN)) == bare(secrets)


# Openers come and go, keys follow one another


def test_an_opener_gets_another_passphrase(path: Path, secrets: Secrets, random: Random) -> None:
    change_passphrase(path, ANN, "ann", "a new one for the new year", random, CHEAP_COST)
    with pytest.raises(WrongPassphraseError):
        open_slots(path, ANN)
    for passphrase in ("a new one for the new year", BEN):
        assert bare(open_slots(path, passphrase)) == bare(secrets)
    change_passphrase(path, BEN, "ann", "forgotten, so by leave of ben", random, CHEAP_COST)
    assert bare(open_slots(path, "forgotten, so by leave of ben")) == bare(secrets)


def test_an_openers_slot_is_taken_away_but_never_the_last(path: Path, secrets: Secrets) -> None:
    remove_slot(path, ANN, "ben")
    with pytest.raises(WrongPassphraseError):
        open_slots(path, BEN)
    assert public_identity(path).openers == ("ann",)
    with pytest.raises(SlotNameError, match="only opener"):
        remove_slot(path, ANN, "ann")
    assert bare(open_slots(path, ANN)) == bare(secrets)


def test_openers_change_by_leave_of_an_opener_only(path: Path, random: Random) -> None:
    before = path.read_bytes()
    with pytest.raises(WrongPassphraseError):
        remove_slot(path, "a guess, and a wrong one", "ann")
    with pytest.raises(WrongPassphraseError):
        change_passphrase(path, "a guess, and a wrong one", "ann", "a new one for the new year", random, CHEAP_COST)
    with pytest.raises(PassphraseTooShortError):
        change_passphrase(path, ANN, "ann", "short", random, CHEAP_COST)
    for act in (lambda: remove_slot(path, ANN, "cy"), lambda: change_passphrase(path, ANN, "cy", ANN, random)):
        with pytest.raises(SlotNameError, match="has no slot"):
            act()
    assert path.read_bytes() == before


def test_a_next_key_is_kept_beside_the_one_in_use_and_then_takes_its_place(
    path: Path, secrets: Secrets, other_key: Ed25519PrivateKey, random: Random
) -> None:
    keep_next_key(path, ANN, other_key, random)
    opened = open_slots(path, BEN)
    assert bare(opened) == bare(secrets)
    assert opened.next_key is not None
    assert opened.next_key.private_bytes_raw() == other_key.private_bytes_raw()
    identity = public_identity(path)
    assert identity.public_key == secrets.terminal_key.public_key().public_bytes_raw()
    assert identity.next_public_key == other_key.public_key().public_bytes_raw()
    with pytest.raises(KeyFileExistsError):
        keep_next_key(path, ANN, other_key, random)
    settle_next_key(path, BEN, random)
    settled = open_slots(path, ANN)
    assert bare(settled) == (other_key.private_bytes_raw(), secrets.field_key, secrets.pin_pepper)
    assert settled.next_key is None
    assert public_identity(path).next_public_key is None
    settle_next_key(path, BEN, random)
    assert bare(open_slots(path, ANN)) == bare(settled)
    assert secrets.terminal_key.private_bytes_raw() not in path.read_bytes()


def test_a_next_key_is_sealed_and_bound_to_its_file(path: Path, other_key: Ed25519PrivateKey, random: Random) -> None:
    keep_next_key(path, ANN, other_key, random)
    document = json.loads(path.read_bytes())
    assert base64.b64encode(other_key.private_bytes_raw()).decode() not in path.read_text()
    for spoil in (
        lambda next_: next_.update(key=base64.b64encode(bytes(60)).decode()),
        lambda next_: next_.update(public_key=document["public_key"]),
        lambda next_: next_.update(more=""),
    ):
        spoilt = json.loads(path.read_bytes())
        spoil(spoilt["next"])
        del spoilt["check"]
        spoilt["check"] = sha256(canonical(spoilt)).hexdigest()
        other = path.with_name("spoilt.json")
        other.write_bytes(canonical(spoilt))
        with pytest.raises(KeyFileDamagedError):
            open_slots(other, ANN)


def test_the_citys_pepper_comes_with_the_admission(path: Path, secrets: Secrets, random: Random) -> None:
    set_pepper(path, ANN, b"c" * 32, random)
    opened = open_slots(path, BEN)
    assert bare(opened) == (secrets.terminal_key.private_bytes_raw(), secrets.field_key, b"c" * 32)
    with pytest.raises(ValueError, match="32 bytes"):
        set_pepper(path, ANN, b"short", random)
    with pytest.raises(WrongPassphraseError):
        set_pepper(path, "a guess, and a wrong one", b"d" * 32, random)
