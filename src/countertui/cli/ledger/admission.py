"""`countertui ledger admit|revoke|unfreeze|go-on`: whose signature the ledger believes, by two people each time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from cyclopts import App

from countertui.cli.extras import require_extras
from countertui.cli.ledger.now import utc_now
from countertui.cli.lines import tell
from countertui.cli.places import books_folder

if TYPE_CHECKING:
    from countertui.ledger.books import Books
    from countertui.ledger.sign_in import SignedIn
    from countertui.sync.keyslots import Secrets

INVITATION, REQUEST, ADMISSION = "{}-invitation.json", "{}-request.json", "{}-admission.ndjson"
"""What goes to and fro on a stick, named for the terminal."""
SNAPSHOT = "snapshot"


def add_to(ledger: App) -> None:
    """Add this module's commands to `countertui ledger`."""
    for command in (admit, revoke, unfreeze, go_on):
        ledger.command(command)


def admit(
    terminal: str,
    /,
    *,
    office: str | None = None,
    from_: Path | None = None,
    to: Path | None = None,
    dir: Path | None = None,  # noqa: A002
) -> int:
    """Let a terminal in, by two people: the first gives out a code, the second compares the terminal's fingerprint.

    With --office: signs in the first person and prints a one-time code, good for a day and five tries; type it at the
    terminal: countertui init. Without: signs in the second person, who types the fingerprint that the terminal shows.

    Parameters
    ----------
    terminal
        The terminal's code: a large letter, then up to seven large letters and digits.
    office
        The office it stands in.
    from_
        For a terminal without a network: a folder, as of a stick, that its request lies in.
    to
        The same: a folder to put the invitation, or the admission and the newest snapshot, into.
    dir
        The ledger's folder.
    """
    require_extras("ledger")
    with _open(dir) as (books, secrets):
        if office is not None:
            return _give_out_code(books, secrets, terminal, office, to)
        return _admit(books, secrets, terminal, from_, to)


def revoke(
    terminal: str,
    /,
    *,
    reason: str,
    after: int | None = None,
    epoch: int | None = None,
    dir: Path | None = None,  # noqa: A002
) -> int:
    """Believe nothing more that a terminal signs, as after a theft; two people sign in.

    What it signed up to its last good record counts as ever, also if it comes later.

    Parameters
    ----------
    terminal
        The terminal's code.
    reason
        Why; it stands in the register.
    after
        Its last good record's sequence number; the last one that the ledger has taken or seen if not given.
    epoch
        Which of its epochs; the newest if not given.
    dir
        The ledger's folder.
    """
    require_extras("ledger")
    from countertui.ledger.keep_terminals import last_known, last_receipt, newest_epoch
    from countertui.ledger.keep_terminals import revoke as revoke_key

    with _open(dir) as (books, secrets):
        by = two_people(books, secrets)
        with books.writing() as connection:
            of = epoch or newest_epoch(connection, terminal) or 1
            last = last_known(connection, terminal, of) if after is None else after
            revoke_key(connection, books, secrets.terminal_key, terminal, of, last, reason, by, utc_now())
            receipt = last_receipt(connection, terminal, of)
    tell(f"The key of {terminal}, epoch {of}, is revoked: what it signed after record {last} counts for nothing.")
    tell(f"The last receipt here is {receipt or 'none'}: what it took after that is on paper alone. Count its drawer.")
    return 0


def unfreeze(terminal: str, /, *, reason: str, epoch: int | None = None, dir: Path | None = None) -> int:  # noqa: A002
    """Take a frozen terminal's batches again, once it is known what happened; two people sign in.

    Parameters
    ----------
    terminal
        The terminal's code.
    reason
        What was found; it stands in the register.
    epoch
        Which of its epochs; the newest if not given.
    dir
        The ledger's folder.
    """
    require_extras("ledger")
    from countertui.ledger.keep_terminals import newest_epoch
    from countertui.ledger.keep_terminals import unfreeze as unfreeze_terminal
    from countertui.ledger.live import forget_witnessed

    with _open(dir) as (books, secrets):
        by = two_people(books, secrets)
        with books.writing() as connection:
            of = epoch or newest_epoch(connection, terminal) or 1
            unfreeze_terminal(connection, books, secrets.terminal_key, terminal, of, reason, by, utc_now())
            forget_witnessed(connection, terminal, of)
    tell(f"{terminal}, epoch {of}, is no longer frozen; it sends what waits by itself.")
    return 0


def go_on(*terminals: str, reason: str, dir: Path | None = None) -> int:  # noqa: A002
    """Have a restored ledger change its register without waiting for these terminals; two people sign in.

    A terminal that has entries of the register which the ledger lost believes nothing of it any more after that. Name
    only terminals that can't have any: those that had no network between the backup and the loss, or are gone.

    Parameters
    ----------
    terminals
        Whom it is not to wait for, of those that countertui ledger status names: T2/1, or T2 where that is one.
    reason
        Why they can't be heard; an alarm keeps it.
    dir
        The ledger's folder.
    """
    require_extras("ledger")
    from countertui.ledger.restoring import go_on as wait_no_longer
    from countertui.ledger.restoring import named_of

    with _open(dir) as (books, secrets):
        with books.reading() as connection:
            named_of(connection, terminals)
        by = two_people(books, secrets)
        with books.writing() as connection:
            named = named_of(connection, terminals)
            left = wait_no_longer(connection, named, by, reason, utc_now())
    tell(f"The register goes on without {_in_words(named)}.")
    if left:
        tell(f"It still waits for {_in_words(left)}.")
    return 0


def _in_words(places: Sequence[tuple[str, int]]) -> str:
    return ", ".join(f"{terminal}/{epoch}" for terminal, epoch in places)


def _give_out_code(books: Books, secrets: Secrets, terminal: str, office: str, to: Path | None) -> int:
    from countertui.cli.ledger.asking_who import who
    from countertui.domain.rights import Act
    from countertui.ledger.enrolment import VALID_HOURS, begin
    from countertui.machine import random_bytes
    from countertui.sync.canonical import canonical
    from countertui.sync.durable import write_durably

    first = who(books, secrets, Act.KEEP_KEYS)
    with books.writing() as connection:
        code, invitation = begin(connection, books, terminal, office, first.id, random_bytes, utc_now())
    if to is not None:
        write_durably(to / INVITATION.format(terminal), canonical(invitation.model_dump()))
    tell(f"Code for {terminal}, good for {VALID_HOURS} hours: {code}")
    way = "--ledger URL" if to is None else "--from FOLDER --to FOLDER"
    tell(f"At the terminal:\n  countertui init {way} --terminal {terminal} --code {code}")
    back = "" if to is None else " --from FOLDER --to FOLDER"
    tell(f"Then a second person, here: countertui ledger admit {terminal}{back}")
    return 0


def _admit(books: Books, secrets: Secrets, terminal: str, from_: Path | None, to: Path | None) -> int:
    from countertui.cli.asking import ask
    from countertui.cli.ledger.asking_who import who
    from countertui.domain.rights import Act
    from countertui.errors import UsageError
    from countertui.ledger.enrolment import admit as admit_asked
    from countertui.ledger.enrolment import take_request, waiting
    from countertui.ledger.snapshot_stick import NothingPublishedError, write_snapshot_to
    from countertui.sync.durable import write_durably

    if from_ is not None:
        take_request(books, terminal, (from_ / REQUEST.format(terminal)).read_bytes(), utc_now())
    with books.reading() as connection:
        asked = waiting(connection, terminal, utc_now())
    if asked is None:
        raise UsageError(
            f"Terminal {terminal} has not asked yet, or its code ran out.",
            press="Give out a code with --office, then run countertui init at the terminal.",
        )
    tell(f"{terminal}, office {asked.office}, asks to be let in; {asked.begun_by} gave out its code.")
    second = who(books, secrets, Act.KEEP_KEYS, "Second person")
    typed = ask("Fingerprint, as the terminal shows it")
    admission = admit_asked(books, secrets, terminal, second.id, typed, utc_now())
    if to is not None:
        write_durably(to / ADMISSION.format(terminal), admission)
        with suppress(NothingPublishedError):  # the terminal says so itself
            write_snapshot_to(books, to / SNAPSHOT, terminal)
    tell(f"{terminal} is admitted by {asked.begun_by} and {second.id}.")
    return 0


def two_people(books: Books, secrets: Secrets) -> tuple[str, str]:
    """Two different people who may keep keys, each signed in on their own. Raises NotSignedInError, NotAllowed."""
    from countertui.cli.ledger.asking_who import who
    from countertui.domain.rights import Act, require_second_person

    first: SignedIn = who(books, secrets, Act.KEEP_KEYS, "First person")
    second: SignedIn = who(books, secrets, Act.KEEP_KEYS, "Second person")
    require_second_person(second.id, (first.id,))
    return first.id, second.id


@contextmanager
def _open(dir: Path | None) -> Iterator[tuple[Books, Secrets]]:  # noqa: A002 - the option's name
    """The ledger's books and secrets, for one command."""
    from countertui.cli.asking import passphrase_for
    from countertui.ledger.books import open_books
    from countertui.ledger.keys import open_secrets

    folder = books_folder(dir)
    secrets = open_secrets(folder, passphrase_for(folder))
    books = open_books(folder)
    try:
        yield books, secrets
    finally:
        books.close()
