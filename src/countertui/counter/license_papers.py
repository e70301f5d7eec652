"""A license's certificate as a PDF beside the store: of the act here that issued it, or had it printed again.

Made again it is the same file: the signature on its code and its date are those of the act.
"""

from __future__ import annotations

from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from countertui.counter.license_register import found_here, seen_in
from countertui.counter.license_schedule import business_day
from countertui.counter.licenses import LicenseRefused
from countertui.counter.paper import certificate_of_key
from countertui.domain.license_acts import BUSINESS, LICENSE_CLASS, OWNERS, PREMISES, PRINTED, TRADE_NAME
from countertui.domain.license_papers import certificate_number
from countertui.domain.license_states import Step
from countertui.store.live import hash_at
from countertui.store.store import read_body

if TYPE_CHECKING:
    from countertui.counter.station import Run, Station
    from countertui.documents.license_papers import Certificate
    from countertui.domain.license_acts import LicenseAct

PAPERS = "papers"
"""The folder beside the store that certificates are written into."""


def write_certificate(station: Station, run: Run, number: str) -> Path:
    """Write the newest certificate of a license that was printed here; gives its file. Raises LicenseRefused, PdfError.

    An errand: making it takes a while.
    """
    from countertui.documents.license_papers import certificate_pdf  # Typst is 80 MB

    certificate, made_at, name = run(_certificate, number)
    folder = station.store.path.parent / PAPERS
    made = certificate_pdf(certificate, made_at=made_at)
    folder.mkdir(exist_ok=True)
    file, begun = folder / f"{name}.pdf", folder / f"{name}.pdf.part"
    begun.write_bytes(made)
    begun.replace(file)
    return file


def _certificate(station: Station, number: str) -> tuple[Certificate, int, str]:
    from countertui.documents.license_papers import Certificate

    license_ = found_here(station, number)
    act = _printed_here(station, license_.acts)
    printed = act.says[PRINTED]
    seen = seen_in(station, license_, business_day(station, station.db))
    says, place = license_.says, station.place
    h = hash_at(station.db, act.seq)
    if h is None:
        raise LicenseRefused("The act is not in this journal.", "Nothing was printed.", "R prints it again.")
    code = str(says.get(LICENSE_CLASS, ""))
    business = str(says.get(BUSINESS, ""))
    claim = station.recorder.license_claim(
        {
            "terminal": act.terminal,
            "epoch": act.epoch,
            "seq": act.seq,
            "number": number,
            "business": business,
            "license_class": code,
            "begins": printed["begins"],
            "ends": printed["ends"],
            "copy": printed["copy"],
            "h": h.hex(),
        },
        partial(certificate_of_key, station),
        station.rules.license_address,
    )
    name = certificate_number(number, printed["begins"], printed["copy"])
    trade = str(says.get(TRADE_NAME, ""))
    certificate = Certificate(
        ledger_id=place.ledger,
        city=place.city,
        number=number,
        business=trade or business,
        owner=", ".join([*([business] if trade else []), *(one["name"] for one in says.get(OWNERS, ()))]),
        premises=tuple(part.strip() for part in str(says.get(PREMISES, "")).split(",", maxsplit=1) if part.strip()),
        license_class=seen.license_class.name if seen.license_class is not None else code,
        begins=printed["begins"],
        ends=printed["ends"],
        issued=act.dated,
        claim=claim,
        told=(f"Certificate {name}", "Not transferable. Post it where it can be seen."),
        address=station.rules.license_address,
        copy=printed["copy"],
    )
    made_at = int(datetime.fromisoformat(read_body(station.db, act.seq)["utc"]).timestamp())
    return certificate, made_at, name


def _printed_here(station: Station, acts: tuple[LicenseAct, ...]) -> LicenseAct:
    """The act that the newest certificate is of. Raises LicenseRefused where none is, or it was done elsewhere."""
    printed = [
        act for act in acts if act.carried_out and act.step in (Step.ISSUE, Step.REPLACE) and act.says.get(PRINTED)
    ]
    if not printed:
        raise LicenseRefused("No certificate of it was printed yet.", "Nothing was printed.", "R prints one.")
    here = station.place.terminal, station.place.epoch
    if (printed[-1].terminal, printed[-1].epoch) != here:
        raise LicenseRefused(
            f"Its certificate was printed at {printed[-1].terminal}.", "Nothing was printed.", "R prints it again here."
        )
    return printed[-1]
