"""The serial ports of this machine, by names that last."""

from __future__ import annotations

import re
from pathlib import Path

BY_ID = Path("/dev/serial/by-id")
_DEV = Path("/dev")
_SHAPE = re.compile(r"/dev/(serial/by-(id|path)/[^/]+|tty(S|USB|ACM|AMA|O|mxc|XRUSB)\d+|rfcomm\d+|pts/\d+)")


def serial_ports() -> tuple[str, ...]:
    """The ports there are now: those of USB adapters by the name that stays when they are plugged in elsewhere."""
    lasting = sorted(BY_ID.iterdir()) if BY_ID.is_dir() else []
    named = {entry.resolve() for entry in lasting}
    plain = [port for kind in ("ttyUSB*", "ttyACM*", "ttyS?") for port in sorted(_DEV.glob(kind))]
    return tuple(map(str, (*lasting, *(port for port in plain if port.resolve() not in named))))


def lasting_name(port: Path, by_id: Path = BY_ID) -> Path | None:
    """The name that a USB adapter keeps when it is plugged in elsewhere; None where nothing bears that port."""
    if not by_id.is_dir():
        return None
    at = port.resolve()
    return next((entry for entry in sorted(by_id.iterdir()) if entry.resolve() == at), None)


def is_called_a_port(name: str) -> bool:
    """Whether it has the name of a serial port."""
    return _SHAPE.fullmatch(name) is not None


def may_be_a_port(name: str) -> bool:
    """Whether a port can have that name. It need not be there: an adapter may be plugged in later."""
    return is_called_a_port(name) or (name.startswith("/dev/") and Path(name).is_char_device())
