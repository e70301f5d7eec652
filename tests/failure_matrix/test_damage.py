"""Rows 5, 6 and 28: a journal that was cut, altered or put back halts sales and is never mended."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from counter_station import at_work, city, close, exchange_of, kinds, on, open_station, pay
from countertui.bootstrap import check_in_child
from countertui.counter.receipts import receipt_text, receipts
from countertui.counter.seal_batch import seal_batch
from countertui.counter.send_batches import send_batches
from countertui.counter.start_up import after_check
from countertui.counter.station import Session, Station
from countertui.demo.folder import PASSPHRASE
from countertui.domain.records import Kind
from countertui.ledger.keys import open_key
from countertui.ports.exchange import Answer
from countertui.store.anchor import anchor_folder
from countertui.store.projection.project import project_bytes
from countertui.store.schema import statements_of
from countertui.store.store import StoreHalted
from countertui.store.working import keep_ack, sending
from countertui.sync.ack import ack_payload
from countertui.sync.batch import check_batch, key_id, parse_batch
from countertui.sync.canonical import canonical
from countertui.sync.dsse import ACK, BATCH, open_envelope, parse_envelope, sign_envelope, to_bytes
from countertui.sync.ed25519 import checked_public_key
from countertui.sync.recorder import verify_record

Command = Callable[..., CompletedProcess[str]]
GOLDEN = Path(__file__).parents[1] / "store" / "golden"


@pytest.fixture
def worked(station: Station) -> tuple[Path, Session]:
    """The folder of a station that took two payments, closed."""
    _, session = at_work(station)
    pay(station, session)
    pay(station, session)
    close(station)
    return station.store.folder, session


def _cut_tail(folder: Path) -> None:
    _edit(folder, "DELETE FROM journal WHERE seq = (SELECT MAX(seq) FROM journal)")


def _edit(folder: Path, statement: str, *, guards: bool = True) -> None:
    connection = sqlite3.connect(folder / "store.db", isolation_level=None)
    kept = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
    for name, _ in kept:
        connection.execute(f"DROP TRIGGER {name}")
    connection.execute(statement)
    for _, sql in kept if guards else ():
        connection.execute(sql)
    connection.close()


def _halts(folder: Path, session: Session, words: str, countertui: Command) -> None:
    """What the counter does with such a folder: it opens, shows, exports; it takes nothing and changes no byte."""
    before = (folder / "store.db").read_bytes()
    anchored = (anchor_folder(folder) / "anchor").read_bytes()
    for _ in range(3):
        station = open_station(folder)
        assert words in " ".join(after_check(station, check_in_child(folder)))
        assert "start" not in kinds(station)[4:]
        assert receipts(station)
        assert receipt_text(station, "T1-1")
        for take in (
            lambda: pay(station, session),  # noqa: B023 - called here
            lambda: on(station, "ben"),  # noqa: B023
            lambda: seal_batch(station, on(station, "tess")),  # noqa: B023
        ):
            with pytest.raises(StoreHalted):
                take()
        close(station)
    verified = countertui("verify", "--json", folder=folder)
    assert verified.returncode == 1
    assert words in verified.stdout
    assert countertui("receipt", "show", "T1-1", folder=folder).returncode == 0
    assert (folder / "store.db").read_bytes() == before, "never mended"
    assert (anchor_folder(folder) / "anchor").read_bytes() == anchored, "what it knows is kept"
    rows = _records(folder)
    sealing = countertui("batch", "seal", "--operator", "tess", folder=folder, typed="7777\n")
    assert sealing.returncode == 1
    assert "takes no money" in sealing.stderr
    assert _records(folder)[: len(rows)] == rows


def _records(folder: Path) -> list[tuple[object, ...]]:
    connection = sqlite3.connect(folder / "store.db")
    rows = connection.execute("SELECT * FROM journal ORDER BY seq").fetchall()
    connection.close()
    return rows


def test_row_05_tail_cut(worked: tuple[Path, Session], countertui: Command) -> None:
    folder, session = worked
    _cut_tail(folder)
    _halts(folder, session, "its tail is cut or an old copy was put back", countertui)


def test_row_05_old_image_restored(station: Station, countertui: Command) -> None:
    _, session = at_work(station)
    pay(station, session)
    close(station)
    folder = station.store.folder
    image = (folder / "store.db").read_bytes()
    again = open_station(folder)
    pay(again, session)
    close(again)
    (folder / "store.db").write_bytes(image)
    _halts(folder, session, "its tail is cut or an old copy was put back", countertui)


def test_row_05_another_journal_of_the_same_length(station: Station, countertui: Command) -> None:
    """The old image was worked on until it was as long as the lost one."""
    _, session = at_work(station)
    close(station)
    folder, elsewhere = station.store.folder, station.store.folder.with_name("elsewhere")
    shutil.copytree(folder, elsewhere)
    shutil.copytree(anchor_folder(folder), anchor_folder(elsewhere))
    for place in (folder, elsewhere):
        copy = open_station(place)
        pay(copy, session)
        close(copy)
    shutil.copy(elsewhere / "store.db", folder / "store.db")
    _halts(folder, session, "is not the one the anchor saw", countertui)


def test_row_05_lost_anchor(worked: tuple[Path, Session], countertui: Command) -> None:
    folder, session = worked
    (anchor_folder(folder) / "anchor").write_bytes(b" " * 192)
    _halts(folder, session, "the anchor at 0", countertui)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("""SET body = CAST(replace(CAST(body AS TEXT), '"cents":1000', '"cents":9000') AS BLOB)""", "were hashed"),
        ("SET sig = zeroblob(64)", "signature"),
        ("SET prev = zeroblob(32)", "does not continue"),
        ("SET id = 'x'", "say something else"),
    ],
)
def test_row_06_chain_or_signature_check_fails_at_start(
    worked: tuple[Path, Session], countertui: Command, change: str, words: str
) -> None:
    folder, session = worked
    _edit(folder, f"UPDATE journal {change} WHERE seq = 5")
    _halts(folder, session, words, countertui)


def test_row_06_a_record_is_missing_at_start(worked: tuple[Path, Session], countertui: Command) -> None:
    folder, session = worked
    _edit(folder, "DELETE FROM journal WHERE seq = 4")
    _halts(folder, session, "Record 4 is missing", countertui)


def test_row_06_guard_check_fails_at_start(worked: tuple[Path, Session]) -> None:
    folder, session = worked
    _edit(folder, "SELECT 1", guards=False)
    station = open_station(folder)
    assert "triggers that guard the journal" in (station.store.halted or "")
    with pytest.raises(StoreHalted):
        pay(station, session)
    assert receipts(station)
    close(station)


def test_row_06_a_damaged_file_is_told_and_kept(worked: tuple[Path, Session], countertui: Command) -> None:
    folder, _ = worked
    data = bytearray((folder / "store.db").read_bytes())
    data[:100] = b"x" * 100
    (folder / "store.db").write_bytes(bytes(data))
    done = countertui("verify", folder=folder)
    assert done.returncode == 3
    assert "store.db can't be opened" in done.stderr
    assert "Traceback" not in done.stderr
    assert (folder / "store.db").read_bytes() == bytes(data)


def test_row_06_an_acked_stretch_is_not_checked_at_every_start(worked: tuple[Path, Session]) -> None:
    """Only the tail since the last acked seal is; `verify` checks all."""
    folder, _ = worked
    station = open_station(folder)
    seal_batch(station, on(station, "tess"))
    exchange_of(station).answer = lambda no: Answer("posted", 0, 0, (), _ack(station, no))
    send_batches(station, lambda job, *args: job(station, *args))
    assert exchange_of(station).offered == [1]
    close(station)
    _edit(folder, "UPDATE journal SET sig = zeroblob(64) WHERE seq = 5")
    assert check_in_child(folder) == ()


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE sending SET ack = x'00'",
        "UPDATE sending SET batch_hash = hex(zeroblob(32))",
        "UPDATE batch SET last_seq = 6",
        "UPDATE journal SET sig = zeroblob(64) WHERE kind = 'seal'",
        "UPDATE sending SET ack = NULL",
    ],
)
def test_row_06_only_an_answer_that_verifies_spares_a_stretch(worked: tuple[Path, Session], change: str) -> None:
    """Who changes a record could as well write beside it that the ledger has it."""
    folder, _ = worked
    station = open_station(folder)
    seal_batch(station, on(station, "tess"))
    ack = _ack(station, 1)
    station.store.write_working(lambda db: keep_ack(db, 1, "posted", ack, ""))
    close(station)
    _edit(folder, "UPDATE journal SET sig = zeroblob(64) WHERE seq = 5")
    assert check_in_child(folder) == ()
    _edit(folder, change)
    assert "Record 5: its signature is not this terminal's." in check_in_child(folder)


def _ack(station: Station, batch_no: int) -> bytes:
    """The demo city's own ledger's answer to a batch that it posted."""
    row = sending(station.db, batch_no)
    assert row is not None
    payload = ack_payload(
        ledger=station.recorder.ledger,
        terminal="T1",
        epoch=1,
        batch_no=batch_no,
        batch_hash=row.batch_hash,
        status="posted",
        received_at="2026-11-23T18:00:00Z",
    )
    return to_bytes(sign_envelope(ACK, payload, [("ledger", open_key(city() / "ledger", PASSPHRASE))]))


def test_row_28_every_golden_journal_verifies_with_the_present_code() -> None:
    golden = sorted(GOLDEN.glob("journal-v*.json"))
    assert golden
    for path in golden:
        journal = json.loads(path.read_text(encoding="utf-8"))
        key = checked_public_key(bytes.fromhex(journal["public_key"]))
        prev = bytes.fromhex(journal["genesis"])
        for record in journal["records"]:
            h, sig, body = bytes.fromhex(record["h"]), bytes.fromhex(record["sig"]), record["body"].encode()
            assert verify_record(key, record["seq"], prev, body, h, sig) is None
            assert canonical(json.loads(body)) == body, "the same bytes, should it ever be written again"
            prev = h
        payload = open_envelope(
            parse_envelope(journal["envelope"].encode(), 10**6), BATCH, {key_id(journal["terminal"], 1): key}
        )
        checked = check_batch(
            parse_batch(payload),
            key,
            expected_prev=bytes.fromhex(journal["genesis"]),
            expected_first_seq=1,
            expected_batch_no=1,
            expected_prev_batch_hash="0" * 64,
        )
        assert checked.faults == ()
        assert checked.hashes[-1] == prev


def test_row_28_a_golden_journal_still_means_the_same() -> None:
    """The figures that version 1 had, from the bytes of version 1."""
    journal = json.loads((GOLDEN / "journal-v1.json").read_text(encoding="utf-8"))
    connection = sqlite3.connect(":memory:", isolation_level=None)
    for statement in statements_of("store.db"):
        connection.execute(statement)
    for record in journal["records"]:
        project_bytes(connection, record["body"].encode(), bytes.fromhex(record["h"]))
    states = dict(connection.execute("SELECT receipt_no, state FROM receipt ORDER BY seq").fetchall())
    counter = connection.execute("SELECT receipt_n, batch_no, cum_net, cum_abs FROM counter").fetchone()
    cash = connection.execute("SELECT expected_cents, counted_cents FROM close_count WHERE tender = 'cash'").fetchone()
    connection.close()
    assert states == {"T1-1": "taken", "T1-2": "void", "T1-3": "refunded"}
    kinds = {json.loads(record["body"])["kind"] for record in journal["records"]}
    since = {Kind.BACKUP, Kind.RESTORE, Kind.CLOCK_CHANGE, Kind.KEY_ROTATE, Kind.LOG_ACCEPTED, Kind.RIGHTS_REVIEW}
    since |= {
        Kind.PAPER_SPOILED,
        Kind.NO_SALE,
        Kind.DROP,
        Kind.SURPRISE_COUNT,
        Kind.FUND_REQUEST,
        Kind.FUND_CHANGE,
        Kind.DAY_CHECKED,
        Kind.HAND_OVER,
        Kind.ENDORSE_AGAIN,
        Kind.REMITTANCE_OPEN,
        Kind.REMITTANCE_CLOSE,
    }
    since |= {Kind.CARD_UNKNOWN, Kind.CARD_SETTLED}
    since |= {Kind.ACCOUNT_NOTE, Kind.ACCOUNT_CHANGE}
    since |= {Kind.CHECKS_RETURNED}
    since |= {Kind.TRUST_REFUND_REQUEST, Kind.TRUST_REFUND, Kind.TRUST_REFUND_REFUSAL, Kind.APPLY}
    since |= {Kind.LICENSE}
    since |= {Kind.UNAPPLY}
    since |= {Kind.DEPOSIT_COUNT, Kind.DEPOSIT, Kind.DEPOSIT_FINAL, Kind.DEPOSIT_TAKEN_BACK, Kind.COURIER}
    since |= {Kind.DEPOSIT_COPY}
    since |= {Kind.DEPOSIT_ITEM_LOST}
    assert kinds == {kind.value for kind in Kind} - {kind.value for kind in since}
    taken = json.loads(next(r["body"] for r in journal["records"] if '"receipt_no":"T1-1"' in r["body"]))
    total = taken["data"]["total_cents"]
    assert counter == (3, 1, total, total + 40_00)
    assert cash == (200_00 + total - 50_00, 200_00 + total - 50_00)
