"""`countertui license verify`: what a certificate's code proves by itself, and how its license stands since."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from countertui.cli.certificate_file import code_in, is_pdf
from countertui.cli.code_proof import Known, address_of, asked, known_here, proven, text_of
from countertui.errors import AnswerNo

if TYPE_CHECKING:
    from countertui.domain.license_certificates import Present, Printed

_BEGINS = ("CTUL1", "CTUL2")


@dataclass(frozen=True, slots=True)
class _Told:
    """By whose word the license stands as it does, in words; present: as it does, None where that is not known."""

    by: str
    present: Present | None = None


def verify(
    code: str,
    /,
    *,
    ledger_key: str | None = None,
    dir: Path | None = None,  # noqa: A002
    online: bool = False,
    url: str | None = None,
    on: date | None = None,
    json_: bool = False,
) -> int:
    """Check the code on a license certificate.

    Exit status 0 if it is valid; 1 if it has expired, its license is suspended, revoked, closed or not in force, or it
    is none of this city's.

    Parameters
    ----------
    code
        The text of the QR code, a file that holds it, or the certificate's PDF as it was written.
    ledger_key
        The ledger's public key in hex, where there is no terminal to take it from.
    dir
        A terminal's folder: its keys, its newest snapshot, and its ledger's address.
    online
        Ask the ledger how the license stands.
    url
        The ledger's address for --online, if not the terminal's. A demo's own is found while it runs.
    on
        The day to judge it by, like 2027-03-15; today if not given.
    json_
        Answer as JSON: {"ok", "fault", "standing", "by", "on", "source", "claim", "proves", "does_not_prove"}; by:
        code, snapshot or ledger; source: code, or pdf: read from its data, not from its page. standing and claim are
        null where the code is not believed.
    """
    from countertui.domain.license_certificates import PaperState, paper_state, paper_words
    from countertui.sync.license_claim import CERTIFICATE, PROVES, PROVES_NOT

    pdf = is_pdf(Path(code))
    text, known = code_in(Path(code)) if pdf else text_of(code, _BEGINS, "certificate"), known_here(ledger_key, dir)
    day = on or datetime.now(UTC).astimezone().date()
    said: dict[str, Any] = {"ok": False, "fault": None, "standing": None, "by": None, "on": day.isoformat()}
    said |= {"source": "pdf" if pdf else "code", "claim": None, "proves": [], "does_not_prove": []}
    words: list[str] = []
    try:
        claim = proven(CERTIFICATE, text, known)
        said |= {"claim": claim, "proves": list(PROVES), "does_not_prove": list(PROVES_NOT)}
        printed = _printed(claim)
        told = _by_ledger(claim, known, url) if online or url is not None else _by_snapshot(claim, known)
        state = paper_state(printed, told.present, day)
        so, means = paper_words(state, printed, told.present, day)
        said |= {"ok": state is PaperState.VALID, "standing": state.value, "by": told.by}
        said["fault"] = None if said["ok"] else f"{so}."
        words = _words(claim, said, f"{so}. {means}")
    except AnswerNo as fault:
        if not json_:
            raise
        said |= {"ok": False, "fault": fault.happened}
    print(json.dumps(said) if json_ else "\n".join(words))
    return 0 if said["ok"] else 1


def _printed(claim: dict[str, Any]) -> Printed:
    from countertui.domain.license_certificates import printed_of

    printed = printed_of(claim)
    if printed is None:
        raise AnswerNo("This certificate's code holds what is no day.", "", "Look the license up.")
    return printed


def _by_snapshot(claim: dict[str, Any], known: Known) -> _Told:
    """By the newest snapshot of the terminal's folder; by the code alone where there is none, or it knows nothing."""
    if known.folder is None:
        return _Told("code")
    from countertui.domain.license_certificates import present_of, replaced_after
    from countertui.store.reference import Reference

    reference = Reference(known.folder / "reference.db")
    try:
        row, acts = reference.licenses.license(claim["number"]), reference.licenses.acts(claim["number"])
    finally:
        reference.close()
    since = replaced_after(acts, claim["terminal"], claim["epoch"], claim["seq"])
    present = None if row is None else present_of(row.status, row.expires_on, row.business, row.license_class, since)
    return _Told("code") if present is None else _Told("snapshot", present)


def _by_ledger(claim: dict[str, Any], known: Known, url: str | None) -> _Told:
    from countertui.domain.license_certificates import Replaced, Since, present_of
    from countertui.sync.license_claim import CERTIFICATE

    license_ = asked(CERTIFICATE, claim, known, address_of(known, url)).license
    if license_ is None:
        raise AnswerNo("The ledger has this certificate's record, but no such license.", "", "Ask at the counter.")
    try:
        gone = license_.replaced
        since = None if gone is None else Replaced(Since(gone.since), date.fromisoformat(gone.on))
        said = license_.status, license_.expires_on, license_.business, license_.license_class
        present = present_of(*said, since)
    except ValueError:
        present = None
    if present is None:
        raise AnswerNo("The ledger's answer about this license cannot be read.")
    return _Told("ledger", present)


def _words(claim: dict[str, Any], said: dict[str, Any], standing: str) -> list[str]:
    from countertui.domain.receipts import short_hash

    copy = f", duplicate {claim['copy'] - 1}" if claim["copy"] > 1 else ""
    lines = [
        f"{claim['number']}  {claim['business']}  {claim['license_class']}  {claim['begins']} to {claim['ends']}{copy}",
        f"  terminal {claim['terminal']}, record {claim['seq']}, check code {short_hash(bytes.fromhex(claim['h']))}",
        f"proves: {', '.join(said['proves'])}",
    ]
    if said["by"] != "ledger":
        lines.append(f"does not prove: {', '.join(said['does_not_prove'])}")
    if said["source"] == "pdf":
        lines.append("read from the file's own data, not from its page: compare the page with what stands above")
    by = {"code": "By the code alone", "snapshot": "By the newest snapshot here", "ledger": "By the ledger"}
    return [*lines, f"{by[said['by']]}, on {said['on']}: {standing}"]
