"""`countertui ledger import|recover`: what an office without a network brings, and what is left of a terminal."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from cyclopts import App

from countertui.cli.ledger.at_desk import AtDesk, at_desk
from countertui.cli.lines import tell
from countertui.domain.words import number_of
from countertui.errors import UsageError

if TYPE_CHECKING:
    from countertui.ledger.dead_store import Left
    from countertui.ledger.recovering import Recovered


def add_to(ledger: App) -> None:
    """Add this module's commands to `countertui ledger`."""
    ledger.command(import_, name="import")
    ledger.command(recover_, name="recover")


def import_(
    path: Path,
    /,
    *,
    admit_again: bool = False,
    dir: Path | None = None,  # noqa: A002
    json_: bool = False,
) -> int:
    """Take batches from a stick, in any order and any number of times, and put the answers there.

    Acks, the register of keys and the newest snapshot are written beside them, for `countertui batch import` at the
    terminals. Exit status 1 if anything was not taken.

    Of a dead terminal: its store.db, or a folder or disk image that holds it. No passphrase of its own is needed; a
    technician signs in. Records that nobody sealed become a batch that two people release and post.

    Parameters
    ----------
    path
        A folder, searched through, with files as `countertui batch export` writes them; or what is left of a terminal.
    admit_again
        Of a dead terminal: two people who keep keys let its key in again first, as this ledger once did. For one that
        a restored ledger forgot, where its register went on otherwise since. Then: countertui ledger revoke.
    dir
        The ledger's folder.
    json_
        Answer as JSON: {"files": [{"file", "terminal", "epoch", "no", "verdict", "detail"}], "acks", "snapshots":
        {terminal: version}, "register": [{"file", "verdict", "taken", "reason"}]}, snapshots being those for terminals
        that brought no batch, register what this ledger had lost of it, or can't take; of a
        store {"terminal", "epoch", "sealed", "records", "last_seq", "batch_no", "last_batch_no", "bad", "left_out",
        "heard", "entries", "register_fault"}.
    """
    if path.is_file() or (path.is_dir() and not any(path.rglob("*.ctb")) and any(path.rglob("store.db"))):
        return _recover(path, dir, admit_again=admit_again, json_=json_)
    if admit_again:
        raise UsageError(f"{path} is not what is left of a terminal.", "Nothing was taken.", "Name its store.db.")
    with at_desk(dir) as desk:
        from countertui.cli.ledger.now import utc_now
        from countertui.ledger.stick import take_entries, take_in, write_out, write_snapshots

        if not path.is_dir():
            raise UsageError(f"There is no folder {path}.", "Nothing was taken.")
        # First: a batch that came before its terminal's new key is known would look like another's.
        register = take_entries(desk.books, desk.secrets.terminal_key, path, utc_now())
        files = sorted(each for each in path.rglob("*.ctb") if each.is_file())
        taken = take_in(desk.books, desk.secrets.terminal_key, files, utc_now())
        acks = write_out(desk.books, desk.secrets.terminal_key, path, taken)
        snapshots = write_snapshots(desk.books, path, taken, register)
        values = _take_parts(desk, path, utc_now())
    if json_:
        said = {
            "files": [asdict(each) for each in taken],
            "acks": acks,
            "snapshots": snapshots,
            "register": [asdict(each) for each in register],
        }
        print(json.dumps(said))
    else:
        if not taken:
            tell(f"There is no batch in {path}.")
        for entries in register:
            tell(f"{entries.file}: {entries.said}")
        for each in taken:
            tell(f"{each.file}: {each.verdict}{'. ' + each.detail if each.detail else ''}")
        tell(f"{number_of(acks, 'answer')} written to {path}.")
        for terminal, version in snapshots.items():
            tell(f"{terminal} brought no batch: snapshot {version} is written for it.")
        for store in sorted(path.rglob("store.db")):
            tell(f"{store} was not read: name it to take what is left of a terminal there.")
        if values:
            tell(f"{number_of(values, 'personal value')} taken, kept encrypted.")
    return 0 if all(each.was_taken for each in taken) and all(each.was_believed for each in register) else 1


def recover_(terminal: str, /, *, epoch: int | None = None, dir: Path | None = None, json_: bool = False) -> int:  # noqa: A002
    """Of a terminal whose disk is gone, stolen or burned: take in what was heard live of it and never sealed.

    A technician signs in; two people release and post it. If its disk or a backup of it is there, import that instead:
    it has what nobody heard as well.

    Parameters
    ----------
    terminal
        The terminal's code.
    epoch
        Which of its epochs; the newest if not given.
    dir
        The ledger's folder.
    json_
        Answer as JSON: {"terminal", "epoch", "records", "last_seq", "batch_no", "last_batch_no"}.
    """
    with at_desk(dir) as desk:
        from countertui.cli.ledger.now import utc_now
        from countertui.domain.rights import Act
        from countertui.ledger.keep_terminals import newest_epoch
        from countertui.ledger.recovering_heard import recover_heard

        by = desk.sign_in(Act.RELEASE, "Technician")
        with desk.books.reading() as connection:
            of = epoch or newest_epoch(connection, terminal) or 1
        found = recover_heard(desk.books, desk.secrets.terminal_key, terminal, of, by, utc_now())
    if json_:
        names = ("terminal", "epoch", "records", "last_seq", "batch_no", "last_batch_no")
        print(json.dumps({name: value for name, value in asdict(found).items() if name in names}))
        return 0
    tell(f"{found.terminal}, epoch {found.epoch}: {number_of(found.records, 'record')} taken that were heard live.")
    _tell_what_waits(found)
    return 0


def _take_parts(desk: AtDesk, path: Path, now: str) -> int:
    """Take the sealed personal values beside batches that are here; gives how many of them are here now.

    What can't be read, or belongs to no batch that is here, is left on the stick: it comes with the batch.
    """
    from countertui.ledger.personal import ElsewhereError, NotInCustodyError, take_part
    from countertui.machine import random_bytes
    from countertui.sync.personal_part import MAX_PART, MalformedPartError, read_part
    from countertui.sync.vault import Vault

    vault = Vault(desk.secrets.field_key, desk.books.ledger, random_bytes)
    values = 0
    for file in sorted(each for each in path.rglob("*.ctp") if each.is_file()):
        try:
            with file.open("rb") as opened:
                data = opened.read(MAX_PART + 1)
            _, terminal, epoch, no, _ = read_part(data)
            values += len(take_part(desk.books, vault, data, terminal, epoch, no, now))
        except (MalformedPartError, ElsewhereError, NotInCustodyError):
            tell(f"{file.name}: personal values that were not taken.", sys.stderr)
    return values


def _recover(path: Path, dir: Path | None, *, admit_again: bool, json_: bool) -> int:  # noqa: A002
    with at_desk(dir) as desk:
        from countertui.cli.ledger.now import utc_now
        from countertui.domain.rights import Act
        from countertui.ledger.dead_store import read_store
        from countertui.ledger.recovering import recover

        left = read_store(path)
        if admit_again:
            _admit_again(desk, left)
        by = desk.sign_in(Act.RELEASE, "Technician")
        found = recover(desk.books, desk.secrets.terminal_key, left, by, utc_now())
    status = 0 if found.bad is None and not found.register_fault else 1
    if json_:
        print(json.dumps(asdict(found)))
        return status
    if found.entries:
        tell(f"{number_of(found.entries, 'entry', 'entries')} of the register came back with it.")
    if found.register_fault:
        tell(f"Of the register that it has, no more is taken: {found.register_fault}")
    tell(f"{found.terminal}, epoch {found.epoch}: its store goes to record {found.last_seq}.")
    tell(
        f"{number_of(found.sealed, 'sealed batch', 'sealed batches')} taken, {number_of(found.records, 'record')} more."
    )
    if found.heard:
        tell(f"{number_of(found.heard, 'record')} of these were heard live, and are not in that store: it is older.")
    _tell_what_waits(found)
    if found.bad is not None:
        tell(
            f"Record {found.bad} does not verify by the keys known here. It was altered there, or is signed with a key"
            " that no record before it brought in rightly. Keep the disk as it is: an alarm was raised."
        )
        if found.bad <= found.last_seq:
            tell("The ledger has that record as it was signed.")
        if found.left_out:
            tell(f"{number_of(found.left_out, 'record')} after {found.last_seq} were not taken: look at them there.")
    return status


def _tell_what_waits(found: Recovered) -> None:
    if found.batch_no is not None and found.last_batch_no is not None:
        for no in range(found.batch_no, found.last_batch_no + 1):
            tell(f"Two people release and post them: countertui ledger release {found.terminal} {no} --reason TEXT")


def _admit_again(desk: AtDesk, left: Left) -> None:
    from countertui.cli.ledger.admission import two_people
    from countertui.cli.ledger.now import utc_now
    from countertui.ledger.admitting_again import admit_again

    by = two_people(desk.books, desk.secrets)
    with desk.books.writing() as connection:
        admit_again(connection, desk.books, desk.secrets.terminal_key, left, by, utc_now())
    tell(f"The key of {left.terminal}, epoch {left.epoch}, is let in again by {by[0]} and {by[1]}.", sys.stderr)
