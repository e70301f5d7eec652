"""`countertui ledger serve`: the ledger as a service."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cyclopts import App

from countertui.cli.extras import require_extras
from countertui.cli.ledger.now import utc_now
from countertui.cli.places import books_folder

ENDS_WITHIN_S = 10.0
"""How long the embedded ledger of a counter that was killed may still be ending while the next one starts."""


def add_to(ledger: App) -> None:
    """Add this module's command to `countertui ledger`."""
    ledger.command(serve)


def serve(
    *,
    dir: Path | None = None,  # noqa: A002
    host: str | None = None,
    port: int | None = None,
    tls_cert: Path | None = None,
    tls_key: Path | None = None,
    make_certificate: str | None = None,
    until_stdin_closes: bool = False,
) -> int:
    """Take batches and give snapshots over HTTP; prints its address as JSON, and its log as JSON lines.

    What is not named here, ledger.toml in the ledger's folder says.

    Parameters
    ----------
    dir
        The ledger's folder.
    host
        The address to listen on, else 127.0.0.1. Any other than this machine's own needs a certificate.
    port
        The port; 0 takes a free one.
    tls_cert
        A PEM file with the certificate, and those above it.
    tls_key
        A PEM file with the certificate's private key.
    make_certificate
        Make a certificate of the ledger's own first, for these host names and addresses, with commas between, and write
        it to ledger.toml. Terminals learn it when they are admitted.
    until_stdin_closes
        Stop when standard input closes, as a child that must not outlive its parent.
    """
    require_extras("ledger")
    with _nothing_thrown_away():
        from countertui.cli.asking import passphrase_for
        from countertui.folder_lock import FolderLock
        from countertui.ledger.server import serve as serve_ledger
        from countertui.ledger.settings import read_settings

    folder = books_folder(dir)
    patience_s = ENDS_WITHIN_S if until_stdin_closes else 0
    lock = FolderLock(folder, "ledger serve", of="ledger", patience_s=patience_s)
    try:
        if make_certificate is not None:
            _make_certificate(folder, [name.strip() for name in make_certificate.split(",")])
        given = {
            "port": port,
            "tls_cert": None if tls_cert is None else str(tls_cert.resolve()),
            "tls_key": None if tls_key is None else str(tls_key.resolve()),
        }
        settings = read_settings(folder).model_copy(update={name: v for name, v in given.items() if v is not None})
        passphrase = passphrase_for(folder)
        serve_ledger(
            folder,
            passphrase,
            utc_now,
            settings,
            host=host,
            until_stdin_closes=until_stdin_closes,
            listening=lock.serves_at,
        )
    finally:
        lock.close()
    return 0


@contextmanager
def _nothing_thrown_away() -> Iterator[None]:
    """Look for garbage neither while modules are loaded nor later among what they hold: a start takes a sixth less."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def _make_certificate(folder: Path, names: list[str]) -> None:
    from countertui.ledger.settings import read_settings, write_settings
    from countertui.ledger.tls import CERTIFICATE, PRIVATE_KEY, make_certificate

    settings = read_settings(folder)
    pin = make_certificate(folder, names, utc_now())
    write_settings(folder, settings.model_copy(update={"tls_cert": CERTIFICATE, "tls_key": PRIVATE_KEY}))
    print(f"The certificate's key: {pin}", file=sys.stderr)
