"""Cities lived through by their seeds: no money lost, none doubled, every tampering noticed; and the judge can convict.

A few seeds here; `make test-simulation` goes through hundreds. A seed that fails is gone through again by
`.venv/bin/python tests/simulation/run.py SEED`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from random import Random
from typing import Any

import pytest
import structlog
import structlog.testing
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from countertui.domain.money import Cents
from countertui.ledger import enrolment as enrolling
from countertui.ledger import ingest as ingesting
from countertui.ledger import kept_apart, recovering
from countertui.ledger import live as witnessing
from countertui.ledger import post_batch as posting
from countertui.ledger import posting as posted_as
from countertui.ledger.after_restore import awaited
from countertui.ledger.disk_journal import Proven
from countertui.ledger.given_back import GivenBack
from countertui.ledger.given_back import Verdict as OfEntries
from countertui.ledger.keep_terminals import register_terminal
from countertui.ledger.paper_keyed import PaperKeyed
from countertui.ledger.restoring import go_on
from countertui.ports.exchange import Answer
from countertui.store import store as stores
from countertui.store import verify as verifying
from countertui.sync.exchange import LedgerExchange
from postgres import Server
from simulation import deaths
from simulation.deaths import die, make_backup
from simulation.life import STEPS, Life
from simulation.run import live
from simulation.verdict import Verdict, judge

SHORT = 40
"""Steps of a life that is only to show what the judge sees."""


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """The ledger's log has a line a request; a failure's own words would drown in them."""
    with structlog.testing.capture_logs():
        yield


MUCH = 20
"""Records of money that a life is at least to have, to show anything."""
LIVES = [
    (1, 15, {"put_ledger_back", "old disk", "key_in"}),
    (3, 8, {"died", "recovered", "restored"}),
    (5, 25, {"altered record"}),
    (10, 15, {"clone"}),
]
"""Seeds, how many records of money are posted at least, and what befell somebody there.

That all that were told of a machine nothing befell are posted, and any other is where the verdict may find it, is
held in every life; the numbers keep a life from showing nothing.
"""


def right(seed: int, server: Server | None = None) -> tuple[Verdict, Life]:
    verdict, life = live(seed, server)
    assert not verdict.wrong, "\n".join([f"SEED {seed}", *verdict.wrong])
    return verdict, life


@pytest.mark.parametrize(("seed", "least", "what"), LIVES)
def test_nothing_is_lost_or_doubled_and_every_tampering_is_noticed(seed: int, least: int, what: set[str]) -> None:
    verdict, life = right(seed)
    assert verdict.told > MUCH
    assert verdict.posted >= least
    assert verdict.apart, "no bag went to the bank before its drawer"
    assert what <= set(life.done) | {each for terminal in life.terminals for each in terminal.befell}


def test_the_same_on_postgres(postgres: Server) -> None:
    seed, least, _ = LIVES[0]
    assert right(seed, postgres)[0].posted >= least


def test_the_same_seed_is_the_same_life() -> None:
    lives = [live(2, steps=SHORT) for _ in range(2)]
    for told in (lambda each: each[0], lambda each: each[1].done, lambda each: each[1].network.done):
        assert told(lives[0]) == told(lives[1])


def convicted(seed: int, words: str, steps: int = SHORT) -> None:
    verdict, _ = live(seed, steps=steps)
    assert any(words in each for each in verdict.wrong), (seed, words, verdict.wrong)


def test_a_terminal_that_believes_anything_is_convicted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Self-check: a batch is called posted whatever came of it."""
    believed = Answer("posted", 0, 0, (), b"an ack that nobody gave")
    monkeypatch.setattr(LedgerExchange, "send", lambda *_: believed)
    convicted(2, "LOST")


def test_money_posted_twice_is_convicted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Self-check: every line is posted with twice its cents: it balances, and fsck makes the same mistake again."""
    write = posting.write_entries

    def twice(connection: Any, entries: Any, lines: Any, _balances: Any = None) -> None:
        write(connection, entries, [{place: 2 * cents for place, cents in each.items()} for each in lines])

    monkeypatch.setattr(posting, "write_entries", twice)
    convicted(2, "took in")


def test_over_posted_as_short_is_convicted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Self-check: it balances, and fsck makes the same mistake again; the records of drawers say another sum."""
    entry = posted_as.over_short_entry
    monkeypatch.setattr(posted_as, "over_short_entry", lambda kind, cents, rules: entry(kind, Cents(-cents), rules))
    convicted(4, "cents off what the records say")


def test_a_ledger_that_forgets_what_it_has_is_convicted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Self-check: it does not look whether a batch of that number is there."""
    monkeypatch.setattr(ingesting, "_without_posting", lambda *_: None)
    convicted(2, "sound")


def test_an_anchor_that_nobody_looks_at_is_convicted(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (stores, verifying):
        monkeypatch.setattr(module, "verify_anchor", lambda *_: [])
    convicted(6, "NOT NOTICED", steps=STEPS)


def test_a_fork_that_stops_nobody_is_convicted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Self-check: nobody at the ledger minds two journals under one key: in a batch, a record or a carried disk."""
    for module in (kept_apart, witnessing, recovering):
        monkeypatch.setattr(module, "stop_terminal", lambda *_: None)
    convicted(27, "NOT NOTICED: Happened(what='clone'", steps=STEPS)


def test_a_copy_hidden_behind_an_altered_record_is_convicted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Self-check: a disk is looked at no further than its first altered record."""
    prove = recovering.prove

    def as_far_as_it_is_whole(*given: Any) -> Proven:
        found = prove(*given)
        return found if found.bad is None else Proven(found.hashes[: found.bad - 1], found.bad, None, None)

    monkeypatch.setattr(recovering, "prove", as_far_as_it_is_whole)
    convicted(101, "NOT NOTICED: Happened(what='clone'", steps=STEPS)


class _Last(Random):
    """Chance that takes the last of what there is, and neither recovers a disk at once nor finds an anchor."""

    def random(self) -> float:
        return 0.7

    def choice(self, seq: Any) -> Any:
        return seq[-1]


def restored_from_an_old_backup() -> Verdict:
    """A life of one machine: backed up, paid at, dead, restored from the backup, paid at again."""
    life = Life(1)
    try:
        life.random = _Last()
        (before := life.terminals[-1]).pay()
        make_backup(life)
        before.pay()
        die(life)
        after = life.terminals[-1]
        assert after.place == (before.code, before.epoch + 1)
        after.pay()
        life.settle()
        return judge(life)
    finally:
        life.close()


def forgotten_and_dead(meanwhile: Callable[[Life], object]) -> tuple[Verdict, Life]:
    """A machine is let in, works, and dies after the ledger was put back to before that; then `meanwhile`."""
    life = Life(1)
    try:
        life.random = _Last()
        life.ledger.back_up(by_command=True)
        life.terminals[-1].pay()
        die(life)
        (after := life.terminals[-1]).pay()
        assert after.place[1] == 2
        life.ledger_went_back = life.ledger.put_back(0)
        after.die()
        meanwhile(life)
        life.settle()
        return judge(life), life
    finally:
        life.close()


def goes_on(life: Life) -> None:
    """Two people have the ledger let in another machine in the place of the lost entries."""
    with life.ledger.books.writing() as connection:
        go_on(connection, awaited(connection), ("ken", "uma"), "They are gone", life.ledger.now())
    key = Ed25519PrivateKey.from_private_bytes(b"x" * 32).public_key().public_bytes_raw()
    of_ledger = life.ledger.books, life.ledger.secrets.terminal_key
    register_terminal(*of_ledger, "T9", "HALL", 1, key, by=("ken", "uma"), now=life.ledger.now())


def test_a_machine_that_the_ledger_forgot_is_recovered_by_its_disk() -> None:
    verdict, life = forgotten_and_dead(lambda _: None)
    assert (verdict.wrong, verdict.told, verdict.in_custody) == ([], 2, 2)
    assert not life.done["let in again"]


def test_a_machine_that_the_ledger_forgot_is_let_in_again_where_it_went_on_otherwise() -> None:
    verdict, life = forgotten_and_dead(goes_on)
    assert (verdict.wrong, verdict.told, verdict.in_custody) == ([], 2, 2)
    assert life.done["let in again"] == 1
    assert verdict.noticed["ledger put back: an alarm tells from where on its register is another than a disk's"] == 1


def test_a_register_left_on_a_disk_is_convicted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Self-check: a disk's register is not looked at."""
    monkeypatch.setattr(recovering, "take_from_disk", lambda *_: GivenBack(OfEntries.SAME, 0, 0))
    wrong = forgotten_and_dead(lambda _: None)[0].wrong
    assert any("LOST" in each for each in wrong)
    assert any("its disk has entries [5, 6] of the register, and the ledger has not" in each for each in wrong)


def test_receipt_numbers_go_on_above_all_that_was_given_out_after_the_backup() -> None:
    verdict = restored_from_an_old_backup()
    assert (verdict.wrong, verdict.told, verdict.posted, verdict.in_custody) == ([], 3, 1, 2)


def test_a_receipt_number_given_out_twice_is_convicted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Self-check: a new epoch's numbers begin where the backup's end, whatever was given out since."""
    monkeypatch.setattr(deaths, "highest_receipt", lambda good, *_: good.receipt_n)
    monkeypatch.setattr(enrolling, "last_receipt", lambda *_: None)
    assert any("given out twice" in each for each in restored_from_an_old_backup().wrong)


def test_a_paper_receipt_that_counts_twice_is_convicted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Self-check: the ledger does not look whether a paper number was keyed in before."""
    monkeypatch.setattr(PaperKeyed, "twice", lambda *_: None)
    convicted(18, "counts 2 times", steps=STEPS)
