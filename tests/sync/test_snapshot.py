from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from countertui.forms import said_by
from countertui.store.reference_load import ReferenceRefused
from countertui.store.rows_file import read_rows
from countertui.sync.canonical import canonical
from countertui.sync.dsse import ACK, SNAPSHOT, SNAPSHOT_DELTA, sign_envelope, to_bytes
from countertui.sync.faults import CanonicalError, SnapshotRefusedError
from countertui.sync.offer import usable_delta
from countertui.sync.snapshot import (
    Change,
    Delta,
    Included,
    Manifest,
    TableEntry,
    manifest_hash,
    manifest_payload,
    open_delta,
    open_manifest,
)
from countertui.sync.table_files import require_unaltered, write_table

ENTRY = TableEntry(name="fee", columns=["code", "cents"], rows=2, sha256="ab" * 32, bytes=20)
MANIFEST = Manifest(
    ledger="springfield",
    version=7,
    made_at="2026-11-23T05:00:00Z",
    expires_at="2026-11-30T05:00:00.000Z",
    includes={"T1": Included(epoch=1, seq=123)},
    tables=[ENTRY],
)


def sealed(key: Ed25519PrivateKey, payload: bytes, kind: str = SNAPSHOT) -> bytes:
    return to_bytes(sign_envelope(kind, payload, [("ledger", key)]))


def reason(data: bytes, key: Ed25519PrivateKey, ledger: str = "springfield", newer_than: int | None = None) -> str:
    with pytest.raises(SnapshotRefusedError) as caught:
        open_manifest(data, key.public_key(), ledger, newer_than)
    return caught.value.reason


def test_a_manifest_comes_back(ledger_key: Ed25519PrivateKey) -> None:
    data = sealed(ledger_key, manifest_payload(MANIFEST))
    for newer_than in (None, 0, 6):
        opened = open_manifest(data, ledger_key.public_key(), "springfield", newer_than)
        assert opened == MANIFEST
        assert manifest_hash(opened) == manifest_hash(MANIFEST)


def test_old_foreign_and_forged_snapshots_are_refused(
    ledger_key: Ed25519PrivateKey, other_key: Ed25519PrivateKey
) -> None:
    payload = manifest_payload(MANIFEST)
    assert reason(sealed(ledger_key, payload), ledger_key, newer_than=7) == "same-version"
    assert reason(sealed(ledger_key, payload), ledger_key, newer_than=8) == "rolled-back"
    assert reason(sealed(ledger_key, payload), ledger_key, ledger="shelbyville") == "other-ledger"
    assert reason(sealed(other_key, payload), ledger_key) == "bad-signature"
    assert reason(sealed(ledger_key, payload, ACK), ledger_key) == "wrong-type"
    assert reason(sealed(ledger_key, payload)[:-9], ledger_key) == "malformed"
    assert reason(sealed(ledger_key, payload + b" "), ledger_key) == "malformed"


def test_an_expired_snapshot_is_flagged_and_used(ledger_key: Ed25519PrivateKey) -> None:
    opened = open_manifest(sealed(ledger_key, manifest_payload(MANIFEST)), ledger_key.public_key(), "springfield", None)
    assert not opened.is_expired("2026-11-30T05:00:00Z")
    assert opened.is_expired("2026-11-30T05:00:00.001Z")
    assert opened.is_expired("2026-11-30T01:00:01-05:00")


TABLE = said_by(ENTRY)


@pytest.mark.parametrize(
    "change",
    [
        {"v": 1},
        {"version": 0},
        {"version": "8"},
        {"version": True},
        {"made_at": "yesterday"},
        {"expires_at": "2026-11-30T05:00:00"},
        {"expires_at": "2026-13-30T05:00:00Z"},
        {"includes": {"T1": {"epoch": 0, "seq": 1}}},
        {"includes": {"T1": {"epoch": 1, "seq": -1}}},
        {"includes": {"T1": 5}},
        {"tables": [TABLE, TABLE]},
        {"tables": [TABLE | {"name": "../../etc/passwd"}]},
        {"tables": [TABLE | {"name": "Fee"}]},
        {"tables": [TABLE | {"columns": ["code; DROP TABLE fee"]}]},
        {"tables": [TABLE | {"columns": []}]},
        {"tables": [TABLE | {"rows": -1}]},
        {"tables": [TABLE | {"bytes": 1 << 50}]},
        {"tables": [TABLE | {"sha256": "AB" * 32}]},
        {"tables": [TABLE | {"extra": 1}]},
        {"extra": 1},
    ],
    ids=str,
)
def test_signed_manifests_of_another_form(change: dict[str, Any], ledger_key: Ed25519PrivateKey) -> None:
    payload = canonical(said_by(MANIFEST) | change)
    assert reason(sealed(ledger_key, payload), ledger_key) == "malformed"


values = st.none() | st.integers(-(2**63), 2**63 - 1) | st.text(st.characters(exclude_categories=["Cs"]))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
@given(st.integers(1, 4).flatmap(lambda n: st.tuples(st.just(n), st.lists(st.lists(values, min_size=n, max_size=n)))))
def test_any_rows_come_back(tmp_path: Path, table: tuple[int, list[list[Any]]]) -> None:
    width, rows = table
    path = tmp_path / "account.ndjson"
    entry = write_table(path, [f"c{n}" for n in range(width)], (tuple(row) for row in rows))
    assert (entry.name, entry.rows, entry.bytes) == ("account", len(rows), path.stat().st_size)
    assert [list(row) for row in read_rows(path, "account", width)] == rows
    require_unaltered(path, entry)
    assert [json.loads(line) for line in path.read_bytes().splitlines()] == rows
    assert list(tmp_path.iterdir()) == [path]


def test_a_long_table_is_written_and_read_as_a_stream(tmp_path: Path) -> None:
    given_out = 0

    def rows() -> Iterator[tuple[int, str]]:
        nonlocal given_out
        for n in range(10_000):
            given_out += 1
            yield n, f"row {n}"

    path = tmp_path / "t.ndjson"
    entry = write_table(path, ["n", "text"], rows())
    assert given_out == entry.rows == 10_000
    reader = read_rows(path, "t", 2)
    assert next(reader) == (0, "row 0")
    assert sum(1 for _ in reader) == 9_999


@pytest.mark.parametrize("row", [("a",), ("a", 1, 2), ("a", 1.5), ("a", True), ("a", b"b"), ("a", [1]), ("\ud800", 1)])
def test_rows_of_another_form_are_not_written(tmp_path: Path, row: tuple[Any, ...]) -> None:
    path = tmp_path / "fee.ndjson"
    write_table(path, ["code", "cents"], [("OLD", 1)])
    before = path.read_bytes()
    with pytest.raises(CanonicalError):
        write_table(path, ["code", "cents"], [("COPY", 25), row])
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


@pytest.fixture
def fees(tmp_path: Path) -> tuple[Path, TableEntry]:
    path = tmp_path / "fee.ndjson"
    return path, write_table(path, ["code", "cents"], [("COPY", 25), ("MAP", 1200), ("LIEN", None)])


def test_no_altered_byte_reaches_a_reader(fees: tuple[Path, TableEntry]) -> None:
    path, entry = fees
    good = path.read_bytes()
    for altered in (
        *(good[:at] + bytes([good[at] ^ 1]) + good[at + 1 :] for at in range(len(good))),
        *(good[:at] for at in range(len(good))),
        good + b"\n",
        b"",
    ):
        path.write_bytes(altered)
        with pytest.raises(SnapshotRefusedError) as caught:
            require_unaltered(path, entry)
        assert caught.value.reason == "altered"


@pytest.mark.parametrize(
    "content",
    [b'["A",1', b'["A",1]\n["B",2,3]\n', b'["A",1]\n["B",1.5]\n', b'["A",1]\n["B",true]\n', b'["A",1]\n{"B":1}\n',
     b'["A",1]\n["B",NaN]\n', b'["A",1]\n\xff\n', b'["A",1]\n["B",1]["C",2]\n', b'["A",1]\n\n',
     b'["A",1]\n["B"]\n'],
)  # fmt: skip
def test_signed_files_of_another_form(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "fee.ndjson"
    path.write_bytes(content)
    with pytest.raises(ReferenceRefused):
        list(read_rows(path, "fee", 2))


# Deltas

FEES = TableEntry(name="fee.changes", columns=["code", "cents"], rows=1, sha256="cd" * 32, bytes=9)
GONE = TableEntry(name="fee.gone", columns=["code"], rows=0, sha256="ef" * 32, bytes=0)


def a_delta(**changes: Any) -> bytes:
    told = Delta(
        ledger="springfield",
        office="",
        version=7,
        base_version=5,
        base_hash="11" * 32,
        new_hash=manifest_hash(MANIFEST),
        changes=[Change(table="fee", whole=False, rows=FEES, gone=GONE)],
    )
    return canonical(said_by(told) | changes)


def refusal(payload: bytes, key: Ed25519PrivateKey, kind: str = SNAPSHOT_DELTA) -> str:
    with pytest.raises(SnapshotRefusedError) as caught:
        open_delta(sealed(key, payload, kind), key.public_key(), MANIFEST, 5, "11" * 32)
    return caught.value.reason


def test_a_delta_leads_from_the_snapshot_in_use_to_the_manifest(ledger_key: Ed25519PrivateKey) -> None:
    opened = open_delta(sealed(ledger_key, a_delta(), SNAPSHOT_DELTA), ledger_key.public_key(), MANIFEST, 5, "11" * 32)
    assert opened.changes[0].rows == FEES
    whole = {"table": "fee", "whole": True, "rows": said_by(ENTRY), "gone": None}
    payload = a_delta(changes=[whole])
    open_delta(sealed(ledger_key, payload, SNAPSHOT_DELTA), ledger_key.public_key(), MANIFEST, 5, "11" * 32)


@pytest.mark.parametrize(
    "change",
    [{"version": 8}, {"base_version": 4}, {"base_hash": "22" * 32}, {"new_hash": "22" * 32}, {"office": "HALL"}],
    ids=str,
)
def test_a_delta_that_starts_or_ends_elsewhere_is_no_way(change: dict[str, Any], ledger_key: Ed25519PrivateKey) -> None:
    assert refusal(a_delta(**change), ledger_key) == "mixed"
    sealed_one = sealed(ledger_key, a_delta(**change), SNAPSHOT_DELTA)
    assert usable_delta(sealed_one, ledger_key.public_key(), MANIFEST, 5, "11" * 32) is None


CHANGE = {"table": "fee", "whole": False, "rows": said_by(FEES), "gone": said_by(GONE)}


@pytest.mark.parametrize(
    "change",
    [
        {"changes": []},
        {"changes": [CHANGE, CHANGE]},
        {"changes": [CHANGE | {"table": "city"}]},
        {"changes": [CHANGE | {"rows": said_by(ENTRY)}]},
        {"changes": [CHANGE | {"whole": True}]},
        {"changes": [CHANGE | {"rows": said_by(FEES) | {"columns": ["cents", "code"]}}]},
        {"changes": [CHANGE | {"gone": said_by(ENTRY)}]},
        {"changes": [CHANGE | {"rows": said_by(FEES) | {"name": "../fee.changes"}}]},
        {"v": 2},
        {"extra": 1},
    ],
    ids=str,
)
def test_signed_deltas_of_another_form(change: dict[str, Any], ledger_key: Ed25519PrivateKey) -> None:
    assert refusal(a_delta(**change), ledger_key) == "malformed"


def test_foreign_and_forged_deltas_are_refused(ledger_key: Ed25519PrivateKey, other_key: Ed25519PrivateKey) -> None:
    assert refusal(a_delta(ledger="shelbyville"), ledger_key) == "other-ledger"
    assert refusal(a_delta(), ledger_key, SNAPSHOT) == "wrong-type"
    forged = sealed(other_key, a_delta(), SNAPSHOT_DELTA)
    with pytest.raises(SnapshotRefusedError) as caught:
        usable_delta(forged, ledger_key.public_key(), MANIFEST, 5, "11" * 32)
    assert caught.value.reason == "bad-signature"
