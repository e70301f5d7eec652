"""The rights review: everybody's rights in one list, what in it does not go together, and who looked at it when."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from typing import Any, TypedDict

from countertui.domain.operators import REMOVED, proof_of
from countertui.domain.rights import Act, Role, may

_HASHED = ("id", "name", "roles", "active_from", "active_to")
_MONEY = (Act.TAKE_MONEY, Act.ASK, Act.APPROVE, Act.SEAL, Act.CLOSE_OTHERS, Act.REPRINT)


class ChangeRow(TypedDict):
    """One change of an operator: what, by whom, who agreed to it, when (ISO 8601 UTC), by which terminal's record."""

    what: str
    by: str
    second: str | None
    at: str
    terminal: str
    seq: int


class RightsRow(TypedDict):
    """One operator, as reviewed. proof: what they sign on with; active_to: the last day, None for no end."""

    id: str
    name: str
    roles: list[str]
    active_from: str
    active_to: str | None
    proof: str
    locked: bool
    changes: list[ChangeRow]
    last_login: str | None
    conflicts: list[str]


class RightsReviewData(TypedDict):
    """`rights_review`: who signed looked at this list. snapshot: its version; sha256: `list_hash`."""

    snapshot: int
    sha256: str
    operators: int


class ReviewRow(TypedDict):
    """A review that was signed; unchanged: whether the rights are today what they were then."""

    by: str
    at: str
    snapshot: int
    sha256: str
    unchanged: bool


def conflicts(roles: Iterable[Role]) -> list[str]:
    """What of these roles does not go together in one person."""
    held = frozenset(roles)
    found = []
    if Role.ADMIN in held and any(may(held - {Role.ADMIN}, act) for act in _MONEY):
        found.append("keeps operators and handles money")
    if Role.AUDITOR in held and held != {Role.AUDITOR}:
        found.append("audits what they may change")
    if {Role.CASHIER, Role.LEAD} <= held:
        found.append("takes money and approves")
    if Role.TECHNICIAN in held and held & {Role.CASHIER, Role.LEAD}:
        found.append("balances and posts what they took or approved")
    return found


def proof_words(verifier: str) -> str:
    """What an operator signs on with, in words."""
    proof = proof_of(verifier)
    if verifier in {"", REMOVED}:
        return "none"
    return f"one-time code until {proof.code_until}" if proof.is_code else "PIN"


def list_hash(rows: Sequence[Mapping[str, Any]]) -> str:
    """SHA-256 (hex) of the rights in a list: ids, names, roles and days, whoever signed on or changed a PIN since."""
    kept = [{name: row[name] for name in _HASHED} for row in sorted(rows, key=lambda row: str(row["id"]))]
    return sha256(json.dumps(kept, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def review_lines(rows: Sequence[RightsRow], reviews: Sequence[ReviewRow]) -> list[str]:
    """The review for people to read and sign."""
    lines = []
    for row in rows:
        until = f" until {row['active_to']}" if row["active_to"] else ""
        since = f"since {row['active_from']}" if row["active_from"] else "added here"
        lines.append(f"{row['id']:12} {row['name']:28} {' '.join(row['roles'])}")
        seen = f"last here {row['last_login'][:16]}Z" if row["last_login"] else "never here"
        lines.append(f"{'':12} {since}{until}; {row['proof']}{', LOCKED' if row['locked'] else ''}; {seen}")
        lines += [f"{'':12} ! {conflict}" for conflict in row["conflicts"]]
        for change in row["changes"]:
            second = f" and {change['second']}" if change["second"] else ""
            place = f"{change['terminal']} record {change['seq']}"
            lines.append(f"{'':12} {change['what']} by {change['by']}{second}, {change['at'][:16]}Z, {place}")
    lines += [
        f"Reviewed by {each['by']}, {each['at'][:16]}Z, snapshot {each['snapshot']}:"
        f" {'the rights are the same today' if each['unchanged'] else 'rights were changed since'}"
        for each in reviews
    ]
    return lines
