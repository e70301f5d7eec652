"""`countertui receipt verify`: by the ledger's key alone, by a terminal's folder, and against a ledger that serves."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from cli_city import City, run
from counter_station import fee, on
from counter_station import pay as pay_for
from countertui.assembly import WayToLedger, open_for_command
from countertui.bootstrap import close_station
from countertui.cli.code_proof import Known, proven
from countertui.counter.open_drawer import session_of
from countertui.demo.passphrase import PASSPHRASE
from countertui.domain.records import Kind
from countertui.errors import AnswerNo
from countertui.ledger.books import Books
from countertui.ledger.ingest import ingest
from countertui.ledger.server import app
from countertui.sync import base45
from countertui.sync.certificate import certify
from countertui.sync.claim import CERTIFIED, PREFIX, RECEIPT, sign_claim
from countertui.sync.keyslots import Secrets, public_identity
from countertui.sync.registry import Register, TerminalKeys
from ledger.town import NOW, Till, allocation, founded, ledger_key, line
from on_loopback import served


@pytest.fixture
def books(tmp_path: Path) -> Iterator[Books]:
    opened = founded(tmp_path / "ledger")
    yield opened
    opened.close()


@pytest.fixture
def key(books: Books) -> Ed25519PrivateKey:
    return ledger_key(books)


@pytest.fixture
def till(books: Books) -> Till:
    return Till(books).registered(books)


@pytest.fixture
def hex_key(key: Ed25519PrivateKey) -> str:
    return key.public_key().public_bytes_raw().hex()


@pytest.fixture
def url(books: Books, key: Ed25519PrivateKey) -> Iterator[str]:
    with served(app(books, Secrets(key, bytes(32), bytes(32)), lambda: NOW)) as address:
        yield address


def code_of(till: Till, key: Ed25519PrivateKey, taken: dict[str, Any], **changes: Any) -> str:
    claim = {name: taken[name] for name in ("terminal", "epoch", "seq", "receipt_no", "biz_date")}
    claim |= {"total_cents": taken["data"]["total_cents"], "h": till.all[taken["id"]][1].hex()} | changes
    return sign_claim(claim, till.key, certify("T1", 1, till.identity.public_key, key))


def pay(till: Till) -> dict[str, Any]:
    return till.pay(line("U1", allocation("C1", "510-4310", 20_00)), tenders=[("check", 20_00)])


Ask = Callable[..., tuple[int, str]]


@pytest.fixture
def asked(tmp_path: Path) -> Ask:
    """Runs the command; gives its exit status and what it said."""

    def ask(*arguments: str) -> tuple[int, str]:
        said = run("receipt", "verify", *arguments, home=tmp_path)
        return said.status, said.out + said.err

    return ask


def test_offline_it_proves_exactly_what_the_code_carries_and_says_so(
    asked: Ask, till: Till, key: Ed25519PrivateKey, hex_key: str, tmp_path: Path
) -> None:
    code = code_of(till, key, pay(till))
    status, said = asked(code, "--ledger-key", hex_key)
    assert status == 0
    assert "T1-1  2026-11-23  20.00" in said
    assert "proves: terminal, number, business date, total, hash of the record\n" in said
    not_proven = "lines, tenders, that it was posted, or not voided later, that the terminal is still believed"
    assert f"does not prove: {not_proven}\n" in said
    (tmp_path / "code.txt").write_text(code[:100] + "\n" + code[100:] + "\n", encoding="utf-8")
    assert asked(str(tmp_path / "code.txt"), "--ledger-key", hex_key) == (status, said)


def test_forgeries_and_wrong_use(asked: Ask, till: Till, key: Ed25519PrivateKey, hex_key: str, tmp_path: Path) -> None:
    code = code_of(till, key, pay(till))
    assert asked(code[:-3] + "000", "--ledger-key", hex_key)[0] == 1
    assert asked(code, "--ledger-key", till.identity.public_key.hex())[0] == 1
    status, said = asked(code[:-3] + "000", "--ledger-key", hex_key, "--json")
    assert (status, json.loads(said)["ok"], json.loads(said)["proves"]) == (1, False, [])
    assert asked("T1-1", "--ledger-key", hex_key)[0] == 2
    assert asked(code, "--ledger-key", "abc")[0] == 2
    assert asked(code, "--dir", str(tmp_path / "none"))[0] == 3
    assert asked(code, "--ledger-key", hex_key, "--online")[0] == 3


def test_online_it_is_posted_with_lines_and_tenders_and_proven_to_be_in_the_log(
    asked: Ask, books: Books, till: Till, key: Ed25519PrivateKey, hex_key: str, url: str
) -> None:
    taken, void = pay(till), pay(till)
    till.void(void, till.ask(Kind.VOID_REQUEST, void)["seq"])
    ingest(books, key, till.seal(), "T1", 1, 1, NOW)
    arguments = ("--ledger-key", hex_key, "--url", url)
    status, said = asked(code_of(till, key, taken), *arguments)
    assert status == 0
    assert "does not prove" not in said
    for shown in ("U1", "check", "20.00", "log holds it, proven here", "Posted, and not voided"):
        assert shown in said
    status, said = asked(code_of(till, key, void), *arguments, "--json")
    found = json.loads(said)
    assert (status, found["ok"], found["fault"]) == (1, False, "This receipt was voided later.")
    assert found["online"]["lines"] == [{"account": "U1", "fee": None, "description": "A line", "cents": 20_00}]
    unsent = code_of(till, key, pay(till))
    assert asked(unsent, *arguments)[0] == 1
    assert asked(unsent, "--ledger-key", hex_key)[0] == 0
    assert asked(unsent, "--ledger-key", hex_key, "--url", "http://127.0.0.1:9")[0] == 3


def test_a_ledger_that_cannot_prove_what_it_says_is_not_believed(
    asked: Ask, books: Books, till: Till, key: Ed25519PrivateKey, hex_key: str, url: str
) -> None:
    taken, other = pay(till), pay(till)
    ingest(books, key, till.seal(), "T1", 1, 1, NOW)
    from countertui.sync.faults import ClaimRefusedError
    from countertui.sync.standing import check_in_log, read_standing
    from countertui.sync.transport import LedgerClient

    h, elsewhere = till.all[taken["id"]][1], till.all[other["id"]][1]
    client = LedgerClient(url)
    data = client.get_claim("T1", 1, taken["seq"], h.hex())
    client.close()
    assert data is not None
    standing = read_standing(data)
    check_in_log(standing, h, key.public_key())
    with pytest.raises(ClaimRefusedError, match="cannot prove"):
        check_in_log(standing, elsewhere, key.public_key())
    with pytest.raises(ClaimRefusedError, match="cannot prove"):
        check_in_log(standing, h, till.key.public_key())
    with pytest.raises(ClaimRefusedError, match="cannot be read"):
        read_standing(b'{"state": "yes"}')


def printed(city: City, receipt_no: str = "T1-1") -> str:
    """The code on a receipt."""
    db = sqlite3.connect(city.folder / "store.db")
    (document,) = db.execute("SELECT document FROM print_job WHERE receipt_no = ?", (receipt_no,)).fetchone()
    db.close()
    return str(next(block["s"] for block in json.loads(document)["blocks"] if block["t"] == "qr"))


def test_a_receipt_of_before_any_snapshot_had_its_terminals_key_is_proven_by_the_register(city: City) -> None:
    """It carries no certificate, and no snapshot here names the key; the register, which the ledger signed, does."""
    vouched = base45.decode(printed(city).removeprefix(CERTIFIED))
    code = PREFIX + base45.encode(vouched[64 + 32 :])
    with closing(sqlite3.connect(city.folder / "reference.db")) as reference, reference:
        reference.execute("DELETE FROM terminal")
    said = city.run("receipt", "verify", code, "--json")
    assert (said.status, said.json["claim"]["receipt_no"]) == (0, "T1-1")
    assert city.run("receipt", "verify", code[:-3] + "000").status == 1
    with closing(sqlite3.connect(city.folder / "store.db")) as store, store:
        store.execute("DELETE FROM registry")
    said = city.run("receipt", "verify", code)
    assert (said.status, "is not known here" in said.err) == (1, True)


def test_the_register_proves_by_any_key_a_terminal_had_but_nothing_after_it_was_revoked(
    till: Till, tmp_path: Path
) -> None:
    taken = pay(till)
    claim = {name: taken[name] for name in ("terminal", "epoch", "seq", "receipt_no", "biz_date")}
    code = sign_claim(claim | {"total_cents": 20_00, "h": till.all[taken["id"]][1].hex()}, till.key)
    later = Ed25519PrivateKey.from_private_bytes(bytes(32)).public_key().public_bytes_raw()
    keys = TerminalKeys("HALL", ((1, till.identity.public_key), (9, later)))

    def told(listed: TerminalKeys) -> dict[str, Any]:
        return proven(RECEIPT, code, Known(("",), tmp_path, "A", None, Register("A", terminals={("T1", 1): listed})))

    assert told(keys)["receipt_no"] == taken["receipt_no"]
    assert told(replace(keys, state="revoked", after_seq=taken["seq"]))["seq"] == taken["seq"]
    with pytest.raises(AnswerNo, match="is revoked"):
        told(replace(keys, state="revoked", after_seq=taken["seq"] - 1))


def test_the_first_receipt_of_a_changed_key_is_proven_by_the_ledgers_key_before_any_snapshot_names_it(
    city: City,
) -> None:
    with closing(sqlite3.connect(city.folder / "store.db")) as db:
        (pinned,) = db.execute("SELECT ledger_key FROM identity").fetchone()
    assert city.run("key", "rotate", "--admin", "ken", stdin="1010\n").status == 0
    new = public_identity(city.folder / "keys.json").next_public_key
    assert new is not None
    assert city.run("batch", "seal", "--operator", "rosa", stdin="1111\n").status == 0
    assert city.run("sync", "--once", "--json").json["sent"][0]["state"] == "posted"
    with closing(sqlite3.connect(city.folder / "reference.db")) as reference:
        assert new.hex() not in {key for (key,) in reference.execute("SELECT public_key FROM terminal")}
    station = open_for_command(city.folder, PASSPHRASE, WayToLedger(city.folder, lambda _child: None))
    try:
        session = session_of(station, on(station, "rosa"))
        assert session is not None
        receipt_no = pay_for(station, session, fee(station)).receipt_no
    finally:
        close_station(station)
    code = printed(city, receipt_no)
    assert base45.decode(code.removeprefix(CERTIFIED))[64:96] == new
    said = run("receipt", "verify", code, "--ledger-key", pinned, "--json", home=city.folder.parent)
    assert (said.status, said.json["claim"]["receipt_no"]) == (0, receipt_no)


def test_the_code_a_counter_printed_is_proven_in_its_folder_and_by_the_pinned_key_elsewhere(city: City) -> None:
    code = printed(city)
    with closing(sqlite3.connect(city.folder / "store.db")) as db:
        (pinned,) = db.execute("SELECT ledger_key FROM identity").fetchone()
    assert code.startswith("CTUI2:")
    assert city.run("receipt", "verify", code).status == 0
    said = run("receipt", "verify", code, "--ledger-key", pinned, "--json", home=city.folder.parent)
    assert (said.status, said.json["claim"]["receipt_no"]) == (0, "T1-1")
    with city.serving() as url:
        said = city.run("receipt", "verify", code, "--url", url)
    assert (said.status, "does not have this receipt" in said.err) == (1, True)


def test_a_demos_own_ledger_is_found_while_it_runs_and_said_to_run_with_the_demo_else(city: City) -> None:
    code = printed(city)
    ask = ("receipt", "verify", code, "--online")
    closed = city.run(*ask)
    assert (closed.status, "The demo's own ledger does not answer" in closed.err) == (3, True)
    assert f"countertui demo --dir {city.folder}" in closed.err.replace("\n", " ")
    with city.serving():
        unsent = city.run(*ask)
        assert (unsent.status, "does not have this receipt" in unsent.err) == (1, True)
    assert city.run("batch", "seal", "--operator", "rosa", stdin="1111\n").status == 0
    assert city.run("sync", "--once").status == 0
    with city.serving():
        said = city.run(*ask, "--json")
        assert (said.status, said.json["online"]["state"], said.json["online"]["in_log"]) == (0, "posted", True)
    ended = city.run(*ask)
    assert (ended.status, ended.err) == (closed.status, closed.err)


def test_another_ledger_at_the_address_that_a_demos_had_is_not_taken_for_it(city: City, url: str) -> None:
    code = printed(city)
    (city.ledger / "lock").write_text(f"ledger serve, process 1, at {url}\n", encoding="utf-8")
    said = city.run("receipt", "verify", code, "--online")
    assert (said.status, "The demo's own ledger does not answer" in said.err) == (3, True)
