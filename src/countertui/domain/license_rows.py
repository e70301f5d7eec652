"""A license and its acts as rows of the published tables, and back: one definition for the ledger and the terminals."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from countertui.domain.license_acts import (
    BUSINESS,
    CONTACTS,
    EXPIRES_ON,
    ISSUED_ON,
    LICENSE_CLASS,
    LISTED,
    MAILING,
    NAICS,
    PARTY,
    PHONE,
    PREMISES,
    SAME_OWNER,
    SOURCE,
    STARTS,
    STATUS,
    TRADE_NAME,
    LicenseAct,
    as_act,
)
from countertui.domain.license_file import License
from countertui.domain.license_states import State, Step

_ACTIVE = frozenset({"active", "current"})
"""What lists from elsewhere call a license in force."""
_SAID = ("was", "says", "reason", "term")
Row = Mapping[str, Any]


def state_said(words: str) -> State:
    """The state that a list from elsewhere means; what says nothing that is known here is not stated."""
    told = words.strip().casefold().replace(" ", "_").replace("-", "_")
    if told in _ACTIVE:
        return State.ISSUED
    return State(told) if told in frozenset(State) - {State.DRAFT} else State.NOT_STATED


def listed_act(row: Row) -> LicenseAct:
    """The first act of a license that nothing was done with since a list brought it: nobody's. Empty is not said.

    row: of the published table `license`.
    """
    state = state_said(row["status"])
    said = {
        BUSINESS: row["business"],
        TRADE_NAME: row["trade_name"],
        PREMISES: row["premises"],
        MAILING: row["mailing_address"],
        LICENSE_CLASS: row["class"],
        NAICS: row["naics"].split(),
        STARTS: _day(row["starts"]),
        STATUS: "" if state is State.NOT_STATED else state.value,
        ISSUED_ON: _day(row["issued_on"]),
        EXPIRES_ON: _day(row["expires_on"]),
    }
    says = {name: value for name, value in said.items() if value} | {SOURCE: row["status"]}
    return LicenseAct(LISTED, "", 0, 0, said[ISSUED_ON], "", Step.FILE, says=says, carried_out=True)


def license_row(license_: License) -> dict[str, Any]:
    """A license's row of the published table; its state is that of a day before any calendar."""
    says = license_.says
    return {
        "number": license_.number,
        "account": license_.number,
        "class": says.get(LICENSE_CLASS, ""),
        "status": license_.state.value,
        "issued_on": _iso(license_.issued_on),
        "expires_on": _iso(license_.expires_on),
        "mailing_address": says.get(MAILING, ""),
        "business": says.get(BUSINESS, ""),
        "trade_name": says.get(TRADE_NAME, ""),
        "premises": says.get(PREMISES, ""),
        "naics": " ".join(says.get(NAICS, ())),
        "starts": says.get(STARTS, ""),
        "same_owner": says.get(SAME_OWNER, ""),
        "version": license_.version,
    }


def account_row(license_: License, credit_gl: str) -> dict[str, Any]:
    """The row of the account that a license is. credit_gl: where what is paid beyond its charges stands."""
    says = license_.says
    return {
        "number": license_.number,
        "kind": "license",
        "party": says.get(PARTY, license_.number),
        "name": says.get(BUSINESS) or says.get(TRADE_NAME, ""),
        "address": says.get(PREMISES, ""),
        "phone": says.get(PHONE) or next((one["phone"] for one in says.get(CONTACTS, ()) if one["phone"]), ""),
        "status": "",
        "flags": "",
        "credit_gl": credit_gl,
        "language": "",
    }


def changes_of_account(acts: Iterable[LicenseAct], row: Row) -> dict[str, str]:
    """What acts that were carried out change of the account that is there already: columns of `row`, and their values.

    Where none of them says anything of a field, what was written of the account stands.
    """
    said = {name for act in acts if act.carried_out and act.step is not Step.FILE for name in act.says}
    return {column: row[column] for column, names in _OF_ACCOUNT.items() if said & names}


_OF_ACCOUNT = {
    "name": {BUSINESS},
    "address": {PREMISES},
    "phone": {PHONE, CONTACTS},
}


def act_row(license_: str, n: int, act: LicenseAct) -> dict[str, Any]:
    """An act's row of the published table: the nth of its license."""
    body = {name: getattr(act, name) for name in _SAID} | {"personal": dict(act.personal)}
    return {
        "license": license_,
        "n": n,
        "id": act.id,
        "terminal": act.terminal,
        "epoch": act.epoch,
        "seq": act.seq,
        "dated": act.dated,
        "operator": act.operator,
        "step": act.step.value,
        "carried_out": int(bool(act.carried_out)),
        "body": json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False),
    }


def act_from_row(row: Row) -> LicenseAct:
    """The act that `act_row` made a row of."""
    said = json.loads(row["body"]) | {"step": row["step"]}
    place = {name: row[name] for name in ("id", "terminal", "epoch", "seq", "operator")}
    return as_act(place, row["dated"], said, carried_out=bool(row["carried_out"]))


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _day(text: str | None) -> str:
    """A day as a list has it; what is no day is not stated."""
    try:
        return date.fromisoformat(text or "").isoformat()
    except ValueError:
        return ""
