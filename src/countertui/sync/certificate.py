"""The ledger's signature on a terminal's key: with the ledger's key alone, anybody can then check what that one signed.

```
signed = "ctp/1 certificate" 00 terminal 00 u64be(epoch) public key
```
"""

from __future__ import annotations

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from countertui.sync.ed25519 import verify

_DOMAIN = b"ctp/1 certificate\0"


def certify(terminal: str, epoch: int, public_key: bytes, ledger_key: Ed25519PrivateKey) -> bytes:
    """The 64 bytes that vouch for a terminal's key (raw 32 bytes) of an epoch. Raises ValueError for a zero byte."""
    return ledger_key.sign(_message(terminal, epoch, public_key))


def is_certified(
    terminal: str, epoch: int, public_key: bytes, certificate: bytes, ledger_key: Ed25519PublicKey
) -> bool:
    """Whether that ledger key vouches for the terminal's key."""
    try:
        message = _message(terminal, epoch, public_key)
    except (ValueError, OverflowError):
        return False
    return verify(ledger_key, certificate, message)


def _message(terminal: str, epoch: int, public_key: bytes) -> bytes:
    name = terminal.encode()
    if b"\0" in name or len(public_key) != 32:
        raise ValueError("a terminal's name with a zero byte, or a key that is not 32 bytes long")
    return _DOMAIN + name + b"\0" + epoch.to_bytes(8, "big") + public_key
