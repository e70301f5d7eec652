"""An office that serves some kinds of accounts is given those, their charges and its own drawers; no more."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import select

from countertui.domain.reference import TABLES, AccountKind
from countertui.ledger import tables
from countertui.ledger.books import Books
from countertui.ledger.city import set_city
from countertui.ledger.publish import delta_from, latest_manifest_for, publish, share_folder, table_file
from countertui.ledger.snapshot_stick import write_snapshot_to
from countertui.store.reference import Reference
from countertui.sync.ed25519 import checked_public_key
from countertui.sync.snapshot import Manifest, open_manifest
from ledger.snapshots_taken import contents, identity, offered, put, take
from ledger.test_city import fernhollow, with_chart
from ledger.town import LEDGER, NOW, Till, answering, brought, ledger_key


def served(books: Books, *offices: tuple[str, tuple[AccountKind, ...]]) -> None:
    """Bring the city's folder in, with what each office serves."""
    city = fernhollow()
    kinds = dict(offices)
    changed = tuple(office.model_copy(update={"accounts": kinds.get(office.code, ())}) for office in city.offices)
    set_city(books, replace(city, offices=changed), answering(books), NOW)


@pytest.fixture
def city(books: Books, key: Ed25519PrivateKey, till: Till) -> Books:
    """The town, with licenses and citations: City Hall serves citations and licenses."""
    with_chart(books)
    put(
        books,
        "account",
        *((f"L{n}", "license", "", f"SHOP {n}", "1 Oak", "", "", "", "510-2310", "") for n in range(20)),
    )
    put(books, "account", ("X1", "citation", "", "SPEEDER, SAL", "", "", "", "", "510-2310", ""))
    put(books, "license", *((f"L{n}", f"L{n}", "GENERAL", "active", None, None, *[""] * 8) for n in range(20)))
    for number in ("L1", "U1"):  # nobody's would be a license's that is no account of that kind
        act = (number, 1, f"a-{number}", "T1", 1, 1, "2026-01-01", "ann", "file", 1, "{}")
        put(books, "license_act", act)
        put(books, "license_term", (number, "2026-01-01", "2026-12-31", "2026-01-31", f"a-{number}"))
    put(books, "charge", ("CX", "X1", "2026-10-01", "fine", "Fine", "510-4310", 80_00, 80_00))
    brought(
        books, "receipt_history", [("T9-1", "U1", "2026-01-01", "A", 1, 0), ("T9-2", "X1", "2026-01-01", "B", 1, 0)]
    )
    put(books, "known_as", ("042-118-07", "parcel", "U1"), ("A 700", "citation", "X1"))
    for account, charge in (("U1", "C1"), ("X1", "CX")):
        put(books, "charge_step", (charge, "", 1, account, "2026-09-10", "Billed", 50_00, "Ord. 1412"))
        put(books, "account_flag", (account, "collections", "2026-09-10", "", None, ""))
        put(books, "account_note", (f"N-{account}", account, "2026-09-10", "billing", "Calls back"))
    put(books, "returned_check", ("T9-1", "7", "U1", "2026-02-01"), ("T9-2", "8", "X1", "2026-02-02"))
    served(books, ("HALL", (AccountKind.CITATION, AccountKind.LICENSE)))
    return books


def manifest_for(books: Books, terminal: str) -> Manifest:
    data = latest_manifest_for(books, terminal)
    assert data is not None
    return open_manifest(data, checked_public_key(ledger_key(books).public_key().public_bytes_raw()), LEDGER, None)


def test_an_office_gets_what_it_serves_and_every_other_all(city: Books, key: Ed25519PrivateKey, tmp_path: Path) -> None:
    publish(city, key, NOW)
    mine, whole = tmp_path / "mine.db", tmp_path / "whole.db"
    take(offered(city, 1, office="HALL"), mine)
    take(offered(city, 1), whole)
    share, full = contents(mine), contents(whole)
    assert {row[2] for row in share["account"]} == {"citation", "license"}
    assert {row[2] for row in full["account"]} == {"citation", "license", "utility"}
    assert [row[0] for row in share["charge"]] == ["CX"]
    assert [row[0] for row in share["receipt_history"]] == ["T9-2"]
    assert share["returned_check"] == [("T9-2", "8", "X1", "2026-02-02")]
    assert len(full["returned_check"]) == 2
    for name, place in (("charge_step", 3), ("account_flag", 0), ("account_note", 1)):
        assert [row[place] for row in share[name]] == ["X1"]
        assert len(full[name]) == 2
    assert (share["known_as"], len(full["known_as"])) == ([("A 700", "citation", "X1", "a700")], 2)
    reference = Reference(mine)
    assert (reference.checks_returned("X1"), reference.checks_returned("U1")) == (("2026-02-02",), ())
    reference.close()
    assert {row[1] for row in share["drawer"]} == {"HALL"}
    assert share["drawer"]
    assert share["license"] == full["license"]
    for name in ("license_act", "license_term"):
        assert ([row[0] for row in share[name]], len(full[name])) == (["L1"], 2)
    for table in ("city", "office", "terminal", "operator", "fund", "gl_account", "fee"):
        assert share[table] == full[table]
    assert manifest_for(city, "T1").office == "HALL"
    assert manifest_for(city, "T1").accounts == ["citation", "license"]
    assert manifest_for(city, "T9").office == ""
    assert table_file(city, 1, "account", "HALL") != table_file(city, 1, "account")
    assert table_file(city, 1, "account", "../..") is None
    assert write_snapshot_to(city, tmp_path / "stick", "T1") == 1
    assert (tmp_path / "stick" / "charge.ndjson").read_bytes().count(b"\n") == 1


def test_changes_come_to_the_offices_they_are_for(city: Books, key: Ed25519PrivateKey, tmp_path: Path) -> None:
    publish(city, key, NOW)
    mine = tmp_path / "mine.db"
    take(offered(city, 1, office="HALL"), mine)
    put(city, "charge", ("C1", "U1", "2026-10-01", "water", "Water Oct", "510-4310", 50_00, 1))
    put(city, "charge", ("CX", "X1", "2026-10-01", "fine", "Fine", "510-4310", 80_00, 7_00))
    put(city, "charge", ("CY", "L1", "2026-10-01", "fee", "Fee", "510-4310", 80_00, 7_00))
    _brought_up(city, key, mine, 2)
    # A charge that is another account's now, which this office does not serve, leaves it.
    put(city, "charge", ("CY", "U1", "2026-10-01", "fee", "Fee", "510-4310", 80_00, 7_00))
    _brought_up(city, key, mine, 3)
    assert [row[0] for row in contents(mine)["charge"]] == ["CX"]


def test_what_an_account_has_comes_and_goes_with_it(city: Books, key: Ed25519PrivateKey, tmp_path: Path) -> None:
    """One account of another kind in, one out: as many rows as before, and not one of them the same."""
    brought(city, "receipt_history", [("T9-3", "U2", "2026-01-01", "C", 1, 0)])
    publish(city, key, NOW)
    mine = tmp_path / "mine.db"
    take(offered(city, 1, office="HALL"), mine)
    with city.reading() as connection:
        rows = connection.execute(select(*(tables.reference["account"].c[name] for name in TABLES["account"])))
        there = {row.number: row._asdict() for row in rows}
    for number, kind in (("X1", "utility"), ("U2", "citation")):
        put(city, "account", tuple((there[number] | {"kind": kind}).values()))
    _brought_up(city, key, mine, 2)
    assert [row[1] for row in contents(mine)["charge"]] == ["U2"]


def _brought_up(city: Books, key: Ed25519PrivateKey, mine: Path, version: int) -> None:
    assert publish(city, key, NOW) == version
    offer = offered(city, version, mine, "HALL")
    assert offer.base == version - 1
    take(offer, mine)
    whole = mine.with_name(f"{version}.db")
    take(offered(city, version, office="HALL"), whole)
    assert contents(mine) == contents(whole)
    assert identity(mine) == identity(whole)


def test_an_office_that_serves_other_kinds_from_now_on_gets_all_anew(city: Books, key: Ed25519PrivateKey) -> None:
    publish(city, key, NOW)
    served(city, ("HALL", (AccountKind.UTILITY,)))
    publish(city, key, NOW)
    assert delta_from(city, 2, 1, "HALL") is None
    assert delta_from(city, 2, 1) is not None
    served(city)
    publish(city, key, NOW)
    assert manifest_for(city, "T1").office == ""
    assert not share_folder(city, 3, "HALL").exists()
