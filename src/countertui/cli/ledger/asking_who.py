"""Who answers for a command at the ledger: an operator id and a PIN, each its own question."""

from __future__ import annotations

from typing import TYPE_CHECKING

from countertui.cli.asking import ask, ask_secret, passphrase_for
from countertui.cli.ledger.now import utc_now

if TYPE_CHECKING:
    from countertui.domain.rights import Act
    from countertui.ledger.books import Books
    from countertui.ledger.imported import Answering
    from countertui.ledger.sign_in import SignedIn
    from countertui.sync.keyslots import Secrets


def who(books: Books, secrets: Secrets, act: Act, prompt: str = "Operator", named: str | None = None) -> SignedIn:
    """Ask for an id and a PIN and sign that person in for `act`; in a pipe one line each.

    `prompt` says who of several is meant; `named` is an id that was given already. Raises
    NotSignedInError, and UsageError where standard input has ended.
    """
    from countertui.ledger.sign_in import sign_in

    operator = named or ask(prompt)
    return sign_in(books, secrets.pin_pepper, operator, ask_secret(f"{prompt}, PIN"), act, utc_now())


def answering(books: Books) -> Answering:
    """Open the ledger's keys, and sign in who answers for an import: the opener's passphrase first, then id and PIN."""
    from countertui.domain.rights import Act
    from countertui.ledger.imported import Answering
    from countertui.ledger.keys import open_secrets
    from countertui.machine import uuid7

    secrets = open_secrets(books.folder, passphrase_for(books.folder))
    return Answering(secrets.terminal_key, who(books, secrets, Act.IMPORT).id, uuid7())
