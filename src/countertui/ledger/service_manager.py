"""What the ledger tells the service manager that started it, after sd_notify(3): that it listens, and that it ends."""

from __future__ import annotations

import os
import socket

import structlog

READY, STOPPING = "READY=1", "STOPPING=1"
_LOG = structlog.get_logger("countertui.ledger")


def tell(state: str) -> None:
    """Tell it READY or STOPPING; where none asks to be told (NOTIFY_SOCKET), it tells nobody."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address:
        return
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as opened:
            # An address that begins with @ is an abstract one: no file, its first byte is zero.
            opened.connect(f"\0{address[1:]}" if address.startswith("@") else address)
            opened.sendall(state.encode())
    except OSError as fault:  # the service is no worse for it; its manager will say what it waited for
        _LOG.warning("not told", state=state, error=type(fault).__name__)
