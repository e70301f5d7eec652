"""A restored ledger that lost the newest entries of its register: terminals still have them, as they were signed."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from fastapi.testclient import TestClient

from countertui.domain.records import Kind
from countertui.ledger import registry
from countertui.ledger.alarms import open_alarms
from countertui.ledger.books import Books, open_books
from countertui.ledger.fsck import fsck
from countertui.ledger.given_back import GivenBack, Verdict, take_back
from countertui.ledger.keep_terminals import freeze, register_terminal, revoke, unfreeze
from countertui.ledger.keys import open_secrets
from countertui.ledger.own_rotation import rotate_by_key
from countertui.ledger.server import app
from countertui.ledger.stick import take_entries
from countertui.sync.exchange import LedgerExchange
from countertui.sync.faults import RegistryRefusedError, TerminalNotKnownError
from countertui.sync.recorder import Recorder
from countertui.sync.request_auth import Signer
from countertui.sync.transport import Reply, not_known_there
from ledger.calling import signed
from ledger.engine import Town
from ledger.test_ingest import WATER, asked, put
from ledger.test_registry import TWO, turned, with_next_key
from ledger.town import NOW, PASSPHRASE, Till, counting_random, ledger_key


@pytest.fixture
def restored(town: Town, tmp_path: Path) -> Iterator[Books]:
    """The same ledger out of a backup: as it was founded, T1 admitted."""
    with town.copied(tmp_path / "restored") as opened:
        begun(opened)
        yield opened


@pytest.fixture
def till(books: Books) -> Till:
    opened = begun(books)
    opened.open("S1")
    return opened


def begun(books: Books) -> Till:
    """T1 as it was admitted: the same entry wherever it is made."""
    till = Till(books)
    register_terminal(books, ledger_key(books), "T1", "HALL", 1, till.identity.public_key, now=NOW)
    return till


def later_random() -> Callable[[int], bytes]:
    """Randomness that gave none of the town's keys."""
    random = counting_random()
    for _ in range(50):
        random(1)
    return random


def log(books: Books) -> list[bytes]:
    with books.reading() as connection:
        return registry.entries_after(connection, 0)


def given(books: Books, entries: list[bytes]) -> GivenBack:
    return take_back(books, ledger_key(books).public_key().public_bytes_raw(), entries, NOW)


def told(books: Books) -> list[tuple[str, str]]:
    with books.reading() as connection:
        return [(each.kind, each.detail) for each in open_alarms(connection)]


def test_admission_freeze_and_revocation_come_back(books: Books, restored: Books, till: Till) -> None:
    key = ledger_key(books)
    register_terminal(books, key, "T2", "HALL", 1, Till(books, "T2").identity.public_key, by=TWO, now=NOW)
    with books.writing() as connection:
        freeze(connection, books, key, "T1", 1, "Two journals", NOW)
        unfreeze(connection, books, key, "T1", 1, "It was a copy", TWO, NOW)
        revoke(connection, books, key, "T2", 1, 0, "Stolen", TWO, NOW)
    lost = log(books)
    assert given(restored, []) == GivenBack(Verdict.SAME, 0, 2)
    assert given(restored, lost[3:]).verdict is Verdict.GAP
    assert given(restored, lost) == GivenBack(Verdict.TAKEN, 4, 6)
    assert given(restored, lost) == GivenBack(Verdict.SAME, 0, 6)
    with books.reading() as one, restored.reading() as other:
        assert registry.present(other, books.ledger) == registry.present(one, books.ledger)
        assert registry.verified(other, books.ledger)[1] == ()
    assert told(restored) == [
        (
            "register",
            "Entries 3 to 6 of the register were lost here and came back: terminal of T2/1 by eli and fay;"
            " freeze of T1/1; unfreeze of T1/1 by eli and fay; revoke of T2/1 by eli and fay.",
        ),
        ("register", "Two journals"),
    ]
    assert list(fsck(restored).differences) == []


def test_a_terminals_new_key_comes_back_before_the_batch_that_names_it(
    books: Books, restored: Books, key: Ed25519PrivateKey, till: Till
) -> None:
    new = with_next_key(till)
    till.pay(WATER)
    till.record(Kind.KEY_ROTATE, dict(till.recorder.next_key() or {}), operator="eli", session=None, biz_date=None)
    first = till.seal()
    assert put(books, key, till, first).status == 201
    turned(till, new)
    till.pay(WATER)
    second = till.seal()
    assert put(books, key, till, second).status == 201
    assert given(restored, log(books)).verdict is Verdict.TAKEN
    assert put(restored, key, till, first, no=1).status == 201
    assert put(restored, key, till, second, no=2).status == 201
    assert log(restored) == log(books), "the change is not entered twice"
    assert list(fsck(restored).differences) == []


def resigned(entry: bytes, key: Ed25519PrivateKey, **changes: object) -> bytes:
    """An entry with other words, signed by that key."""
    from countertui.sync.canonical import canonical
    from countertui.sync.registry_entries import sign_entry

    said = json.loads(base64.b64decode(json.loads(entry)["payload"]))
    return sign_entry(canonical(said | changes), [("ledger", key)])


@pytest.mark.parametrize("what", ["forged", "foreign", "garbled", "strangers_fork"])
def test_what_the_ledger_never_signed_is_refused(books: Books, restored: Books, till: Till, what: str) -> None:
    key, stranger = ledger_key(books), Ed25519PrivateKey.from_private_bytes(b"x" * 32)
    with books.writing() as connection:
        freeze(connection, books, key, "T1", 1, "Two journals", NOW)
    entry = log(books)[2]
    offered = {
        "forged": resigned(entry, stranger),
        "foreign": resigned(entry, key, ledger="DEMO-ELSEWHERE"),
        "garbled": entry[:-9],
        "strangers_fork": resigned(log(books)[1], stranger, at="2026-01-01"),
    }[what]
    before = log(restored)
    assert given(restored, [offered]).verdict is Verdict.REFUSED
    assert log(restored) == before
    assert told(restored) == []
    assert asked(restored, "SELECT count(*) FROM inbox") == [(0,)]


@pytest.mark.parametrize("from_no", [0, 2])
def test_a_ledger_that_went_on_otherwise_takes_none_and_tells(
    books: Books, restored: Books, till: Till, from_no: int
) -> None:
    key = ledger_key(books)
    with books.writing() as connection:
        freeze(connection, books, key, "T1", 1, "Two journals", NOW)
    register_terminal(restored, key, "T3", "HALL", 1, Till(books, "T3").identity.public_key, by=TWO, now=NOW)
    before = log(restored)
    for _ in range(2):
        found = given(restored, log(books)[from_no:])
        assert (found.verdict, found.taken, found.have_no) == (Verdict.FORK, 0, 3)
    assert log(restored) == before
    ((kind, detail),) = told(restored)
    assert kind == "register"
    assert "Entry 3 of the register is another here than a terminal has: freeze of T1/1" in detail
    assert asked(restored, "SELECT terminal, no, verdict FROM inbox") == [("REGISTER", 3, "fork")]
    assert list(fsck(restored).differences) == []


def test_a_newer_key_of_the_ledger_comes_back_with_an_alarm(books: Books, restored: Books, till: Till) -> None:
    rotate_by_key(books, PASSPHRASE, later_random(), reason="stolen", by=TWO, now=NOW)
    assert given(restored, log(books)).verdict is Verdict.TAKEN
    assert [kind for kind, _ in told(restored)] == ["register", "register"]
    assert "newer key than the one in its key file" in told(restored)[1][1]
    with restored.reading() as connection:
        assert registry.key_in_force(connection) == ledger_key(books).public_key().public_bytes_raw()


class Wire:
    """A ledger's registry routes as a terminal's client reaches them."""

    said_utc_ms = None

    def __init__(self, books: Books) -> None:
        secrets = open_secrets(books.folder, PASSPHRASE)
        self.http = TestClient(app(books, secrets, lambda: NOW))
        self.puts = 0

    def sign_as(self, signer: Signer) -> None:
        self.signer = signer

    def get_registry(self, after: int) -> list[bytes]:
        target = f"/v1/registry?after={after}"
        answer = self.http.get(target, headers=signed(self.signer, "GET", target))
        if answer.status_code == 401:
            raise not_known_there()
        return answer.content.splitlines()

    def put_lost_entries(self, entries: list[bytes]) -> Reply:
        self.puts += 1
        answer = self.http.put("/v1/registry/lost", content=b"".join(entry + b"\n" for entry in entries))
        return Reply(answer.status_code, answer.content)


def exchange(till: Till, books: Books, wire: Wire, known: list[bytes]) -> LedgerExchange:
    pinned = ledger_key(books).public_key()
    return LedgerExchange(till.recorder, pinned, wire, entries=known)  # type: ignore[arg-type]


def admitted(books: Books) -> Till:
    other = Till(books, "T2")
    register_terminal(books, ledger_key(books), "T2", "HALL", 1, other.identity.public_key, by=TWO, now=NOW)
    return other


def rotated(books: Books, till: Till) -> Till:
    new = with_next_key(till)
    till.record(Kind.KEY_ROTATE, dict(till.recorder.next_key() or {}), operator="eli", session=None, biz_date=None)
    assert put(books, ledger_key(books), till, till.seal()).status == 201
    till.recorder = Recorder(replace(till.identity, public_key=new.public_key().public_bytes_raw()), new)
    return till


@pytest.mark.parametrize("how", ["admitted", "rotated", "known"])
def test_a_terminal_gives_it_back_by_itself_at_its_next_sync(
    books: Books, restored: Books, till: Till, how: str
) -> None:
    who: Callable[[], Till] = {
        "admitted": lambda: admitted(books),
        "rotated": lambda: rotated(books, till),
        "known": lambda: (admitted(books), till)[1],
    }[how]
    terminal, lost = who(), log(books)
    wire = Wire(restored)
    here = exchange(terminal, restored, wire, lost)
    assert here.newer_entries() == ()
    assert log(restored) == lost
    with restored.writing() as connection:
        freeze(connection, restored, ledger_key(restored), "T1", 1, "Seen since", NOW)
    assert len(here.newer_entries()) == 1, "and everything goes on"
    assert wire.puts == 2


def test_a_terminal_that_is_not_known_and_has_nothing_to_give_says_so(books: Books, restored: Books) -> None:
    stranger = Till(books, "T7")
    with pytest.raises(TerminalNotKnownError):
        exchange(stranger, restored, Wire(restored), []).newer_entries()
    with pytest.raises(TerminalNotKnownError):
        exchange(stranger, restored, Wire(restored), log(restored)).newer_entries()


@pytest.mark.parametrize("more", [0, 2])
def test_a_terminal_tells_the_ledger_that_went_on_otherwise(
    books: Books, restored: Books, till: Till, more: int
) -> None:
    with books.writing() as connection:
        freeze(connection, books, ledger_key(books), "T1", 1, "Two journals", NOW)
    admitted(restored)
    for code in ("T5", "T6")[:more]:
        key = Till(books, code).identity.public_key
        register_terminal(books, ledger_key(books), code, "HALL", 1, key, by=TWO, now=NOW)
    here = exchange(till, restored, Wire(restored), log(books))
    with pytest.raises(RegistryRefusedError, match="is another than it was" if not more else "shorter than it was"):
        here.newer_entries()
    assert [kind for kind, _ in told(restored)] == ["register"]
    assert len(log(restored)) == 3


def test_a_ledger_without_the_key_in_force_is_not_ready(books: Books, restored: Books, till: Till) -> None:
    rotate_by_key(books, PASSPHRASE, later_random(), reason="stolen", by=TWO, now=NOW)
    wire = Wire(restored)
    assert wire.http.get("/v1/health").status_code == 200
    assert wire.put_lost_entries(log(books)).status == 200
    answer = wire.http.get("/v1/health")
    assert (answer.status_code, answer.json()["lacks"]) == (503, ["key"])


def test_the_register_lies_beside_an_open_ledger_unchanged(restored: Books) -> None:
    """What is offered in vain leaves the books as they are."""
    again = open_books(restored.folder)
    assert given(again, [b"", b"{}"]).verdict is Verdict.REFUSED
    again.close()


def test_a_stick_brings_it_back_before_the_batches_on_it(
    books: Books, restored: Books, key: Ed25519PrivateKey, till: Till, tmp_path: Path
) -> None:
    stick = tmp_path / "stick" / "office"
    stick.mkdir(parents=True)
    rotated(books, till)
    (stick / "T1-registry.jsonl").write_bytes(b"".join(entry + b"\n" for entry in log(books)))
    (stick / "T2-registry.jsonl").write_bytes(b"")
    (stick / "T3-registry.jsonl").write_bytes(b"nonsense\n")
    one, other = take_entries(restored, key, tmp_path / "stick", NOW)
    assert (one.file, one.taken, one.said) == ("T1-registry.jsonl", 1, "1 entry of the register came back.")
    assert (other.file, other.was_believed) == ("T3-registry.jsonl", False)
    assert log(restored) == log(books)
    assert take_entries(restored, key, tmp_path / "stick", NOW) == [other], "the same again brings nothing"


def test_what_a_stranger_makes_up_waits_for_no_batch_and_holds_none_up(books: Books, till: Till) -> None:
    """Anybody may bring entries: only those that are taken, or that the ledger itself signed, reach for the books."""
    with books.reading() as connection:
        there = registry.entries_after(connection, 0)
    public_key = ledger_key(books).public_key().public_bytes_raw()
    forged = json.loads(there[-1])
    payload = json.loads(base64.b64decode(forged["payload"])) | {"no": len(there) + 1}
    forged["payload"] = base64.b64encode(json.dumps(payload, separators=(",", ":"), sort_keys=True).encode()).decode()
    with books.writing():
        for envelopes, verdict in (([], Verdict.SAME), (there, Verdict.SAME), ([b"x"], Verdict.REFUSED)):
            assert take_back(books, public_key, envelopes, NOW).verdict is verdict
        assert take_back(books, public_key, [json.dumps(forged).encode()], NOW).verdict is Verdict.REFUSED


def test_what_a_stranger_brings_is_judged_by_the_last_entry_and_the_ledgers_own_keys(
    books: Books, till: Till, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The register of a city grows for decades: nobody has the ledger read all of it by asking."""
    there, stranger = log(books), Ed25519PrivateKey.from_private_bytes(b"x" * 32)
    offered = (
        ([], Verdict.SAME),
        (there, Verdict.SAME),
        ([b"x"], Verdict.REFUSED),
        ([resigned(there[-1], stranger, no=len(there) + 2)], Verdict.GAP),
        ([resigned(there[-1], stranger, at="2026-01-01")], Verdict.REFUSED),
        ([resigned(there[-1], stranger, no=len(there) + 1)], Verdict.REFUSED),
    )

    def whole(*_: object) -> None:
        raise AssertionError("all of the register was read")

    for name in ("present", "entries_after"):
        monkeypatch.setattr(registry, name, whole)
    for envelopes, verdict in offered:
        assert given(books, envelopes).verdict is verdict
    with books.reading() as connection:
        outline = registry.outline(connection, books.ledger)
    monkeypatch.undo()
    with books.reading() as connection:
        assert replace(registry.present(connection, books.ledger), terminals={}) == outline


def test_the_ledgers_own_keys_are_found_without_looking_through_the_register(books: Books) -> None:
    rotate_by_key(books, PASSPHRASE, later_random(), reason="yearly", by=TWO, now=NOW)
    with books.reading() as connection:
        outline = registry.outline(connection, books.ledger)
        assert replace(registry.present(connection, books.ledger), terminals={}) == outline
        assert len(outline.ledger_keys) == 2
        if connection.dialect.name == "sqlite":
            plan = connection.exec_driver_sql(
                "EXPLAIN QUERY PLAN SELECT envelope FROM registry_entry WHERE kind IN ('found', 'ledger_key')"
            )
            assert "USING INDEX" in plan.one()[-1]
