"""Admins whose PINs are lost, reset by two of the three root keys: the way back where no two people can do it.

Each is a record of the desk that two root keys have signed as well, over everything in it: who can write the books, or
holds the ledger's key, can't make one up. Roots reset admins' PINs and do nothing else here; everybody else's are reset
by the admins. An alarm tells everybody who looks.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from countertui.domain.desk_records import AdminResetData, DeskKind, RootSignature
from countertui.domain.operators import REMOVED, Change, fingerprint
from countertui.domain.records import Fact
from countertui.domain.rights import Role
from countertui.domain.text import person_key
from countertui.ledger import registry
from countertui.ledger.alarms import ROOTS, raise_alarm
from countertui.ledger.books import next_version
from countertui.ledger.city_day import city_day
from countertui.ledger.desk import Ground, Made, record
from countertui.ledger.keep_operators import Keeping, OperatorRefusedError, new_code
from countertui.ledger.staff import People, Person, people_of
from countertui.ledger.staff_changes import write_changes
from countertui.sync.canonical import canonical
from countertui.sync.ed25519 import checked_public_key, verify
from countertui.sync.registry_entries import THRESHOLD, root_key_id

_DOMAIN = b"ctp/1 admin reset\0"


def admins(ground: Ground) -> list[str]:
    """Whose PIN root keys may reset: every admin who works here today or later."""
    day = city_day(ground.connection, ground.now)
    return sorted(id_ for id_, person in people_of(ground.connection).items() if _is_admin(person, day))


def reset_admin(keeping: Keeping, roots: Mapping[int, Ed25519PrivateKey], id_: str, reason: str) -> str:
    """Take an admin's PIN away, by leave of two root keys (by number, 1 to 3); gives the one-time code.

    Raises OperatorRefusedError: no admin of that id, no reason, or keys that are not two of this ledger's roots.
    """
    ground = keeping.ground
    known = next((each for each in admins(ground) if person_key(each) == person_key(id_)), None)
    if known is None:
        raise OperatorRefusedError(f"There is no admin {id_}.", "Nothing was recorded.")
    if not reason.strip():
        raise OperatorRefusedError("A reason is needed.", "Nothing was recorded.")
    person = people_of(ground.connection)[known]
    code, verifier = new_code(keeping)
    data = AdminResetData(
        what=Change.RESET.value,
        id=known,
        name=person.name,
        roles=" ".join(role.value for role in Role if role in person.roles),
        verifier=verifier,
        active_to=person.active_to,
        replaces=fingerprint(person.verifier),
        reason=reason.strip(),
        roots=[],
    )
    message = _message(ground.books.ledger, keeping.id, data)
    data["roots"] = [RootSignature(root=n, sig=key.sign(message).hex()) for n, key in sorted(roots.items())]
    by = [root_key_id(n) for n in sorted(roots)]
    fact = Fact(
        id=keeping.id,
        kind=DeskKind.ADMIN_RESET,
        operator=by[0] if by else "",
        data=data,
        approver=by[1] if len(by) > 1 else None,
    )
    carry_out(ground, record(ground.connection, ground.books, ground.key, fact, ground.now))
    told = f"The PIN of admin {known} was reset by {' and '.join(by)}: {reason.strip()}"
    raise_alarm(ground.connection, ROOTS, "", 0, None, told, ground.now)
    return code


def carry_out(ground: Ground, made: Made) -> None:
    """Let a reset by root keys count. Raises OperatorRefusedError if it may not."""
    data, people = made.body["data"], people_of(ground.connection)
    _require_admin(data, people, city_day(ground.connection, ground.now))
    signed = _signed_by(ground, made.body["id"], data)
    if len(signed) < THRESHOLD or made.body["operator"] not in signed or made.body["approver"] not in signed:
        raise OperatorRefusedError(
            "It takes two of this ledger's three root keys.", "Nothing was recorded.", "Take the right sticks."
        )
    write_changes(ground.connection, [made.body], next_version(ground.connection))


def _require_admin(data: Mapping[str, Any], people: People, day: str) -> None:
    person = people.get(data["id"])
    if person is None or not _is_admin(person, day) or data["what"] != Change.RESET or data["verifier"] == REMOVED:
        raise OperatorRefusedError("Root keys reset admins' PINs, and nothing else.", "Nothing was recorded.")


def _is_admin(person: Person, day: str) -> bool:
    works = person.active_to is None or person.active_to >= day
    return Role.ADMIN in person.roles and person.verifier != REMOVED and works


def _signed_by(ground: Ground, id_: str, data: Mapping[str, Any]) -> set[str]:
    """The names of the root keys that signed it."""
    roots = registry.present(ground.connection, ground.books.ledger).roots
    message = _message(ground.books.ledger, id_, data)
    found = set()
    for each in data["roots"]:
        n = each["root"]
        if 1 <= n <= len(roots) and verify(checked_public_key(roots[n - 1]), bytes.fromhex(each["sig"]), message):
            found.add(root_key_id(n))
    return found


def _message(ledger: str, id_: str, data: Mapping[str, Any]) -> bytes:
    """What a root key signs: the record's id is in it, so that nobody uses a signature again."""
    return _DOMAIN + canonical([ledger, id_, {name: value for name, value in data.items() if name != "roots"}])
