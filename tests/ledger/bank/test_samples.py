"""Every sample of the banks' files, given to the ledger: the sound ones come in whole and once, others not at all."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import func, select

from countertui.domain.city import rules_to_json
from countertui.errors import CounterError
from countertui.ledger import tables
from countertui.ledger.bank.taking_in import take_in
from countertui.ledger.books import Books
from countertui.ledger.fsck import fsck
from ledger.at_the_desk import act, ground, new_id, rules_are
from ledger.bank.test_bank_files import BROKEN, SOUND
from ledger.test_money_at_the_bank import BANKED
from ledger.town import DAY


def taken(books: Books, key: Ed25519PrivateKey, path: Path) -> str:
    """What was refused of it, empty where it came in."""
    try:
        act(books, key, take_in, path.name, path.read_bytes(), by="dee", biz_date=DAY, id_=new_id())
    except CounterError as refused:
        return refused.happened
    return ""


def there(books: Books, key: Ed25519PrivateKey) -> tuple[int, int, int]:
    """How many files, lines and balances the books have."""
    kept = tables.bank_file, tables.bank_line, tables.bank_balance
    with ground(books, key) as here:
        files, lines, held = (
            here.connection.execute(select(func.count()).select_from(each)).scalar_one() for each in kept
        )
    return files, lines, held


def test_every_sample_comes_in_whole_and_once_or_not_at_all(
    books: Books, key: Ed25519PrivateKey, shared_data: Path
) -> None:
    accounts = dict.fromkeys(account for names, *_ in SOUND.values() for account in names)
    rules_are(books, rules_to_json(replace(BANKED, posting=replace(BANKED.posting, bank_accounts=tuple(accounts)))))
    folder = shared_data / "bank_files"
    names = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    assert SOUND.keys() | BROKEN.keys() <= set(names)
    lines = 0
    for name in names:
        before = there(books, key)
        refused = taken(books, key, folder / name)
        if name in SOUND:
            lines += SOUND[name][1]
            assert refused == "", name
            assert there(books, key)[:2] == (before[0] + 1, lines), name
            assert "was taken in before" in taken(books, key, folder / name)
        else:
            row, reason = BROKEN.get(name, (None, "neither BAI2 nor OFX"))
            assert reason in refused, name
            assert refused.startswith(f"Line {row}: ") == (row is not None), name
            assert there(books, key) == before, name
    assert there(books, key)[0] == len(SOUND)
    assert fsck(books).differences == ()


def test_a_sample_about_another_s_account_is_refused(books: Books, key: Ed25519PrivateKey, shared_data: Path) -> None:
    rules_are(books, rules_to_json(replace(BANKED, posting=replace(BANKED.posting, bank_accounts=("4410",)))))
    for name, (accounts, *_) in SOUND.items():
        refused = taken(books, key, shared_data / "bank_files" / name)
        assert f"about account {accounts[0]}, which is not one of the city's" in refused
    assert there(books, key) == (0, 0, 0)
