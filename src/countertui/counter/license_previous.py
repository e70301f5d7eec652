"""What an application takes over from a license that there is: a business that moves, grows or comes back."""

from __future__ import annotations

from countertui.counter.account_changes import as_changed
from countertui.counter.accounts import account_here
from countertui.counter.licenses import license_here
from countertui.counter.station import Station
from countertui.domain.license_application import (
    BUSINESS,
    CLASS,
    MAILING,
    PREMISES,
    STARTS,
    answer_field,
    contact_field,
    phone_as_written,
)
from countertui.domain.license_facts import texts_of
from countertui.domain.reference import AccountKind
from countertui.domain.refusal import Refused


class NoSuchLicense(Refused):
    """No license here has that number."""


def texts_of_license(station: Station, number: str) -> dict[str, str]:
    """What is known of a license as the texts of an application, without what is empty. Raises NoSuchLicense."""
    typed = number.strip().upper()
    known = station.reference.licenses.license(typed)
    row = account_here(station, station.reader, typed if known is None else known.account)
    if row is None or row.kind != AccountKind.LICENSE:
        raise NoSuchLicense(f"There is no license {number[:24]}.", "Nothing was filled in.", "Type its number again.")
    (here,) = as_changed(station, station.reader, [row])
    texts = {BUSINESS: here.name, PREMISES: here.address, contact_field(1, "phone"): phone_as_written(here.phone)}
    if known is not None:
        texts |= {CLASS: known.license_class, MAILING: known.mailing_address}
    license_ = license_here(station, station.reader, typed)
    if license_ is not None:
        texts |= {of: text for of, text in texts_of(license_.says).items() if text and not _is_declared_anew(of)}
    return {of: text for of, text in texts.items() if text}


def _is_declared_anew(of: str) -> bool:
    return of == STARTS or of.startswith(answer_field(""))
