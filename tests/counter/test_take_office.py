"""Batches of the office's other terminals, carried by a stick: whole or not at all, by the register alone."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from counter_station import at_work, check, close, fee, new_folder, on, pay, run_here
from countertui.cli.verify import verify
from countertui.counter.drop_cash import drop_cash
from countertui.counter.follow_register import keep_entries
from countertui.counter.seal_batch import seal_batch
from countertui.counter.station import Station
from countertui.counter.take_stick import Brought, NothingThere, take_folder
from countertui.demo.passphrase import PASSPHRASE
from countertui.domain.drawers import cash_count
from countertui.domain.records import Kind
from countertui.ledger.books import open_books
from countertui.ledger.keep_terminals import register_terminal, revoke
from countertui.ledger.keys import open_key
from countertui.ledger.registry import entries_after
from countertui.store import office_rows, registry_log
from countertui.store.office_verify import verify_office
from countertui.sync.other_batch import read_kept
from countertui.sync.registry import Register, follow_all
from countertui.sync.stick_client import REGISTRY, own_register_name
from ledger.town import Till
from office_of_two import NOW, close_at, exported, opened, second, town

Pair = tuple[Station, Station]


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Pair]:
    """T1 and T2 of one office, without a network; T1 has not heard yet that T2 was admitted."""
    here, there = opened(new_folder(tmp_path)), opened(second(tmp_path))
    yield here, there
    close(here)
    close(there)


def taken(station: Station, stick: Path) -> Brought:
    return take_folder(station, run_here(station), stick, lambda _table, _rows: None)


def day_at(station: Station) -> None:
    """Ben's drawer: three receipts, two checks of which one is voided later, a bag, closed and sealed."""
    ben, session = at_work(station, "ben", "D2")
    pay(station, session)
    pay(station, session, tenders=[check(fee(station).amount, "2001")])
    drop_cash(station, ben, session, "bag 7", cash_count({20_00: 1}))
    close_at(station, ben, session)
    seal_batch(station, ben)


def told(brought: Brought) -> str:
    (fault,) = brought.faults
    return fault


def kept(station: Station) -> int:
    return int(station.db.execute("SELECT COUNT(*) FROM office_batch").fetchone()[0])


def test_what_the_other_sealed_is_taken_once_and_read_for_its_drawers(office: Pair, tmp_path: Path) -> None:
    here, there = office
    day_at(there)
    stick = exported(there, tmp_path / "stick")
    brought = taken(here, stick)
    assert brought.faults == ()
    assert [one.said for one in brought.office] == ["T2: batch 1, 1 drawer, 2 receipts"]
    assert brought.entries, "T2's own copy of the register proved that T2 was admitted"
    ((terminal, epoch, session),) = office_rows.sessions_since(here.db, "2026-11-23")
    assert (terminal, epoch, session["drawer"], session["operator"], session["batch_no"]) == ("T2", 1, "D2", "ben", 1)
    assert [(paper["reference"], paper["cents"]) for paper in session["papers"]] == [("2001", fee(there).amount)]
    assert [(bag["bag"], bag["cents"]) for bag in session["drops"]] == [("BAG7", 20_00)]
    counted = {each["tender"]: each["cents"] for each in session["counted"]}
    assert counted["cash"] == 200_00 + fee(there).amount - 20_00
    before = here.db.execute("SELECT * FROM office_session").fetchall()
    again = taken(here, stick)
    assert (again.office, again.office_before, again.faults) == ((), 1, ())
    assert here.db.execute("SELECT * FROM office_session").fetchall() == before


def test_a_drawer_open_in_one_batch_is_closed_by_the_next(office: Pair, tmp_path: Path) -> None:
    here, there = office
    ben, session = at_work(there, "ben", "D2")
    pay(there, session, tenders=[check(fee(there).amount, "2001")])
    seal_batch(there, ben)
    stick = exported(there, tmp_path / "stick")
    taken(here, stick)
    ((_, _, seen),) = office_rows.sessions_since(here.db, "2026-11-23")
    assert seen["close_seq"] is None
    pay(there, session, tenders=[check(fee(there).amount, "2002")])
    close_at(there, ben, session)
    seal_batch(there, ben)
    taken(here, exported(there, stick))
    ((_, _, seen),) = office_rows.sessions_since(here.db, "2026-11-23")
    assert seen["close_seq"] is not None
    assert (seen["batch_no"], [paper["reference"] for paper in seen["papers"]]) == (2, ["2001", "2002"])


def test_a_gap_is_told_with_what_closes_it_and_nothing_is_taken(office: Pair, tmp_path: Path) -> None:
    here, there = office
    for _ in range(3):
        seal_batch(there, on(there, "ben"))
    stick = exported(there, tmp_path / "stick")
    (stick / "T2-1-2.ctb").rename(tmp_path / "kept")
    brought = taken(here, stick)
    assert [one.batch_no for one in brought.office] == [1]
    assert "1 batch of T2 before batch 3 are not here" in told(brought)
    assert "At T2: F10, S, W, all after batch 1 (countertui batch export FOLDER --after 1)" in told(brought)
    (tmp_path / "kept").rename(stick / "T2-1-2.ctb")
    brought = taken(here, stick)
    assert [one.batch_no for one in brought.office] == [2, 3]
    assert brought.faults == ()


def test_the_first_that_is_brought_may_be_any_as_earlier_ones_went_to_the_ledger(office: Pair, tmp_path: Path) -> None:
    here, there = office
    seal_batch(there, on(there, "ben"))
    day_at(there)
    brought = taken(here, exported(there, tmp_path / "stick", after=1))
    assert [one.batch_no for one in brought.office] == [2]
    first = exported(there, tmp_path / "first") / "T2-1-1.ctb"
    (tmp_path / "first" / "T2-1-2.ctb").unlink()
    assert first.exists()
    assert "older than the first that was taken here" in told(taken(here, tmp_path / "first"))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda data: data[: len(data) // 2], "cannot be read"),
        (lambda data: data[:-1], "It was cut short or altered: have T2 write it anew."),
        (lambda data: data.replace(b'"sig":"', b'"sig":"AAAA', 1), "signature is wrong"),
        (lambda data: data.replace(b'"keyid":"T2/1"', b'"keyid":"T1/1"'), "no key known here"),
        (lambda data: b"", "cannot be read"),
    ],
)
def test_what_was_altered_or_cut_short_is_refused_whole(
    office: Pair, tmp_path: Path, change: Callable[[bytes], bytes], words: str
) -> None:
    here, there = office
    day_at(there)
    stick = exported(there, tmp_path / "stick")
    path = stick / "T2-1-1.ctb"
    path.write_bytes(change(path.read_bytes()))
    assert words in told(taken(here, stick))
    assert kept(here) == 0
    assert office_rows.sessions_since(here.db, "2000-01-01") == []


def test_a_file_under_another_terminals_name_is_refused(office: Pair, tmp_path: Path) -> None:
    here, there = office
    day_at(there)
    stick = exported(there, tmp_path / "stick")
    (stick / "T2-1-1.ctb").rename(stick / "T2-2-1.ctb")
    assert "T2, epoch 2, is not on the register here" in told(taken(here, stick))
    assert kept(here) == 0


def test_a_batch_of_another_office_is_refused(tmp_path: Path) -> None:
    here, there = opened(new_folder(tmp_path)), opened(second(tmp_path, "T3"))
    seal_batch(there, on(there, "ben"))
    assert "T3 is a terminal of office UTIL, not of HALL" in told(taken(here, exported(there, tmp_path / "stick")))
    assert kept(here) == 0
    close(here)
    close(there)


def test_two_journals_under_one_key_are_told_and_the_first_is_kept(office: Pair, tmp_path: Path) -> None:
    here, there = office
    folder = there.store.folder
    close(there)
    shutil.copytree(folder, tmp_path / "twin")
    shutil.copytree(folder.with_name("T2.anchor"), tmp_path / "twin.anchor")
    there, twin = opened(folder), opened(tmp_path / "twin")
    seal_batch(there, on(there, "ben"))
    seal_batch(twin, on(twin, "rosa"))
    seal_batch(twin, on(twin, "rosa"))
    taken(here, exported(there, tmp_path / "stick"))
    faults = taken(here, exported(twin, tmp_path / "other")).faults
    assert ["two journals under its key" in fault for fault in faults] == [True, True]
    assert kept(here) == 1
    close(there)
    close(twin)


def test_a_revoked_key_is_believed_up_to_its_last_record(office: Pair, tmp_path: Path) -> None:
    here, there = office
    seal_batch(there, on(there, "ben"))
    cut_off = there.store.tip()[0]
    seal_batch(there, on(there, "ben"))
    shutil.copytree(town() / "ledger", tmp_path / "ledger")
    books = open_books(tmp_path / "ledger")
    with books.writing() as connection:
        key = open_key(books.folder, PASSPHRASE)
        revoke(connection, books, key, "T2", 1, cut_off, "Fell into the river", ("ken", "uma"), NOW)
        entries = entries_after(connection, len(registry_log.entries(here.db)))
    books.close()
    stick = exported(there, tmp_path / "stick")
    (stick / "T2-registry.jsonl").write_bytes(b"".join(entry + b"\n" for entry in [*known(here), *entries]))
    brought = taken(here, stick)
    assert [one.batch_no for one in brought.office] == [1]
    assert f"The key of T2 is revoked after record {cut_off}" in told(brought)


def known(station: Station) -> list[bytes]:
    return registry_log.entries(station.db)


def test_a_register_that_is_another_is_not_believed(office: Pair, tmp_path: Path) -> None:
    here, there = office
    day_at(there)
    stick = exported(there, tmp_path / "stick")
    lines = (stick / "T2-registry.jsonl").read_bytes().splitlines()
    (stick / "T2-registry.jsonl").write_bytes(b"\n".join([*lines[:-1], lines[0]]) + b"\n")
    faults = taken(here, stick).faults
    assert len(faults) == 2
    assert "T2, epoch 1, is not on the register here" in faults[1]
    assert kept(here) == 0


def verified(station: Station) -> list[str]:
    register = follow_all(Register(station.place.ledger), known(station))
    return [fault.words for fault in verify_office(station.db, partial(read_kept, register))]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("UPDATE office_session SET body = replace(body, '\"2001\"', '\"2002\"')", "drawers kept of T2 do not follow"),
        ("UPDATE office_batch SET last_seq = last_seq + 1", "the columns beside its bytes"),
        ("UPDATE office_batch SET envelope = substr(envelope, 1, 900)", "is not what was taken"),
        ("DELETE FROM office_batch", "that no batch explains"),
        ("INSERT INTO office_deposit VALUES ('T2', 1, 3, 'T2-D1', 'B1', '[]')", "deposits kept of T2 do not follow"),
    ],
)
def test_what_is_kept_is_verified_again(office: Pair, tmp_path: Path, change: str, words: str) -> None:
    here, there = office
    day_at(there)
    taken(here, exported(there, tmp_path / "stick"))
    assert verified(here) == []
    here.store.write_working(lambda db: db.execute(change))
    (fault,) = verified(here)
    assert words in fault


def admitted(home: Path, ledger: str | None = None) -> tuple[Till, Path]:
    """A till of the same office that says what it likes, and a stick with the register that admits it."""
    shutil.copytree(town() / "ledger", home / "ledger")
    books = open_books(home / "ledger")
    till = Till(books, "T5", ledger=ledger)
    key = open_key(books.folder, PASSPHRASE)
    register_terminal(books, key, "T5", "HALL", 1, till.identity.public_key, by=("ken", "uma"), now=NOW)
    with books.reading() as connection:
        entries = entries_after(connection, 0)
    books.close()
    stick = home / "stick"
    stick.mkdir()
    (stick / "T5-registry.jsonl").write_bytes(b"".join(entry + b"\n" for entry in entries))
    return till, stick


def test_a_batch_for_another_citys_ledger_is_refused_whoever_signed_it(tmp_path: Path) -> None:
    here = opened(new_folder(tmp_path))
    till, stick = admitted(tmp_path, "DEMO-ELSEWHERE")
    till.open("S1")
    (stick / "T5-1-1.ctb").write_bytes(till.seal())
    assert "It is a batch of T5 for ledger DEMO-ELSEWHERE" in told(taken(here, stick))
    assert kept(here) == 0
    close(here)


def test_a_record_that_says_nothing_of_its_drawer_lets_nothing_of_its_batch_in(tmp_path: Path) -> None:
    here = opened(new_folder(tmp_path))
    till, stick = admitted(tmp_path)
    till.open("S1")
    till.record(Kind.DROP, {"drawer": "D1", "bag": 7, "pieces": [], "cents": "much"})
    (stick / "T5-1-1.ctb").write_bytes(till.seal())
    assert "Record 2 does not say of its drawer what a drop says" in told(taken(here, stick))
    assert kept(here) == 0
    assert office_rows.sessions_since(here.db, "2000-01-01") == []
    close(here)


def test_the_ledgers_own_files_are_taken_from_the_same_folder(office: Pair, tmp_path: Path) -> None:
    here, there = office
    before = len(known(here))
    day_at(there)
    stick = exported(there, tmp_path / "stick")
    shutil.move(stick / "T2-registry.jsonl", stick / "registry.jsonl")  # as the ledger writes it
    brought = taken(here, stick)
    assert brought.faults == ()
    assert [one.batch_no for one in brought.office] == [1]
    assert brought.entries == len(known(here)) - before > 0
    assert follow_all(Register(here.place.ledger), known(here)).no == len(known(here))
    assert verified(here) == []


def test_entries_of_the_register_that_two_errands_bring_at_once_are_kept_once(office: Pair, tmp_path: Path) -> None:
    here, there = office
    more = tuple(known(there)[len(known(here)) :])
    for _ in range(2):
        keep_entries(here, more)
    assert known(here) == known(there)


def test_verify_tells_of_what_is_kept_of_others_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    here, there = opened(new_folder(tmp_path)), opened(second(tmp_path))
    day_at(there)
    taken(here, exported(there, tmp_path / "stick"))
    close(there)
    here.store.write_working(lambda db: db.execute("UPDATE office_session SET body = replace(body, 'ben', 'rosa')"))
    close(here)
    assert verify(dir=here.store.folder, json_=True) == 1
    (fault,) = json.loads(capsys.readouterr().out)["faults"]
    assert (fault["code"], fault["words"]) == ("office", "The drawers kept of T2 do not follow from its batches.")


def test_a_stick_with_nothing_but_its_own_batches_is_told_as_that(office: Pair, tmp_path: Path) -> None:
    here, _ = office
    seal_batch(here, on(here, "rosa"))
    brought = taken(here, exported(here, tmp_path / "stick"))
    assert brought.faults == ()
    (note,) = brought.notes
    assert "Nothing here is for T1: it wrote the 1 batch itself." in note
    assert note in brought.said


def test_a_folder_that_nobody_wrote_is_refused(office: Pair, tmp_path: Path) -> None:
    (tmp_path / "holiday").mkdir()
    (tmp_path / "holiday" / "beach.jpg").write_bytes(b"sand")
    with pytest.raises(NothingThere, match="Neither a ledger nor a terminal wrote anything"):
        taken(office[0], tmp_path / "holiday")


def test_a_stick_that_the_ledger_wrote_earlier_is_told_as_that(office: Pair, tmp_path: Path) -> None:
    """T1 knows of T2's admission by T2's stick already; the ledger's was written before."""
    here, there = office
    day_at(there)
    taken(here, exported(there, tmp_path / "stick"))
    early = tmp_path / "early"
    early.mkdir()
    entries = registry_log.entries(here.db)
    (early / REGISTRY).write_bytes(b"".join(entry + b"\n" for entry in entries[:-1]))
    brought = taken(here, early)
    assert brought.faults == ()
    assert brought.notes == (
        "The ledger wrote this stick earlier: its register of keys has 1 entry less than is known here.",
    )
    (early / REGISTRY).write_bytes(b"".join(entry + b"\n" for entry in (*entries[:1], entries[2])))
    assert "is another than it was here" in told(taken(here, early))
    (early / REGISTRY).write_bytes(entries[0] + b"\n" + entries[1][:-40])
    assert "cannot be read" in told(taken(here, early))
    (early / REGISTRY).unlink()
    (early / "T1-1-1.ack").write_bytes(b"{}")
    assert "registry.jsonl, is not on the stick" in told(taken(here, early))


def test_one_torn_copy_of_the_register_keeps_nobody_from_the_others(office: Pair, tmp_path: Path) -> None:
    here, there = office
    day_at(there)
    stick = exported(there, tmp_path / "stick")
    lines = (stick / own_register_name("T2")).read_bytes()
    (stick / own_register_name("T0")).write_bytes(lines[:-40])
    brought = taken(here, stick)
    assert told(brought).startswith("T0-registry.jsonl: ")
    assert [one.batch_no for one in brought.office] == [1]
