"""Every word that is said of a printer, and what a person does about it."""

from __future__ import annotations

from collections.abc import Mapping

_TECHNICIAN = "Call a technician."

WORDS: Mapping[str, str] = {
    "ok": "",
    "no status": "",
    "none": "Receipts wait. A technician can set up a printer in terminal.toml.",
    "paper low": "Have a new roll at hand.",
    "paper out": "Load paper: the receipt goes on by itself.",
    "cover open": "Close its cover.",
    "cutter jammed": "Switch it off, clear the cutter, switch it on.",
    "printer error": "Switch it off and on. If it comes back, call a technician.",
    "offline": "Press its feed or online button, or switch it off and on.",
    "off": "Switch it on and check its cable.",
    "busy": "Another terminal or program is using it: wait a moment.",
    "unplugged": "Plug it in and switch it on.",
    "unknown": "It does not answer: look at it, then switch it off and on.",
    "garbled": "Look at its cable. A technician can check baud, bits and parity in terminal.toml.",
    "stopped": "Check the printer, then have a technician start its queue.",
    "no network": "Check this computer's network cable.",
    "no address": _TECHNICIAN,
    "no port": _TECHNICIAN,
    "no printer": _TECHNICIAN,
    "no queue": _TECHNICIAN,
    "no USB": _TECHNICIAN,
    "not allowed": _TECHNICIAN,
    "which one": "Unplug the others of its kind, or have a technician name its serial number.",
    "disk full": _TECHNICIAN,
}
"""Word to what to do; docs/devices.md says more of each."""
