"""Personal data at the ledger: awaited, opened, compared, kept encrypted, found blind, erased by two."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import delete, select, update

from countertui.domain.city import rules_to_json
from countertui.domain.desk_records import DeskKind
from countertui.domain.personal import ACCOUNT, ROUTING, Place, Salted, commitment, of_tender
from countertui.domain.records import Kind
from countertui.domain.reference import CityKey
from countertui.domain.rights import NotAllowed
from countertui.errors import UsageError
from countertui.ledger import tables
from countertui.ledger.after_restore import awaited, mark_backup, no_longer_await
from countertui.ledger.alarms import open_alarms
from countertui.ledger.books import Books
from countertui.ledger.dead_store import Left
from countertui.ledger.desk import Ground
from countertui.ledger.erasing import ErasureRefusedError, erase
from countertui.ledger.fsck import fsck
from countertui.ledger.given_back import Verdict, take_back
from countertui.ledger.ingest import ingest
from countertui.ledger.keep_terminals import register_terminal
from countertui.ledger.keys import open_secrets
from countertui.ledger.personal import (
    ElsewhereError,
    NotInCustodyError,
    Standing,
    awaited_before,
    take_part,
    verified,
)
from countertui.ledger.recovering import recover
from countertui.ledger.registry import entries_after
from countertui.ledger.resealing import Resealed, reseal
from countertui.ledger.status import as_lines, status
from countertui.sync.exchange import LedgerExchange
from countertui.sync.faults import LedgerUnreachableError, SealingError
from countertui.sync.personal_part import MAX_PART, MOST_ITEMS, MalformedPartError, make_part
from countertui.sync.transport import LedgerClient
from countertui.sync.vault import Vault
from ledger.at_the_desk import stepped
from ledger.engine import Town
from ledger.test_server import serving
from ledger.town import NOW, PASSPHRASE, RULES, Till, allocation, counting_random, ledger_key, line

ROUTED, NUMBER = "021000021", "000123456789"
FIELDS = {of_tender(1, ROUTING): ROUTED, of_tender(1, ACCOUNT): NUMBER}
LATER = "2026-11-24T18:00:00+00:00"


class Checks:
    """A till that takes checks with their magnetic line, and the vault it keeps that in."""

    def __init__(self, books: Books, till: Till) -> None:
        self.books, self.till = books, till
        self.vault = Vault(b"\1" * 32, books.ledger, counting_random())
        self.kept: dict[Place, Salted] = {}

    def pay(self, values: dict[str, str] = FIELDS) -> dict[str, Any]:
        salted = {field: self.vault.salted(value) for field, value in values.items()}
        taken = self._pay(salted, 50_00)
        for field, each in salted.items():
            self.kept[Place("T1", 1, taken["seq"], field)] = each
        return taken

    def _pay(self, salted: dict[str, Salted], cents: int) -> dict[str, Any]:
        data = {
            "payor": "Somebody",
            "lines": [line("U1", allocation("C1", "510-4310", cents))],
            "tenders": [{"kind": "check", "cents": cents, "reference": "1041"}],
            "change_cents": 0,
            "total_cents": cents,
            "personal": {field: commitment(field, each) for field, each in salted.items()},
        }
        return self.till.record(Kind.PAY, data, net=cents)

    def part(self, no: int = 1, **instead: Salted) -> bytes:
        city = city_vault(self.books).sealing_key
        sealed = [
            (
                place.seq,
                place.field,
                self.vault.seal_for(city, place, instead.get(place.field.rpartition(".")[2], value)),
            )
            for place, value in self.kept.items()
        ]
        return make_part(self.books.ledger, "T1", 1, no, sealed)


def city_vault(books: Books) -> Vault:
    return Vault(open_secrets(books.folder, PASSPHRASE).field_key, books.ledger, counting_random())


@pytest.fixture
def checks(books: Books, key: Ed25519PrivateKey) -> Checks:
    till = Till(books)
    register_terminal(books, key, "T1", "HALL", 1, till.identity.public_key, now=NOW)
    till.open("S1")
    return Checks(books, till)


def _sent(checks: Checks, key: Ed25519PrivateKey) -> None:
    answer = ingest(checks.books, key, checks.till.seal(), "T1", 1, checks.till.batch_no, NOW)
    assert answer.status == 201, answer.body


def _take(checks: Checks, part: bytes, no: int = 1, now: str = NOW) -> list[tuple[int, str]]:
    return take_part(checks.books, city_vault(checks.books), part, "T1", 1, no, now)


def _standing(books: Books) -> Standing:
    with books.reading() as connection:
        return verified(connection, city_vault(books))


def test_values_come_after_their_batch_and_are_kept_encrypted(checks: Checks, key: Ed25519PrivateKey) -> None:
    checks.pay()
    with pytest.raises(NotInCustodyError):
        _take(checks, checks.part())
    _sent(checks, key)
    assert _standing(checks.books) == Standing(kept=0, awaited=2, erased=0, wrong=())
    assert sorted(_take(checks, checks.part())) == [(2, "tender.1.account"), (2, "tender.1.routing")]
    assert _standing(checks.books) == Standing(kept=2, awaited=0, erased=0, wrong=())
    vault = city_vault(checks.books)
    with checks.books.reading() as connection:
        place = Place("T1", 1, 2, "tender.1.account")
        rows = connection.execute(select(tables.personal)).all()
    (row,) = (row for row in rows if row.field == place.field)
    assert vault.unlock(place, bytes(row.locked)) == checks.kept[place]
    blind = {row.field: row.blind for row in rows}
    assert blind[place.field] == vault.blind("account", NUMBER) != vault.blind("account", ROUTED)
    assert list(blind.values()).count(blind[place.field]) == 1
    assert all(NUMBER not in repr(row) and NUMBER.encode() not in bytes(row.locked) for row in rows)
    assert fsck(checks.books).differences == ()


def test_the_same_part_again_changes_nothing(checks: Checks, key: Ed25519PrivateKey) -> None:
    checks.pay()
    _sent(checks, key)
    part = checks.part()
    first = _take(checks, part)
    with checks.books.reading() as connection:
        before = connection.execute(select(tables.personal)).all()
    assert sorted(_take(checks, part, now=LATER)) == sorted(first)
    with checks.books.reading() as connection:
        assert connection.execute(select(tables.personal)).all() == before


def test_a_value_other_than_committed_raises_an_alarm_and_the_others_are_kept(
    checks: Checks, key: Ed25519PrivateKey
) -> None:
    checks.pay()
    _sent(checks, key)
    lie = Salted("999999999", b"\2" * 32)
    assert _take(checks, checks.part(account=lie)) == [(2, "tender.1.routing")]
    assert _standing(checks.books) == Standing(kept=1, awaited=1, erased=0, wrong=())
    with checks.books.reading() as connection:
        (alarm,) = open_alarms(connection)
    assert (alarm.kind, alarm.terminal, alarm.seq) == ("personal", "T1", 2)
    assert "999" not in alarm.detail
    assert len(_take(checks, checks.part())) == 2  # and the right one still counts


def test_a_value_that_no_record_commits_to_is_not_taken(checks: Checks, key: Ed25519PrivateKey) -> None:
    checks.pay()
    _sent(checks, key)
    checks.kept = {Place("T1", 1, 2, "license.ssn"): Salted("078051120", b"\3" * 32)}
    assert _take(checks, checks.part()) == []
    with checks.books.reading() as connection:
        assert [alarm.kind for alarm in open_alarms(connection)] == ["personal"]
        assert (
            connection.execute(select(tables.personal.c.locked).where(tables.personal.c.locked.is_not(None))).all()
            == []
        )


def test_a_value_sealed_for_another_place_does_not_open(checks: Checks, key: Ed25519PrivateKey) -> None:
    checks.pay()
    _sent(checks, key)
    part = json.loads(checks.part())
    part["items"][0]["sealed"], part["items"][1]["sealed"] = part["items"][1]["sealed"], part["items"][0]["sealed"]
    assert _take(checks, json.dumps(part).encode()) == []


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{}",
        b"\xff",
        b'{"batch_no":1,"epoch":1,"items":[{"field":"A B","sealed":"","seq":1}],"ledger":"L","terminal":"T1","v":1}',
        b'{"batch_no":1,"epoch":1,"items":[{"field":"a","sealed":"!","seq":1}],"ledger":"L","terminal":"T1","v":1}',
    ],
)
def test_what_is_no_side_part_is_refused_without_being_repeated(checks: Checks, data: bytes) -> None:
    with pytest.raises(MalformedPartError) as refusal:
        _take(checks, data)
    assert "A B" not in str(refusal.value)


def test_a_side_part_with_too_many_values_is_refused(checks: Checks) -> None:
    with pytest.raises(MalformedPartError):
        _take(checks, make_part(checks.books.ledger, "T1", 1, 1, [(1, "a", b"")] * (MOST_ITEMS + 1)))


def test_a_side_part_of_another_batch_is_refused(checks: Checks, key: Ed25519PrivateKey) -> None:
    checks.pay()
    _sent(checks, key)
    with pytest.raises(ElsewhereError):
        _take(checks, checks.part(no=2))


def test_values_that_never_came_are_counted_from_the_next_day_on(checks: Checks, key: Ed25519PrivateKey) -> None:
    checks.pay()
    _sent(checks, key)
    with checks.books.reading() as connection:
        assert awaited_before(connection, "2026-11-23") == 0
        assert awaited_before(connection, "2026-11-24") == 2
    told = status(checks.books, LATER)
    assert told["personal_awaited"] == 2
    assert "2 personal values did not come with the batch." in "\n".join(as_lines(told))


def _erase(
    checks: Checks, key: Ed25519PrivateKey, record: str, field: str, by: str = "eli", second: str = "bo"
) -> None:
    with checks.books.writing() as connection:
        erase(
            Ground(connection, checks.books, key, LATER),
            record,
            field,
            by=by,
            second=second,
            reason="Asked for by the payor",
            id_=f"0190b2c4-dddd-7000-8000-{len(field):012}",
        )


def test_erasing_destroys_the_value_and_leaves_chain_tree_and_books_whole(
    checks: Checks, key: Ed25519PrivateKey
) -> None:
    taken = checks.pay()
    _sent(checks, key)
    _take(checks, checks.part())
    with checks.books.reading() as connection:
        c = tables.personal.c
        locked = bytes(connection.execute(select(c.locked).where(c.field == "tender.1.account")).scalar_one())
        body = connection.execute(select(tables.record.c.body).where(tables.record.c.id == taken["id"])).scalar_one()
    _erase(checks, key, taken["id"], "tender.1.account")
    assert _standing(checks.books) == Standing(kept=1, awaited=0, erased=1, wrong=())
    assert fsck(checks.books).differences == ()
    with checks.books.reading() as connection:
        after = connection.execute(select(tables.record.c.body).where(tables.record.c.id == taken["id"])).scalar_one()
        told = connection.execute(select(tables.reference["erased"])).all()
        everything = repr([connection.execute(select(table)).all() for table in tables.metadata.sorted_tables])
    assert bytes(after) == bytes(body)
    assert [tuple(row)[:4] for row in told] == [("T1", 1, 2, "tender.1.account")]
    assert repr(locked)[2:-1] not in everything
    files = [path for path in checks.books.folder.rglob("*") if path.is_file()]
    assert not [path for path in files if locked in path.read_bytes()]
    assert len(_take(checks, checks.part(), now=LATER)) == 2
    assert _standing(checks.books).erased == 1  # sent again, it does not come back


@pytest.mark.parametrize("state", ["held", "rejected"])
def test_a_value_of_a_batch_that_was_never_posted_is_erased_too(
    checks: Checks, key: Ed25519PrivateKey, state: str
) -> None:
    """It is here as soon as its side part came, and nobody has to post a payment so as to forget who made it."""
    taken = checks.pay()
    wrong = checks.till.seal(totals={"net": 1})
    assert ingest(checks.books, key, wrong, "T1", 1, checks.till.batch_no, NOW).status == 202
    _take(checks, checks.part())
    if state == "rejected":
        stepped(checks.books, key, checks.till, DeskKind.BATCH_REJECT, 1, "dee", "No such totals")
    _erase(checks, key, taken["id"], "tender.1.account")
    assert _standing(checks.books) == Standing(kept=1, awaited=0, erased=1, wrong=())
    assert fsck(checks.books).differences == ()


@pytest.mark.parametrize("came", ["erased", "kept"])
def test_a_value_of_a_recovered_batch_stays_what_it_is_when_the_terminal_brings_its_own(
    checks: Checks, key: Ed25519PrivateKey, came: str
) -> None:
    """Its disk was read, a payor had a value erased; then the laptop is found and seals: no fork, nothing is held."""
    taken = checks.pay()
    recover(checks.books, key, Left(checks.books.ledger, "T1", 1, (), tuple(checks.till.records)), "dee", NOW)
    if came == "erased":
        _erase(checks, key, taken["id"], "tender.1.account")
    else:
        assert len(_take(checks, checks.part())) == 2
    own = ingest(checks.books, key, checks.till.seal(), "T1", 1, 1, LATER)
    assert own.status == 201, own.body
    found = status(checks.books, LATER)
    assert {each["terminal"]: each["state"] for each in found["terminals"]}["T1"] == "active"
    assert found["held"] == []
    assert [alarm["kind"] for alarm in found["alarms"]] == ["recovered"]
    erased = int(came == "erased")
    before = (
        Standing(kept=0, awaited=1, erased=1, wrong=()) if erased else Standing(kept=2, awaited=0, erased=0, wrong=())
    )
    assert _standing(checks.books) == before
    with checks.books.reading() as connection:
        by = connection.execute(select(tables.personal.c.erased_seq).order_by(tables.personal.c.field)).scalars().all()
    assert by == [1 if erased else None, None], "by the desk's record that said so"
    assert len(_take(checks, checks.part(), now=LATER)) == 2
    assert _standing(checks.books) == Standing(kept=2 - erased, awaited=0, erased=erased, wrong=())
    assert fsck(checks.books).differences == ()
    checks.pay()
    assert ingest(checks.books, key, checks.till.seal(), "T1", 1, 2, LATER).status == 201


@pytest.fixture
def restored(town: Town, tmp_path: Path) -> Iterator[Books]:
    """The same ledger out of a backup: as it was founded, T1 admitted."""
    with town.copied(tmp_path / "restored") as opened:
        register_terminal(opened, ledger_key(opened), "T1", "HALL", 1, Till(opened).identity.public_key, now=NOW)
        yield opened


@pytest.mark.parametrize("backed_up", ["with the value", "before its batch"])
def test_a_restored_ledger_erases_again_what_was_erased_since_its_backup(
    checks: Checks, key: Ed25519PrivateKey, restored: Books, backed_up: str
) -> None:
    """The terminals have the register, which names what was erased; no person has to remember it."""
    taken = checks.pay()
    envelope = checks.till.seal()
    assert ingest(checks.books, key, envelope, "T1", 1, 1, NOW).status == 201
    part = checks.part()
    _take(checks, part)
    there = Checks(restored, checks.till)
    if backed_up == "with the value":
        assert ingest(restored, key, envelope, "T1", 1, 1, NOW).status == 201
        _take(there, part)
        with restored.reading() as connection:
            c = tables.personal.c
            locked = bytes(connection.execute(select(c.locked).where(c.field == "tender.1.account")).scalar_one())
    _erase(checks, key, taken["id"], "tender.1.account")
    with checks.books.reading() as connection:
        entries = entries_after(connection, 0)
    assert take_back(restored, key.public_key().public_bytes_raw(), entries, NOW).verdict is Verdict.TAKEN
    if backed_up == "before its batch":
        assert ingest(restored, key, envelope, "T1", 1, 1, NOW).status == 201
        assert len(_take(there, part)) == 2  # an old stick: settled, and not kept
    else:
        files = [path for path in restored.folder.rglob("*") if path.is_file()]
        assert not [path for path in files if locked in path.read_bytes()]
    assert _standing(restored) == Standing(kept=1, awaited=0, erased=1, wrong=())
    with restored.reading() as connection:
        told = connection.execute(select(tables.reference["erased"])).all()
    assert [tuple(row)[:4] for row in told] == [("T1", 1, 2, "tender.1.account")]
    assert "erase of T1/1, record 2, tender.1.account, by eli and bo" in "".join(_told(restored))
    assert fsck(restored).differences == ()
    with pytest.raises(ErasureRefusedError, match="before this ledger was restored"):
        _erase(there, key, taken["id"], "tender.1.account")


def test_erasing_needs_an_admin_and_another_person_and_a_field_that_is_there(
    checks: Checks, key: Ed25519PrivateKey
) -> None:
    taken = checks.pay()
    _sent(checks, key)
    for by, second in (("ann", "bo"), ("eli", "ann"), ("eli", "eli")):
        with pytest.raises(NotAllowed):
            _erase(checks, key, taken["id"], "tender.1.account", by, second)
    with pytest.raises(ErasureRefusedError, match="no such field"):
        _erase(checks, key, taken["id"], "tender.2.account")
    with pytest.raises(ErasureRefusedError, match="No record here"):
        _erase(checks, key, "no-such-id", "tender.1.account")
    _erase(checks, key, taken["id"], "tender.1.account")
    with pytest.raises(UsageError, match="erased before"):
        _erase(checks, key, taken["id"], "tender.1.account")


def test_a_value_that_was_altered_is_found(checks: Checks, key: Ed25519PrivateKey) -> None:
    checks.pay()
    _sent(checks, key)
    _take(checks, checks.part())
    with checks.books.writing() as connection:
        connection.execute(
            update(tables.personal).where(tables.personal.c.field == "tender.1.account").values(locked=b"\0" * 60)
        )
    assert _standing(checks.books).wrong == (Place("T1", 1, 2, "tender.1.account"),)


def _office_reads(books: Books, *kinds: str) -> None:
    rules = rules_to_json(replace(RULES, personal_offices={"HALL": kinds}))
    table = tables.reference["city"]
    with books.writing() as connection:
        connection.execute(update(table).where(table.c.key == CityKey.RULES.value).values(value=rules))


def _reader(books: Books, key: Ed25519PrivateKey, code: str) -> Vault:
    vault = Vault(code.encode().ljust(32), books.ledger, counting_random())
    public_key = Till(books, code).identity.public_key
    register_terminal(books, key, code, "HALL", 1, public_key, now=NOW, sealing_key=vault.sealing_key)
    return vault


def _sealed(books: Books) -> list[tuple[Place, str, bytes]]:
    with books.reading() as connection:
        rows = connection.execute(select(tables.reference["personal_sealed"])).all()
    return [(Place(*row[:4]), row.reader, bytes.fromhex(row.sealed)) for row in rows]


def test_an_office_that_needs_it_gets_it_sealed_to_its_terminals_and_nobody_else(
    checks: Checks, key: Ed25519PrivateKey
) -> None:
    _office_reads(checks.books, "account")
    reader = _reader(checks.books, key, "T7")
    checks.pay()
    _sent(checks, key)
    _take(checks, checks.part())
    ((place, code, sealed),) = _sealed(checks.books)
    assert (place, code) == (Place("T1", 1, 2, "tender.1.account"), "T7")
    assert reader.unseal(place, sealed) == checks.kept[place]
    for other in (checks.vault, city_vault(checks.books)):
        with pytest.raises(SealingError):
            other.unseal(place, sealed)


def _to_reseal(books: Books) -> list[str]:
    return [text for text in as_lines(status(books, NOW)) if "countertui ledger reseal" in text]


def test_a_restored_ledger_seals_none_that_comes_before_it_heard_what_was_erased(
    checks: Checks, key: Ed25519PrivateKey
) -> None:
    """A terminal that does not know yet brings the value again; another has the register that says it was erased."""
    _office_reads(checks.books, "account")
    _reader(checks.books, key, "T7")
    checks.pay()
    _sent(checks, key)
    with checks.books.writing() as connection:
        mark_backup(connection, NOW)
    assert len(_take(checks, checks.part())) == 2
    assert _sealed(checks.books) == []
    assert _to_reseal(checks.books) == []
    with checks.books.writing() as connection:
        for place in awaited(connection):
            no_longer_await(connection, *place)
    assert len(_to_reseal(checks.books)) == 1
    with checks.books.writing() as connection:
        assert reseal(connection, city_vault(checks.books), NOW) == Resealed(1, 0)
    assert _to_reseal(checks.books) == []


def test_who_comes_later_gets_what_came_before_and_each_value_once(checks: Checks, key: Ed25519PrivateKey) -> None:
    checks.pay()
    _sent(checks, key)
    _take(checks, checks.part())
    assert _sealed(checks.books) == []
    _office_reads(checks.books, "account", "routing")
    _reader(checks.books, key, "T7")
    with checks.books.writing() as connection:
        assert reseal(connection, city_vault(checks.books), NOW) == Resealed(2, 0)
        assert reseal(connection, city_vault(checks.books), NOW) == Resealed(0, 0)
    assert len(_sealed(checks.books)) == 2


def _alter(books: Books, field: str) -> None:
    with books.writing() as connection:
        connection.execute(update(tables.personal).where(tables.personal.c.field == field).values(locked=b"\0" * 60))


def _told(books: Books) -> list[str]:
    return [text for text in as_lines(status(books, NOW)) if "ALARM" in text]


def test_one_altered_value_keeps_no_other_from_those_who_need_it(checks: Checks, key: Ed25519PrivateKey) -> None:
    """A value kept here was altered: the others of its batch that come later are taken, and sealed to their readers."""
    _office_reads(checks.books, "account", "routing")
    _reader(checks.books, key, "T7")
    first = checks.pay()
    _sent(checks, key)
    part = json.loads(checks.part())
    routing = [item for item in part["items"] if item["field"] == "tender.1.routing"]
    _take(checks, json.dumps(part | {"items": routing}).encode())
    with checks.books.writing() as connection:
        connection.execute(delete(tables.reference["personal_sealed"]))
    _alter(checks.books, "tender.1.routing")
    assert len(_take(checks, checks.part())) == 2
    assert [place for place, *_ in _sealed(checks.books)] == [Place("T1", 1, first["seq"], "tender.1.account")]
    (told,) = _told(checks.books)
    assert "personal" in told
    assert f"record {first['seq']}, tender.1.routing" in told
    with checks.books.writing() as connection:
        assert reseal(connection, city_vault(checks.books), NOW) == Resealed(0, 1)
    assert _told(checks.books) == [told]


def test_who_comes_later_gets_all_but_the_altered_value(checks: Checks, key: Ed25519PrivateKey) -> None:
    checks.pay()
    checks.pay()
    _sent(checks, key)
    _take(checks, checks.part())
    with checks.books.writing() as connection:
        c = tables.personal.c
        connection.execute(
            update(tables.personal).where(c.seq == 2, c.field == "tender.1.account").values(locked=b"\0")
        )
    _office_reads(checks.books, "account")
    _reader(checks.books, key, "T7")
    with checks.books.writing() as connection:
        assert reseal(connection, city_vault(checks.books), NOW) == Resealed(1, 1)
    assert [place.seq for place, *_ in _sealed(checks.books)] == [3]
    assert len(_told(checks.books)) == 1


def test_a_terminal_that_nothing_can_be_sealed_to_keeps_none_from_the_others(
    checks: Checks, key: Ed25519PrivateKey
) -> None:
    _office_reads(checks.books, "account")
    for code in ("T6", "T7"):
        _reader(checks.books, key, code)
    with checks.books.writing() as connection:
        c = tables.terminal_key.c
        connection.execute(update(tables.terminal_key).where(c.terminal == "T6").values(sealing_key="00" * 32))
    checks.pay()
    _sent(checks, key)
    assert len(_take(checks, checks.part())) == 2
    assert [reader for _, reader, _ in _sealed(checks.books)] == ["T7"]
    (told,) = _told(checks.books)
    assert "T6/1" in told


def test_a_side_part_leaves_out_what_could_have_it_refused_whole(checks: Checks, key: Ed25519PrivateKey) -> None:
    """A row of the terminal's table was altered: its other values come all the same."""
    checks.pay()
    _sent(checks, key)
    city = city_vault(checks.books).sealing_key
    good = [(place.seq, place.field, checks.vault.seal_for(city, place, each)) for place, each in checks.kept.items()]
    bad = [(2, "Tender 1", b"x"), (0, "tender.1.account", b"x"), (2, "tender.2.account", b"x" * 1000)]
    assert len(_take(checks, make_part(checks.books.ledger, "T1", 1, 1, [*bad, *good]))) == 2


def test_what_is_erased_is_taken_back_from_what_is_published(checks: Checks, key: Ed25519PrivateKey) -> None:
    _office_reads(checks.books, "account", "routing")
    _reader(checks.books, key, "T7")
    taken = checks.pay()
    _sent(checks, key)
    _take(checks, checks.part())
    _erase(checks, key, taken["id"], "tender.1.account")
    assert [place.field for place, *_ in _sealed(checks.books)] == ["tender.1.routing"]
    with checks.books.writing() as connection:
        assert reseal(connection, city_vault(checks.books), NOW) == Resealed(0, 0)
        removed = connection.execute(select(tables.removed.c.name)).scalars().all()
    assert list(removed) == ["personal_sealed"]


def test_fsck_finds_a_commitment_that_was_changed_or_called_erased(checks: Checks, key: Ed25519PrivateKey) -> None:
    checks.pay()
    _sent(checks, key)
    with checks.books.writing() as connection:
        connection.execute(
            update(tables.personal)
            .where(tables.personal.c.field == "tender.1.account")
            .values(commitment="0" * 64, erased_seq=9)
        )
    told = "\n".join(fsck(checks.books).differences)
    assert "commitment" in told
    assert "erased_seq" in told


def test_a_terminal_gives_its_values_over_http(checks: Checks, key: Ed25519PrivateKey) -> None:
    checks.pay()
    envelope = checks.till.seal()
    city = city_vault(checks.books).sealing_key
    sealed = [
        (place.seq, place.field, checks.vault.seal_for(city, place, value)) for place, value in checks.kept.items()
    ]
    with serving(checks.books) as (_, url), closing(LedgerClient(url)) as client:
        exchange = LedgerExchange(checks.till.recorder, key.public_key(), client)
        with pytest.raises(LedgerUnreachableError, match="409"):
            exchange.tell_personal(1, sealed)
        assert exchange.send(1, envelope, checks.till.batch_hash).state == "posted"
        assert sorted(exchange.tell_personal(1, sealed)) == sorted((seq, field) for seq, field, _ in sealed)
        reply = client.put_personal("T1", 1, 1, b"{}")
        assert reply.status == 422
        assert client.put_personal("T1", 1, 1, b" " * (MAX_PART + 1)).status == 413
    assert _standing(checks.books) == Standing(kept=2, awaited=0, erased=0, wrong=())
