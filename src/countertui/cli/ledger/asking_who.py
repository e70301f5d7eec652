"""Who answers for a command at the ledger: an operator id and a PIN, each its own question."""

from __future__ import annotations

from typing import TYPE_CHECKING

from countertui.cli.asking import ask, ask_secret
from countertui.cli.ledger.now import utc_now

if TYPE_CHECKING:
    from countertui.domain.rights import Act
    from countertui.ledger.books import Books
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
