"""Rows 21 and 22 again, at the ledger: wrong PINs that no restart forgets, and nobody's own approval in any spelling.

And what becomes of who is removed while they are at work: the snapshot that says so decides, at their next act.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from counter_station import at_work, check, close, exchange_of, new_folder, on, open_station, pay, run_here
from countertui.counter.refund_receipt import approve_request
from countertui.counter.sign_on import WrongPin, second_person, sign_on
from countertui.counter.station import Person, Station
from countertui.counter.take_snapshot import take_snapshot
from countertui.counter.void_receipt import ask_void, refuse_request, void_now
from countertui.demo.folder import PASSPHRASE
from countertui.domain.records import Kind
from countertui.domain.rights import Act, NotAllowed, Role
from countertui.ledger import keep_operators
from countertui.ledger.answers import NEW
from countertui.ledger.books import Books, open_books
from countertui.ledger.desk import Ground
from countertui.ledger.ingest import ingest
from countertui.ledger.keep_operators import Keeping
from countertui.ledger.keys import ledger_public_key, open_key
from countertui.ledger.publish import publish
from countertui.ledger.sign_in import SignedIn
from countertui.machine import random_bytes, uuid7
from countertui.sync.ed25519 import checked_public_key
from countertui.sync.exchange import Offer
from countertui.sync.keyslots import CHEAP_COST
from countertui.sync.pins import PepperedPins
from countertui.sync.snapshot import open_manifest
from ledger.at_the_desk import hire
from ledger.test_ingest import asked
from ledger.test_posting import BOTH, items, keep
from ledger.town import NOW, Till, founded, ledger_key


@pytest.fixture
def at_ledger(tmp_path: Path) -> Path:
    """A demo city's ledger."""
    return new_folder(tmp_path, with_ledger=True) / "ledger"


def test_row_21_at_the_ledger_wrong_pin_five_times_kill_to_reset_the_counter(
    at_ledger: Path, countertui: Callable[..., subprocess.CompletedProcess[str]]
) -> None:
    """Killed while the PIN is checked, or ended by its own answer: each try counts, and the sixth is not looked at."""
    killed = (
        "import os, sys\n"
        "from countertui.ledger import sign_in\n"
        "sign_in.pin_matches = lambda *_: os._exit(9)\n"
        "from countertui.cli.main import run\n"
        "sys.exit(run(sys.argv[1:]))\n"
    )
    remove = ["operator", "remove", "ben", "--dir", str(at_ledger)]
    for _ in range(3):
        died = subprocess.run([sys.executable, "-c", killed, *remove], input="KEN\n1010\n", text=True, check=False)
        assert died.returncode == 9
    for _ in range(2):
        assert countertui("operator", "remove", "ben", folder=at_ledger, typed="ken\n0000\n").returncode == 1
    right = countertui("operator", "remove", "ben", folder=at_ledger, typed="ken\n1010\n")
    assert right.returncode == 1
    assert "locked" in right.stderr
    listed = countertui("operator", "list", "--json", folder=at_ledger)
    people = {row["id"]: row["locked"] for row in json.loads(listed.stdout)}
    assert people["ken"]
    assert "ben" in people


def test_row_21_an_unlock_is_a_leads_and_never_ones_own(tmp_path: Path) -> None:
    """A terminal's own word is looked at again: an unlock that may not stand is an error item."""
    books = founded(tmp_path / "ledger")
    hire(books, "uma", "admin")
    till = Till(books).registered(books)
    for by, second, about in (
        ("bo", None, "ann"),
        ("eli", "bo", "ann"),
        ("eli", "uma", "bo"),
        ("ann", None, "cy"),
        ("eli", None, "ann"),
        ("eli", "dee", "ann"),
        ("bo", None, "BO"),
        ("eli", "bo", "ＢＯ"),
        ("bo", None, 7),
    ):
        till.record(Kind.UNLOCK, {"unlocked": about}, operator=by, approver=second, session=None, biz_date=None)
    taken_in(books, till)
    assert [reason for reason, _ in items(books)] == [
        "no-right",
        "no-right",
        "no-right",
        "self-approval",
        "self-approval",
        "bad-operator",
    ]
    books.close()


def taken_in(books: Books, till: Till) -> None:
    assert ingest(books, ledger_key(books), till.seal(), "T1", 1, till.batch_no, NOW).status == NEW


_SPELLED = (
    str.upper,
    str.title,
    lambda name: f" {name} ",
    "\u200b".join,
    "\u00ad".join,
    lambda name: name.translate({n: n + 0xFEE0 for n in range(ord("a"), ord("z") + 1)}),
    lambda name: name.translate({n: n - ord("a") + 0x1D41A for n in range(ord("a"), ord("z") + 1)}),
)
_INVOLVED = ("cashier", "asker", "payer", "agreed")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    who=st.sampled_from(_INVOLVED), kind=st.sampled_from(["void", "refund", "cash"]), spell=st.sampled_from(_SPELLED)
)
def test_row_22_at_the_ledger_nobody_approves_what_they_took_part_in_in_any_spelling(
    tmp_path_factory: pytest.TempPathFactory, who: str, kind: str, spell: Callable[[str], str]
) -> None:
    """Even where another spelling of a person is itself an operator with the right: the money waits in suspense.

    cashier took it, agreed approved a tender of it, asker asked to take it back, payer's drawer pays it out.
    """
    books = founded(tmp_path_factory.mktemp("town") / "ledger")
    try:
        for id_ in _INVOLVED:
            hire(books, id_, "cashier lead")
        approver = spell(who)
        hire(books, approver, "lead")
        till = Till(books).registered(books)
        till.open("S2", operator="cashier", drawer="D7")
        taken = till.pay(BOTH, session="S2", operator="cashier", approver="agreed")
        if kind == "void":
            request = till.ask(Kind.VOID_REQUEST, taken, session="S2", operator="asker")
            till.void(taken, request["seq"], session="S2", operator="asker", approver=approver)
            involved = who != "payer"
        else:
            cash = 200_00 + taken["data"]["total_cents"]
            till.close(cash, cash, session="S2", operator="cashier", drawer="D7")
            till.open("S3", operator="payer", drawer="D7")
            method = "cash" if kind == "cash" else "ap_check"
            request = till.ask(Kind.REFUND_REQUEST, taken, method, session="S3", operator="asker")
            till.refund(taken, request["seq"], method, session="S3", operator="asker", approver=approver)
            involved = who != "payer" or kind == "cash"
        taken_in(books, till)
        told = [reason for reason, cents in items(books) if cents]
        assert told == (["self-approval"] if involved else [])
        assert asked(books, "SELECT COUNT(*) FROM undone") == [(0 if involved else 1,)]
    finally:
        books.close()


@pytest.mark.parametrize("spell", _SPELLED)
def test_row_22_who_approved_a_tender_of_a_receipt_took_part_in_it(
    station: Station, spell: Callable[[str], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """At the terminal: a lead who agreed to take a check approves neither its void nor its refund, and refuses none."""
    rosa, session = at_work(station)
    number = _taken_with_approval(station, session, "lena", monkeypatch)
    lena = on(station, "lena")
    herself = Person(spell("lena"), lena.name, lena.roles)
    ben = on(station, "ben")
    for approver in (lena, herself):
        with pytest.raises(NotAllowed):
            void_now(station, rosa, approver, number, "Wrong account")
    ask_void(station, ben, number, "Wrong account")
    for approver in (lena, herself):
        for answer in (
            lambda approver=approver: approve_request(station, approver, number),
            lambda approver=approver: refuse_request(station, approver, number, "no"),
        ):
            with pytest.raises(NotAllowed):
                answer()
    approve_request(station, on(station, "hugo"), number)


def _taken_with_approval(station: Station, session: Any, approver: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """A receipt whose record names who approved a tender of it."""
    append = station.store.append

    def approved(fact: Any, *rest: Any) -> Any:
        from dataclasses import replace

        return append(replace(fact, approver=approver) if fact.kind is Kind.PAY else fact, *rest)

    with monkeypatch.context() as patched:
        patched.setattr(station.store, "append", approved)
        return pay(station, session, tenders=[check(10_00)]).receipt_no


# Who is removed, and two terminals


def _keep(books: Books, act: Callable[..., Any], *what: Any) -> Any:
    ken = SignedIn("ken", "Ken", (Role.ADMIN,))
    with books.writing() as connection:
        ground = Ground(connection, books, open_key(books.folder, PASSPHRASE), NOW)
        pins = PepperedPins(b"p" * 32, random_bytes, CHEAP_COST)
        return act(Keeping(ground, pins, uuid7()), ken, *what)


def _take_snapshot(station: Station) -> None:
    """Publish what the ledger has, and take it at the terminal."""
    folder = station.store.folder / "ledger"
    books = open_books(folder)
    try:
        version = publish(books, open_key(folder, PASSPHRASE), NOW)
    finally:
        books.close()
    where = folder / "snapshots" / str(version)
    key = checked_public_key(ledger_public_key(folder))
    manifest = open_manifest((where / "manifest.json").read_bytes(), key, station.place.ledger, None)

    def fetch(entry: Any, to: Path) -> None:
        shutil.copyfile(where / f"{entry.name}.ndjson", to)

    exchange_of(station).offer = Offer(manifest, "T1", 1, fetch)
    assert take_snapshot(station, run_here(station), lambda _table, _rows: None)


@pytest.fixture
def with_ledger(tmp_path: Path) -> Iterator[Station]:
    opened = open_station(new_folder(tmp_path, with_ledger=True))
    yield opened
    close(opened)


@pytest.mark.parametrize("how", ["removed", "left"])
def test_who_is_removed_is_refused_from_the_snapshot_that_says_so_at_the_next_act(
    with_ledger: Station, how: str
) -> None:
    station = with_ledger
    _, session = at_work(station)
    lena = on(station, "lena")
    number = pay(station, session).receipt_no
    books = open_books(station.store.folder / "ledger")
    for id_ in ("rosa", "lena"):
        if how == "removed":
            _keep(books, keep_operators.remove, id_)
        else:
            with books.writing() as connection:
                connection.exec_driver_sql(f"UPDATE operator SET active_to = '2026-11-22' WHERE id = '{id_}'")
    books.close()
    assert pay(station, session).receipt_no != number, "until then the rights of the last snapshot hold"
    _take_snapshot(station)
    for act in (
        lambda: pay(station, session),
        lambda: (
            ask_void(station, on(station, "ben"), number, "Wrong account") or approve_request(station, lena, number)
        ),
    ):
        with pytest.raises(NotAllowed, match="may not work here any more"):
            act()
    for id_, pin in (("rosa", "1111"), ("lena", "5555")):
        with pytest.raises(WrongPin):
            sign_on(station, id_, pin)
    with pytest.raises(WrongPin):
        second_person(station, "lena", "5555", Act.APPROVE)


def test_a_removal_elsewhere_beats_a_pin_chosen_here_meanwhile(tmp_path: Path) -> None:
    """The removal came first in the ledger's order: the PIN is not taken over, and the worklist says so."""
    books = founded(tmp_path / "ledger")
    till, other = Till(books).registered(books), Till(books, code="T2").registered(books)
    gone = {"what": "removed", "verifier": "removed", "active_to": "2026-11-23"}
    keep(
        till,
        "ann",
        roles="cashier",
        replaces="e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        **gone,
    )
    keep(other, "ann", roles="cashier", what="pin", by="ann", replaces="0" * 64)
    taken_in(books, till)
    assert ingest(books, ledger_key(books), other.seal(), "T2", 1, 1, NOW).status == NEW
    assert asked(books, "SELECT verifier, active_to FROM operator WHERE id = 'ann'") == [("removed", "2026-11-23")]
    assert items(books) == [("operator-conflict", 0)]
    books.close()
