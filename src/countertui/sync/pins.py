"""PIN verifiers: what is kept of a PIN, of use only with the terminal's pepper.

Four to eight digits are no key: with the verifiers alone, all of them are tried in a day. The pepper is in the
terminal's slots, so a PIN switches operators on a terminal that an opener has unlocked, and does nothing else.
"""

from __future__ import annotations

import base64
import hmac
import re
from collections.abc import Callable

from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from countertui.domain.operators import new_code, plain_code
from countertui.sync.faults import PinRuleError, PinVerifierError
from countertui.sync.keyslots import Cost

PIN_COST = Cost(memory_kib=19456, iterations=2, lanes=1)
"""OWASP Password Storage Cheat Sheet, Argon2id, the lowest-memory of the recommended settings but two."""

_PIN = re.compile(r"[0-9]{4,8}")
_VERIFIER = re.compile(
    r"\$argon2id\$v=19\$m=([1-9][0-9]{0,5}),t=([1-9]),p=([1-4])\$([A-Za-z0-9+/]{22})\$([A-Za-z0-9+/]{43})"
)
_MOST_MEMORY_KIB = 128 * 1024


def require_pin(pin: str) -> None:
    """Raise PinRuleError unless the PIN is 4 to 8 digits, ASCII."""
    if not _PIN.fullmatch(pin):
        raise PinRuleError("A PIN is 4 to 8 digits.", "Nothing was changed.", "Type another PIN.")


def pin_verifier(pin: str, pepper: bytes, random: Callable[[int], bytes], cost: Cost = PIN_COST) -> str:
    """The verifier of a PIN in the PHC string format, over HMAC-SHA256(pepper, pin). Takes about 0.1 s.

    Raises PinRuleError unless the PIN is 4 to 8 digits, ASCII.
    """
    require_pin(pin)
    return _verifier(pin, pepper, random, cost)


def code_and_verifier(pepper: bytes, random: Callable[[int], bytes], cost: Cost = PIN_COST) -> tuple[str, str]:
    """A new one-time code as it is shown, and the verifier of its plain spelling, like a PIN's. Takes about 0.1 s.

    Its ten letters are longer than any PIN: neither is ever taken for the other.
    """
    code = new_code(random(10))
    return code, _verifier(plain_code(code), pepper, random, cost)


def _verifier(secret: str, pepper: bytes, random: Callable[[int], bytes], cost: Cost) -> str:
    salt = random(16)
    hashed = _derive(secret, pepper, salt, cost)
    return f"$argon2id$v=19$m={cost.memory_kib},t={cost.iterations},p={cost.lanes}${_text(salt)}${_text(hashed)}"


def pin_matches(verifier: str, pin: str, pepper: bytes) -> bool:
    """Whether `pin` is the one `verifier` was made of; compared in constant time. Takes about 0.1 s.

    Raises PinVerifierError if the verifier is not of the form made here, or asks for more memory than a PIN may cost.
    """
    parts = _VERIFIER.fullmatch(verifier)
    if parts is None:
        raise PinVerifierError("This operator's PIN entry cannot be read.", "", "Have an admin reset the PIN.")
    cost = Cost(int(parts[1]), int(parts[2]), int(parts[3]))
    if not 8 * cost.lanes <= cost.memory_kib <= _MOST_MEMORY_KIB:
        raise PinVerifierError("This operator's PIN entry asks for too much work.", "", "Have an admin reset the PIN.")
    hashed = _derive(pin, pepper, base64.b64decode(parts[4] + "=="), cost)
    return hmac.compare_digest(_text(hashed), parts[5])


class PepperedPins:
    """The Pins port with an unlocked terminal's pepper."""

    def __init__(self, pepper: bytes, random: Callable[[int], bytes], cost: Cost = PIN_COST) -> None:
        self._pepper, self._random, self._cost = pepper, random, cost

    def verifier(self, pin: str) -> str:
        """The verifier of a new PIN. Raises PinRuleError."""
        return pin_verifier(pin, self._pepper, self._random, self._cost)

    def code(self) -> tuple[str, str]:
        """A new one-time code, as it is shown, and the verifier of its plain spelling."""
        return code_and_verifier(self._pepper, self._random, self._cost)

    def matches(self, verifier: str, pin: str) -> bool:
        """Whether the PIN, or the code in its plain spelling, is the verifier's. Raises PinVerifierError."""
        return pin_matches(verifier, pin, self._pepper)


def _derive(pin: str, pepper: bytes, salt: bytes, cost: Cost) -> bytes:
    peppered = hmac.digest(pepper, pin.encode("utf-8", "surrogatepass"), "sha256")
    kdf = Argon2id(salt=salt, length=32, iterations=cost.iterations, lanes=cost.lanes, memory_cost=cost.memory_kib)
    return kdf.derive(peppered)


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode().rstrip("=")
