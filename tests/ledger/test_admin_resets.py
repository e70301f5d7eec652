"""Both admins' PINs are lost: two of the three root keys reset them, in a record that fsck can follow."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import text

from countertui.domain.rights import Act
from countertui.ledger import registry
from countertui.ledger.admin_resets import admins, reset_admin
from countertui.ledger.alarms import open_alarms
from countertui.ledger.books import Books
from countertui.ledger.fsck import fsck
from countertui.ledger.keep_operators import OperatorRefusedError
from countertui.ledger.sign_in import NotSignedInError, locked, sign_in
from ledger.at_the_desk import hire
from ledger.test_ingest import asked
from ledger.test_keep_operators import PEPPER, choose, do
from ledger.town import NOW


@pytest.fixture
def roots(books: Books) -> dict[int, Ed25519PrivateKey]:
    """The three root keys as the sticks hold them: the town's randomness is known."""
    with books.reading() as connection:
        wanted = registry.present(connection, books.ledger).roots
    made = (Ed25519PrivateKey.from_private_bytes(sha256(b"%d" % n).digest()) for n in range(100))
    of = {key.public_key().public_bytes_raw(): key for key in made}
    return {n: of[public] for n, public in enumerate(wanted, start=1)}


def two(roots: Mapping[int, Ed25519PrivateKey], *which: int) -> dict[int, Ed25519PrivateKey]:
    return {n: roots[n] for n in which}


@pytest.mark.parametrize("which", [(1, 2), (3, 1), (1, 2, 3)])
def test_two_root_keys_reset_admins_who_then_choose_their_pins(
    books: Books, key: Ed25519PrivateKey, roots: dict[int, Ed25519PrivateKey], which: tuple[int, ...]
) -> None:
    hire(books, "fay", "admin")
    with books.writing() as connection:
        connection.execute(text("INSERT INTO sign_in_state (operator, failures) VALUES ('eli', 5)"))
    used = two(roots, *which)
    codes = {id_: do(books, key, reset_admin, used, id_, " Both on leave ") for id_ in ("ELI", "fay")}
    with books.reading() as connection:
        assert locked(connection) == {}
        alarms = [(each.kind, each.detail) for each in open_alarms(connection)]
    first, second = sorted(which)[:2]
    assert alarms[0][0] == "roots"
    assert alarms[0][1].startswith(f"The PIN of admin eli was reset by root-{first} and root-{second}")
    assert [detail.rpartition(": ")[2] for _, detail in alarms] == ["Both on leave"] * 2
    with pytest.raises(NotSignedInError, match="one-time code"):
        sign_in(books, PEPPER, "eli", codes["ELI"], Act.KEEP_KEYS, NOW)
    for id_, code, pin in (("eli", codes["ELI"], "902108"), ("fay", codes["fay"], "135790")):
        choose(books, key, id_, code, pin)
        assert sign_in(books, PEPPER, id_, pin, Act.KEEP_KEYS, NOW).id == id_
    changes = asked(books, "SELECT operator, what, by, second FROM operator_change ORDER BY seq")
    assert changes[0] == ("eli", "reset", f"root-{first}", f"root-{second}")
    assert list(fsck(books).differences) == []


def test_admins_are_who_still_works_here(books: Books, key: Ed25519PrivateKey) -> None:
    for id_ in ("gone", "removed", "today"):
        hire(books, id_, "admin lead")
    with books.writing() as connection:
        connection.execute(text("UPDATE operator SET active_to = '2026-11-22' WHERE id = 'gone'"))
        connection.execute(text("UPDATE operator SET active_to = '2026-11-23' WHERE id = 'today'"))
        connection.execute(text("UPDATE operator SET verifier = 'removed' WHERE id = 'removed'"))
    assert do(books, key, lambda keeping: admins(keeping.ground)) == ["eli", "today"]


@pytest.mark.parametrize("what", ["one", "none", "strange", "twice", "cashier", "nobody", "reason"])
def test_what_two_root_keys_do_not_vouch_for_is_refused(
    books: Books, key: Ed25519PrivateKey, roots: dict[int, Ed25519PrivateKey], what: str
) -> None:
    stranger = Ed25519PrivateKey.from_private_bytes(b"x" * 32)
    used = {
        "one": two(roots, 2),
        "none": {},
        "strange": {1: roots[1], 2: stranger},
        "twice": {1: roots[1], 2: roots[1]},
    }.get(what, two(roots, 1, 3))
    id_ = {"cashier": "ann", "nobody": "zed"}.get(what, "eli")
    with pytest.raises(OperatorRefusedError):
        do(books, key, reset_admin, used, id_, " " if what == "reason" else "Lost")
    assert asked(books, "SELECT count(*) FROM desk_signature") == [(0,)]
    assert asked(books, "SELECT count(*) FROM alarm") == [(0,)]


def test_fsck_tells_a_reset_that_two_root_keys_did_not_sign(
    books: Books, key: Ed25519PrivateKey, roots: dict[int, Ed25519PrivateKey], monkeypatch: pytest.MonkeyPatch
) -> None:
    """As whoever holds the ledger's key and may write the books would make one."""
    stranger = Ed25519PrivateKey.from_private_bytes(b"x" * 32)
    with monkeypatch.context() as patched:
        patched.setattr("countertui.ledger.admin_resets.THRESHOLD", 0)
        patched.setattr("countertui.ledger.admin_resets._signed_by", lambda *_: {"root-1", "root-2"})
        do(books, key, reset_admin, {1: stranger, 2: stranger}, "eli", "Mine now")
    (told,) = fsck(books).differences
    assert told.startswith("The books can't be recomputed: LEDGER/1, number 1 can't be taken again")
