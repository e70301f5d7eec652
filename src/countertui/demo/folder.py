"""Making a demo or training city on disk: its ledger, its first snapshot, and terminal T1's keys and store."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from countertui.counter.begin import StartData, begin
from countertui.demo.city import LEDGER_ID, DemoCity
from countertui.demo.passphrase import PASSPHRASE
from countertui.demo.places import ACTIVE_FROM, PAPER_BOOK
from countertui.demo.renewals import renew
from countertui.demo.trades import answers_of_renewed
from countertui.domain.charges import CREDIT_HEAD
from countertui.domain.reference import TABLES
from countertui.domain.words import number_of
from countertui.errors import UsageError
from countertui.ledger.books import Books, open_books
from countertui.ledger.desk import Ground
from countertui.ledger.imported import Counted, ImportFact, begin_import, may_be_brought
from countertui.ledger.keep_terminals import register_terminal
from countertui.ledger.keys import create_ledger, ledger_public_key, open_key
from countertui.ledger.paper_books import issue
from countertui.ledger.publish import publish
from countertui.ledger.registry import entries_after, present
from countertui.ports.clock import Clock, Ids, Random
from countertui.store.anchor import anchor_folder
from countertui.sync.ed25519 import checked_public_key
from countertui.sync.keyslots import CHEAP_COST, Cost, Secrets, create_slots, public_identity
from countertui.sync.offer import Offer
from countertui.sync.pins import PepperedPins
from countertui.sync.recorder import Recorder
from countertui.sync.snapshot_stick import offer_from

OPENER = "demo"
TERMINAL, OFFICE = "T1", "HALL"
DEMO_MARK, TRAINING_MARK = "demo.json", "training.json"
TRAINING_LEDGER_ID = "TRAINING-ALDER-FALLS"
ADMINS = ("ken", "uma")
"""Who answers for the demo's keys; its root keys are thrown away."""
_DEMO_OPENERS = {OPENER: PASSPHRASE}

Progress = Callable[[str, int], None]


class FolderTaken(UsageError):  # noqa: N818 - a state of the folder
    """The folder holds something else than a demo city."""


def make_demo(folder: Path, city: DemoCity, clock: Clock, ids: Ids, random: Random, progress: Progress) -> None:
    """Make a demo city in a new folder; until it is whole it has another name. Raises FolderTaken."""
    _make_whole(folder, DEMO_MARK, city, partial(make_city, clock=clock, ids=ids, random=random, progress=progress))


def make_training(folder: Path, city: DemoCity, clock: Clock, ids: Ids, random: Random, progress: Progress) -> None:
    """The same for a training city, whose ledger and keys are its own. Raises FolderTaken."""
    make = partial(make_city, clock=clock, ids=ids, random=random, progress=progress, ledger_id=TRAINING_LEDGER_ID)
    _make_whole(folder, TRAINING_MARK, city, make)


def _make_whole(folder: Path, mark: str, city: DemoCity, make: Callable[[Path, DemoCity], None]) -> None:
    if folder.exists() and any(folder.iterdir()):
        raise FolderTaken(
            f"{folder.name} is not empty and holds no {mark.removesuffix('.json')} city.", press="Name another --dir."
        )
    making = folder.with_name(folder.name + ".making")
    for leftover in (making, anchor_folder(making)):
        shutil.rmtree(leftover, ignore_errors=True)
    make(making, city)
    (making / mark).write_text(json.dumps({"accounts": city.accounts, "pins": city.pins}, indent=1), encoding="utf-8")
    shutil.rmtree(anchor_folder(folder), ignore_errors=True)
    anchor_folder(making).rename(anchor_folder(folder))
    if folder.exists():
        folder.rmdir()
    making.rename(folder)


def make_city(
    folder: Path,
    city: DemoCity,
    clock: Clock,
    ids: Ids,
    random: Random,
    progress: Progress,
    *,
    ledger_id: str = LEDGER_ID,
    openers: Mapping[str, str] = _DEMO_OPENERS,
    cost: Cost = CHEAP_COST,
) -> None:
    """Make a city's ledger, its first snapshot and terminal T1, without a demo's mark; openers open both key files."""
    folder.mkdir(mode=0o700, parents=True)
    secrets = Secrets(Ed25519PrivateKey.from_private_bytes(random(32)), random(32), random(32))
    create_slots(
        folder / "keys.json",
        ledger=ledger_id,
        terminal=TERMINAL,
        epoch=1,
        secrets=secrets,
        openers=openers,
        random=random,
        cost=cost,
    )
    now = datetime.fromtimestamp(clock.utc_ms() / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    held: list[Sequence[Any]] = []
    books = create_ledger(
        folder / "ledger",
        ledger_id,
        openers=openers,
        random=random,
        now=now,
        cost=cost,
        by=ADMINS,
        pin_pepper=secrets.pin_pepper,  # the demo's people sign in at the ledger by the PINs they have at the counter
        rows=_rows(city, PepperedPins(secrets.pin_pepper, random), held),
        progress=progress,
    )
    try:
        public_key = secrets.terminal_key.public_key().public_bytes_raw()
        key = open_key(folder / "ledger", next(iter(openers.values())))
        register_terminal(books, key, TERMINAL, OFFICE, 1, public_key, by=ADMINS, now=now)
        _issue_paper(books, key, ids, now)
        _take_over(books, key, held, ids, now)
        _renew(books, key, city, ids, now)
        publish(books, key, now, lambda table: progress(f"snapshot_{table}", 0))
    finally:
        books.close()
    _make_store(folder, secrets, clock, ids, progress)


def accounts_of(folder: Path) -> int | None:
    """How many utility accounts the demo city in a folder has; None where there is none."""
    path = folder / DEMO_MARK
    if not path.exists():
        return None
    return int(json.loads(path.read_text(encoding="utf-8"))["accounts"])


def require_accounts(folder: Path, wanted: int) -> None:
    """Raise FolderTaken if the demo city in a folder has another number of utility accounts than is wanted."""
    there = accounts_of(folder)
    if there != wanted:
        has = "no accounts" if there is None else number_of(there, "account")
        raise FolderTaken(
            f"The demo city in {folder} has {has}, not {wanted:,}.",
            safe="It is unchanged.",
            press="Name another --dir for a new one, or leave --accounts out.",
        )


def _rows(
    city: DemoCity, pins: PepperedPins, held: list[Sequence[Any]]
) -> Iterator[tuple[str, Iterable[Sequence[Any]]]]:
    """What the city's ledger begins with; what it owes on credits is put into `held`, for an import to bring."""
    for table, rows in city.tables(verifier=pins.verifier):
        if may_be_brought(table):
            yield table, _without_credits(rows, held) if table == "charge" else rows


def _without_credits(rows: Iterable[Sequence[Any]], held: list[Sequence[Any]]) -> Iterator[Sequence[Any]]:
    head = TABLES["charge"].index("head")
    for row in rows:
        if row[head] == CREDIT_HEAD:
            held.append(row)
        else:
            yield row


def _take_over(books: Books, key: Ed25519PrivateKey, held: Sequence[Sequence[Any]], ids: Ids, now: str) -> None:
    """What the city owes on credits and deposits, as an import brings it: with the opening entry of each fund."""
    with books.writing() as connection:
        bringing = begin_import(connection)
        counted = Counted(rows=len(held), created=bringing.add("charge", [tuple(row) for row in held]))
        fact = ImportFact(ids(), "charges", ADMINS[0], counted, "opening-credits.csv")
        bringing.answered_by(Ground(connection, books, key, now), fact)


def _issue_paper(books: Books, key: Ed25519PrivateKey, ids: Ids, now: str) -> None:
    """The office's book of paper receipts, for when the power is out."""
    series, first, last, by = PAPER_BOOK
    with books.writing() as connection:
        ground = Ground(connection, books, key, now)
        issue(ground, series, first, last, OFFICE, by=by, biz_date=ACTIVE_FROM, id_=ids())


def _renew(books: Books, key: Ed25519PrivateKey, city: DemoCity, ids: Ids, now: str) -> None:
    """This year's renewals of some licenses, as two people at the desk assess them."""
    with books.writing() as connection:
        renew(Ground(connection, books, key, now), answers_of_renewed(), city.today, ids)


def _make_store(folder: Path, secrets: Secrets, clock: Clock, ids: Ids, progress: Progress) -> None:
    ledger = folder / "ledger"
    ledger_key = ledger_public_key(ledger)
    books = open_books(ledger)
    try:
        with books.reading() as connection:
            register = entries_after(connection, 0)
            founding = present(connection, books.ledger).founding
    finally:
        books.close()
    recorder = Recorder(public_identity(folder / "keys.json"), secrets.terminal_key)
    start = StartData(
        office=OFFICE,
        public_key=recorder.public_key.hex(),
        ledger_key=ledger_key.hex(),
        registry=founding,
        receipt_n=0,
    )
    offer = _newest_offer(ledger, ledger_key, recorder.ledger)
    begin(folder, recorder, clock, ids, start, register, offer, progress)


def _newest_offer(ledger: Path, ledger_key: bytes, ledger_id: str) -> Offer:
    """The ledger's newest snapshot, read from its own folder, and verified like any other."""
    newest = max((ledger / "snapshots").iterdir(), key=lambda path: int(path.name))
    offer = offer_from(newest, checked_public_key(ledger_key), ledger=ledger_id, terminal=TERMINAL, epoch=1)
    if offer is None:
        raise FileNotFoundError(newest / "manifest.json")
    return offer
