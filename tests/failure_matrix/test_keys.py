"""Rows 13, 14, 25 and 27: revoked keys, keys that must not be enrolled, no key at hand, a laptop stolen."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from cli_city import REAL_PASSPHRASE, City, Said, real_city, take_payments
from countertui.ledger.books import open_books
from countertui.ledger.ingest import ingest
from countertui.ledger.keys import open_key
from countertui.store.anchor import anchor_folder
from countertui.sync.canonical import canonical
from countertui.sync.dsse import REQUEST, parse_envelope, sign_envelope, to_bytes
from countertui.sync.enrolment import make_request, read_invitation
from countertui.sync.keyslots import open_slots
from countertui.sync.sealing import sealing_key
from countertui.sync.transport import MAX_REQUEST

GIVEN = {"COUNTERTUI_PASSPHRASE": REAL_PASSPHRASE}
TWO = "ken\n1010\numa\n2020\n"
"""Two admins' ids and PINs."""


@pytest.fixture(scope="module")
def worked(tmp_path_factory: pytest.TempPathFactory) -> City:
    """A real city with three receipts and an open drawer, nothing sealed; nobody writes to it."""
    city = real_city(tmp_path_factory.mktemp("keys") / "city")
    take_payments(city, REAL_PASSPHRASE)
    return city


@pytest.fixture
def city(worked: City, tmp_path: Path) -> City:
    return worked.copy(tmp_path / "city")


@contextmanager
def online(city: City) -> Iterator[str]:
    with city.serving(**GIVEN) as url:
        (city.folder / "terminal.toml").write_text(f'[ledger]\nurl = "{url}"\n', encoding="utf-8")
        yield url


def sealed(city: City) -> dict[str, Any]:
    said = city.run("batch", "seal", "--operator", "rosa", "--json", stdin="1111\n", **GIVEN)
    assert said.status == 0, said.err
    return dict(said.json)


def sent(city: City) -> list[dict[str, Any]]:
    said = city.run("sync", "--once", "--json", **GIVEN)
    assert said.out, said.err
    return list(said.json["sent"])


def revoked(city: City, *more: str) -> Said:
    said = city.run("ledger", "revoke", "T1", "--reason", "Stolen", *more, stdin=TWO, **GIVEN)
    assert said.status == 0, said.err
    return said


def test_row_13_what_a_revoked_key_signed_before_the_cut_off_counts_and_nothing_after_it(city: City) -> None:
    first = sealed(city)
    revoked(city, "--after", str(first["last_seq"]))
    late = sealed(city)
    assert late["first_seq"] > first["last_seq"]
    with online(city):
        before, after = sent(city)
        assert (before["batch_no"], before["state"], before["difference_cents"]) == (1, "posted", 0)
        assert (after["batch_no"], after["state"]) == (2, "held")
        assert "revoked" in after["detail"]
        assert [batch["state"] for batch in sent(city)] == ["held"]
        assert city.run("sync", "--once", "--json", **GIVEN).json["standing"] == "revoked"
        assert "REVOKED" in city.run("sync", "--once", **GIVEN).err
    status = city.run("ledger", "status", "--json").json
    assert sum(day["net_cents"] for day in status["days"]) == before["posted_cents"] > 0
    books = sqlite3.connect(city.ledger / "ledger.db")
    verdicts = books.execute("SELECT no, verdict, length(bytes) > 0 FROM inbox ORDER BY no").fetchall()
    books.close()
    assert verdicts == [(1, "posted", 1), (2, "revoked", 1)]


def test_row_13_a_batch_that_reaches_past_the_cut_off_waits_for_people(city: City) -> None:
    last = sealed(city)["last_seq"]
    revoked(city, "--after", str(last - 2))
    with online(city):
        (only,) = sent(city)
    assert only["state"] == "held"
    assert f"records {last - 1} to {last}" in only["detail"]


def test_row_13_one_person_revokes_nothing(city: City) -> None:
    for stdin, status in (("ken\n1010\nken\n1010\n", 1), ("ken\n1010\nrosa\n1111\n", 1), ("ken\n9999\n", 1)):
        said = city.run("ledger", "revoke", "T1", "--reason", "Stolen", stdin=stdin, **GIVEN)
        assert said.status == status, said
    sealed(city)
    with online(city):
        assert [batch["state"] for batch in sent(city)] == ["posted"]


def asked_with(city: City, url: str, key: Ed25519PrivateKey, public_key: bytes) -> httpx2.Response:
    """Ask to be admitted as T7 with these bytes for a key, by the real route, with a good code."""
    said = city.run("ledger", "admit", "T7", "--office", "HALL", stdin="ken\n1010\n", **GIVEN)
    assert said.status == 0, said.err
    code = said.out.split("hours: ")[1].split()[0]
    address = f"{url}/v1/enrolments/T7"
    invitation = read_invitation(httpx2.get(address).content)
    request, _ = make_request(invitation, code, key, sealing_key(b"f" * 32))
    payload = json.loads(parse_envelope(request, MAX_REQUEST).payload)
    if payload["public_key"] != public_key.hex():
        payload["public_key"] = public_key.hex()
        request = to_bytes(sign_envelope(REQUEST, canonical(payload), [("T7/1", key)]))
    return httpx2.put(f"{address}/request", content=request)


def test_row_14_a_bad_or_taken_key_is_refused_at_enrolment(city: City, shared_data: Path) -> None:
    cases = json.loads((shared_data / "crypto_vectors/wycheproof/cctv_ed25519vectors.json").read_bytes())
    unfit = {"low_order_A", "non_canonical_A"}
    bad = {case["key"] for case in cases if unfit & set(case["flags"] or [])}
    key = Ed25519PrivateKey.from_private_bytes(b"k" * 32)
    with online(city) as url:
        for public_key in sorted(bad)[:: max(1, len(bad) // 3)]:
            answer = asked_with(city, url, key, bytes.fromhex(public_key))
            assert answer.status_code == 403
            assert "can't be used" in answer.text or "cannot be used" in answer.text
        mine = open_slots(city.folder / "keys.json", REAL_PASSPHRASE).terminal_key
        answer = asked_with(city, url, mine, mine.public_key().public_bytes_raw())
        assert answer.status_code == 202
        fingerprint = answer.json()["fingerprint"]
        taken = city.run("ledger", "admit", "T7", stdin=f"uma\n2020\n{fingerprint}\n", **GIVEN)
        assert taken.status == 2
        assert "registered already" in taken.err
    books = sqlite3.connect(city.ledger / "ledger.db")
    assert books.execute("SELECT code FROM terminal WHERE state <> 'desk'").fetchall() == [("T1",)]
    books.close()


def test_row_25_without_the_passphrase_nothing_is_sold_and_what_is_sealed_still_goes_out(
    city: City, tmp_path: Path
) -> None:
    """The policy: no signing key, no sale. There is no unsigned record, so none has to be made good later."""
    sealed(city)
    before = (city.folder / "store.db").read_bytes()
    lost = {"COUNTERTUI_PASSPHRASE": "none of ours, alas"}
    for arguments in (("batch", "seal", "--operator", "rosa"), ("operator", "add", "new", "New", "cashier")):
        said = city.run(*arguments, stdin="1111\n", **lost)
        assert said.status == 1
        assert "opens no slot" in said.err
    with city.counter() as person:
        person.wait_for("Passphrase")
        person.press(*"none of ours, alas", "Enter")
        person.wait_for("opens no slot")
        assert "Find ›" not in person.screen()
    assert (city.folder / "store.db").read_bytes() == before

    exported = city.run("batch", "export", str(tmp_path / "usb"), **lost)
    assert exported.status == 0, exported.err
    (city.folder / "keys.json").unlink()
    assert city.run("batch", "export", str(tmp_path / "usb2")).status == 0
    envelope, register = sorted((tmp_path / "usb").iterdir())
    assert register.name == "T1-registry.jsonl"
    assert register.read_bytes() == (tmp_path / "usb2" / register.name).read_bytes()
    assert envelope.read_bytes() == (tmp_path / "usb2" / envelope.name).read_bytes()
    books = open_books(city.ledger)
    key = open_key(city.ledger, REAL_PASSPHRASE)
    assert ingest(books, key, envelope.read_bytes(), "T1", 1, 1, "2026-11-23T18:00:00+00:00").status == 201
    books.close()


def test_row_27_a_stolen_laptop_opens_nothing_and_its_key_ends_at_what_the_ledger_has(
    city: City, tmp_path: Path
) -> None:
    first = sealed(city)
    with online(city):
        assert [batch["state"] for batch in sent(city)] == ["posted"]
    stolen = city.copy(tmp_path / "stolen")
    secrets = open_slots(stolen.folder / "keys.json", REAL_PASSPHRASE)
    everything = [path for path in stolen.folder.rglob("*") if path.is_file() and "ledger" not in path.parts]
    everything += list(anchor_folder(stolen.folder).iterdir())
    for path in everything:
        data = path.read_bytes()
        for secret in (secrets.terminal_key.private_bytes_raw(), secrets.pin_pepper, secrets.field_key):
            assert secret not in data, path
            assert secret.hex().encode() not in data, path
    assert stolen.run("batch", "seal", "--operator", "rosa", stdin="1111\n", COUNTERTUI_PASSPHRASE="guess").status == 1

    said = revoked(city)
    witnessed = first["last_seq"] + 1  # the start of the program that sent it was told, too
    assert f"after record {witnessed} counts for nothing" in said.out
    assert "The last receipt here is T1-3" in said.out  # what the thief's unsent tail can hold is told from paper

    # Whoever has the passphrase too: what they sign now is kept, and never posted.
    sealed(stolen)
    with city.serving(**GIVEN) as url:
        (stolen.folder / "terminal.toml").write_text(f'[ledger]\nurl = "{url}"\n', encoding="utf-8")
        said = stolen.run("sync", "--once", "--json", **GIVEN)
        (tail,) = said.json["sent"]
        assert tail["state"] == "held"
        assert "revoked" in tail["detail"]
        again = city.run("ledger", "admit", "T1", "--office", "HALL", stdin="ken\n1010\n", **GIVEN)
        assert again.status == 0, again.err
    books = sqlite3.connect(city.ledger / "ledger.db")
    assert books.execute("SELECT MAX(no) FROM batch WHERE terminal = 'T1' AND state = 'posted'").fetchone() == (1,)
    books.close()


def test_row_15_a_restored_ledger_revokes_nobody_before_its_terminals_asked_for_the_register(
    city: City, tmp_path: Path
) -> None:
    for words in (["backup", str(tmp_path / "backup")], ["revoke", "T1", "--reason", "Stolen"]):
        assert city.run("ledger", *words, stdin=TWO, **GIVEN).status == 0
    city.ledger.rename(tmp_path / "lost")
    again = city.run("ledger", "restore", str(tmp_path / "backup"), **GIVEN)
    assert (again.status, "before all of them asked" in again.out) == (0, True), again.err
    assert city.run("ledger", "status", "--json").json["awaited"] == ["T1/1"]
    assert "RESTORED: its register of keys takes no new entry before it hears T1/1." in city.run("ledger", "status").out
    refused = city.run("ledger", "revoke", "T1", "--reason", "Stolen", stdin=TWO, **GIVEN)
    assert (refused.status, "countertui ledger go-on" in refused.err) == (1, True)
    alone = city.run("ledger", "go-on", "T1", "--reason", "It is stolen", stdin="ken\n1010\nken\n1010\n", **GIVEN)
    assert alone.status == 1
    unnamed = city.run("ledger", "go-on", "--reason", "It is stolen", stdin=TWO, **GIVEN)
    assert (unnamed.status, "It waits for T1/1." in unnamed.err) == (2, True)
    assert city.run("ledger", "go-on", "T1", "--reason", "It is stolen", stdin=TWO, **GIVEN).status == 0
    revoked(city)
    assert "went on after a restore without hearing T1/1: It is stolen" in city.run("ledger", "status").out
