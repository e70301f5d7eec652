"""What the public page says of a license's certificate."""

from __future__ import annotations

from countertui.domain.dates import us_date
from countertui.domain.license_certificates import PaperState
from countertui.ledger.license_check import CheckedLicense
from countertui.ledger.receipt_page import section

_TONES = {PaperState.VALID: "good", PaperState.NOT_YET: "wait"}


def stands(found: CheckedLicense, license_class: str) -> str:
    """What whoever is shown a genuine certificate may know: what it says itself, and whether that still stands."""
    printed = found.printed
    words = found.means
    if not found.here:
        words = f"{words} Its office has not sent it in yet: check again in a few days."
    first, last = us_date(printed.begins.isoformat()), us_date(printed.ends.isoformat())
    rows = [
        ("License", found.number),
        ("Business", printed.business),
        ("Class", license_class),
        ("Term", f"{first} to {last}"),
        ("Standing", found.state.value),
    ]
    if found.copy > 1:
        rows.append(("Certificate", f"duplicate {found.copy - 1}"))
    if found.office:
        rows.append(("Issued at", found.office))
    tone = _TONES.get(found.state, "bad")
    return section("wait" if tone == "good" and not found.here else tone, found.so, words, rows)
