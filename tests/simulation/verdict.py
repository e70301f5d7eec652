"""What must be true of a city after any life: no money lost, none doubled, every tampering noticed."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from countertui.domain.paper_books import PaperNumber
from countertui.errors import AnswerNo
from countertui.ledger.fsck import fsck
from countertui.ledger.recovering import Recovered
from countertui.ledger.tree import Tiles, size_of
from countertui.store import working
from countertui.sync.batch import MAX_ENVELOPE, parse_batch
from countertui.sync.dsse import parse_envelope
from countertui.sync.merkle import tree_root
from simulation.life import Happened, Life
from simulation.terminal import Money, Terminal

_REFUSALS = {"400", "401", "413", "422", "register refused"}
_STOPS = {"fork", "rollback"}
"""Alarms over a terminal that is stopped for them."""
_SAID = {
    "old disk": ("was made here", "the ledger has"),
    "old disk and anchor": ("the ledger has",),
    "clone": ("the ledger has",),
    "altered record": ("its bytes are not the ones that were hashed",),
}
"""Why a machine says that it stopped, by what befell it: another reason is no notice of that."""
_FORKED = "another than the one here"


@dataclass
class Verdict:
    """What was found; `wrong` in words, empty if all is as it must be. Counts are of records about money."""

    seed: int
    wrong: list[str] = field(default_factory=list)
    steps: int = 0
    told: int = 0
    """What people were told was recorded."""
    sound: int = 0
    """As many of these on machines that nothing befell, every one of which must be posted."""
    posted: int = 0
    papers: int = 0
    """Paper receipts that were keyed in."""
    in_custody: int = 0
    on_disk: int = 0
    exposed: int = 0
    again: int = 0
    made: Counter[str] = field(default_factory=Counter)
    noticed: Counter[str] = field(default_factory=Counter)
    beyond_notice: int = 0


def judge(life: Life) -> Verdict:
    """Look at everything, by other ways than the program's where there are any."""
    verdict = Verdict(life.seed)
    with life.ledger.never_killed():
        books = _Books(life)
        for terminal in life.terminals:
            _money(verdict, life, books, terminal)
            _machine(verdict, life, books, terminal)
        _sums(verdict, books)
        _numbers(verdict, life)
        _papers(verdict, life, books)
        verdict.wrong += [f"ledger fsck: {each}" for each in fsck(life.ledger.books).differences]
        _log(verdict, life)
        for happened in life.happened:
            _notice(verdict, life, books, happened)
        _on_the_way(verdict, life)
    if life.network.answers[500]:
        verdict.wrong.append(f"The ledger had {life.network.answers[500]} faults of its own.")
    verdict.again = life.network.answers[200]
    return verdict


class _Books:
    """What the ledger has, read by plain queries."""

    def __init__(self, life: Life) -> None:
        asked = life.ledger.asked
        self.posted = Counter(id_ for (id_,) in asked("SELECT id FROM record"))
        self.states = {(code, epoch): (state, waiting, cum_net) for code, epoch, state, waiting, cum_net in asked(
            "SELECT code, epoch, state, batch_no - posted_no, cum_net FROM terminal WHERE state <> 'desk'"
        )}  # fmt: skip
        self.told_twice = Counter(paper for (paper,) in asked(
            "SELECT detail FROM error_item WHERE reason = 'paper-twice'"
        ))  # fmt: skip
        self.alarms = {(kind, terminal, epoch, seq) for kind, terminal, epoch, seq in asked(
            "SELECT kind, terminal, epoch, seq FROM alarm"
        )}  # fmt: skip
        self.alarmed = {(terminal, epoch) for kind, terminal, epoch, _ in self.alarms if kind in _STOPS}
        self.records = asked("SELECT terminal, epoch, kind, entry, body FROM record WHERE terminal <> 'LEDGER'")
        self.lines = asked("SELECT entry, fund, account, cents FROM gl_line")
        self.kept = set(_ids(bytes(data) for (data,) in asked("SELECT bytes FROM inbox")))
        self.tenders = {str(gl) for gl in life.terminals[0].station.rules.posting.tender.values()}

    def frozen(self, place: tuple[str, int]) -> bool:
        """Whether somebody at the ledger was told about this terminal, and it is stopped."""
        return self.states.get(place, ("unknown",))[0] in ("frozen", "revoked") and place in self.alarmed


def _ids(envelopes: Iterator[bytes]) -> Iterator[str]:
    for data in envelopes:
        try:
            batch = parse_batch(parse_envelope(data, MAX_ENVELOPE).payload)
        except AnswerNo:
            continue
        for body, _ in batch.records:
            yield json.loads(body)["id"]


def _money(verdict: Verdict, life: Life, books: _Books, terminal: Terminal) -> None:
    """Where each record about money is that somebody was told of: in the books, once, or why not."""
    place = terminal.place
    here = terminal.journal_ids()
    told: dict[str, Money] = {**terminal.lost, **terminal.known}
    verdict.told += len(told)
    if terminal.sound and not terminal.distrusts:
        verdict.sound += len(told)
        missing = [money for id_, money in told.items() if not books.posted[id_]]
        if missing:
            verdict.wrong.append(f"{terminal.name} is sound, and {missing} are not posted.")
    for id_, money in told.items():
        times = books.posted[id_]
        if times > 1:
            verdict.wrong.append(f"{terminal.name}: {money} is in the books {times} times.")
        elif times == 1:
            verdict.posted += 1
        elif id_ in books.kept and (books.frozen(place) or terminal.name in life.recovered):
            verdict.in_custody += 1
        elif id_ in here and (_stays_there(life, terminal, money) or (terminal.distrusts and life.ledger_went_back)):
            verdict.on_disk += 1
        elif id_ in terminal.lost:
            verdict.exposed += 1
        else:
            where = "in the inbox" if id_ in books.kept else "on its disk" if id_ in here else "nowhere"
            verdict.wrong.append(f"{terminal.name}: LOST: {money} was told and is {where}, not in the books.")


def _stays_there(life: Life, terminal: Terminal, money: Money) -> bool:
    """Whether a stopped machine's record is rightly not taken from its disk: an altered one that nobody else has breaks
    the chain before it, or it proves a fork."""
    recovered = life.recovered.get(terminal.name)
    if recovered is None or isinstance(recovered, str):
        return recovered is not None and _FORKED in recovered
    return recovered.bad is not None and money.seq > recovered.last_seq


def _machine(verdict: Verdict, life: Life, books: _Books, terminal: Terminal) -> None:
    """A sound machine is whole, everything of it is posted, and the ledger's sum is its own."""
    if terminal.stopped and terminal.sells():
        verdict.wrong.append(f"{terminal.name} stopped, and takes money all the same.")
    if not terminal.sound:
        return
    place = terminal.place
    if terminal.stopped:
        verdict.wrong.append(f"{terminal.name} stopped for no reason: {terminal.station.store.halted}")
        return
    refused = [act for act in terminal.acts if act.startswith("refused")]
    if refused:
        verdict.wrong.append(f"{terminal.name} is sound, and its people were refused: {refused}.")
    found = terminal.verified()
    if found:
        verdict.wrong.append(f"{terminal.name}: verify finds {found[:3]}")
    if terminal.distrusts and life.ledger_went_back:
        # What the register of a ledger that was put back says otherwise than before can't be told from a forgery.
        verdict.noticed["ledger put back: a terminal refuses its register, and waits for people"] += 1
        verdict.made["ledger's register is another"] += 1
        return
    state, _, cum_net = books.states.get(place, ("not known", 0, 0))
    if state != "active" or any((code, epoch) == place for _, code, epoch, _ in books.alarms):
        verdict.wrong.append(f"{terminal.name} is sound, and {state} at the ledger.")
    if cum_net != terminal.cum_net():
        verdict.wrong.append(f"{terminal.name}: the ledger has {cum_net} cents, the journal {terminal.cum_net()}.")
    standing = Counter(row.state for row in working.sendings(terminal.station.db))
    if set(standing) - {"posted"}:
        verdict.wrong.append(f"{terminal.name}: batches are {dict(standing)}.")


def _sums(verdict: Verdict, books: _Books) -> None:
    """Each payment's entry takes in what its record says; funds balance; terminals' sums are their records'."""
    taken: defaultdict[int, int] = defaultdict(int)
    funds: Counter[str] = Counter()
    for entry, fund, account, cents in books.lines:
        funds[fund] += cents
        taken[entry] += cents if account in books.tenders else 0
    if any(funds.values()):
        verdict.wrong.append(f"Funds are out of balance: {funds}.")
    net: Counter[tuple[str, int]] = Counter()
    for terminal, epoch, kind, entry, body in books.records:
        if kind not in ("pay", "void", "refund"):
            continue
        cents = json.loads(bytes(body))["data"]["total_cents"]
        net[terminal, epoch] += cents if kind == "pay" else -cents
        if kind == "pay" and taken[entry] != cents:
            verdict.wrong.append(f"{terminal}: a payment of {cents} cents took in {taken[entry]}.")
    for place, (_, waiting, cum_net) in books.states.items():
        if not waiting and cum_net != net[place]:
            verdict.wrong.append(f"{place}: the books add up to {net[place]}, the ledger says {cum_net}.")


def _numbers(verdict: Verdict, life: Life) -> None:
    """A receipt's number is given out once, whatever machine goes on under the name.

    Where an old disk was put back with its anchor, nobody there could know; that it was is noticed or not, see below.
    """
    for code in {each.code for each in life.terminals}:
        machines = [each for each in life.terminals if each.code == code]
        if any(set(each.befell) - {"died"} for each in machines):
            continue
        given = Counter(money.receipt_no for each in machines for money in each.known.values() if money.receipt_no)
        twice = [number for number, times in given.items() if times > 1]
        if twice:
            verdict.wrong.append(f"{code}: receipt numbers given out twice: {twice}.")


def _papers(verdict: Verdict, life: Life, books: _Books) -> None:
    """A paper receipt counts once: where it is in the books more often, but for those voided, the rest waits, told."""
    posted: Counter[str] = Counter()
    voided: Counter[str] = Counter()
    paper_of: dict[tuple[str, int, int], str] = {}
    for terminal, epoch, kind, _, body in books.records:
        said = json.loads(bytes(body))
        if kind == "pay" and "paper" in said["data"]:
            paper = PaperNumber(said["data"]["paper"]["series"], said["data"]["paper"]["number"]).text
            posted[paper] += 1
            paper_of[terminal, epoch, said["seq"]] = paper
    for terminal, epoch, kind, _, body in books.records:
        if kind == "void":
            original = paper_of.get((terminal, epoch, json.loads(bytes(body))["data"]["original"]["seq"]))
            voided.update([original] if original else [])
    for form in life.forms:
        verdict.papers += form.keyed
        told = sum(
            times for detail, times in books.told_twice.items() if detail.startswith(f"Paper receipt {form.text} ")
        )
        if told:
            verdict.made["paper receipt keyed in twice"] += told
            verdict.noticed["paper receipt keyed in twice: an error item holds its money"] += told
        if posted[form.text] - voided[form.text] - told > 1:
            verdict.wrong.append(f"{form.text} counts {posted[form.text] - voided[form.text] - told} times.")
        if not form.keyed and any(each.sound for each in life.working()):
            verdict.wrong.append(f"{form.text} could not be keyed in anywhere.")


def _log(verdict: Verdict, life: Life) -> None:
    """The ledger's tree extends every checkpoint that a terminal holds."""
    with life.ledger.books.reading() as connection:
        tiles, size = Tiles(connection), size_of(connection)
        for terminal in life.terminals:
            if terminal.dead or terminal.stopped:
                continue
            seen = working.log_seen(terminal.station.db)
            if seen is None or (terminal.distrusts and life.ledger_went_back):
                continue
            if seen.alarm and life.ledger_went_back:
                verdict.made["ledger's log is another"] += 1
                verdict.noticed["ledger put back: an alarm at a terminal says that its log is another"] += 1
            elif seen.size > size or tree_root(tiles.node, seen.size).hex() != seen.root:
                verdict.wrong.append(f"{terminal.name}: the log of {size} entries does not extend its {seen.size}.")


def _notice(verdict: Verdict, life: Life, books: _Books, happened: Happened) -> None:
    """Whether what happened was noticed as what it is, and by whom."""
    verdict.made[happened.what] += 1
    machine = next(each for each in life.terminals if each.name == happened.machine)
    both = [each for each in life.terminals if each is machine or each.name == f"{machine.name}-twin"]
    how = []
    if any(_says(each, happened.what) for each in (both if happened.what == "clone" else [machine])):
        how.append("the machine stopped itself")
    elif happened.by_itself:
        verdict.wrong.append(f"NOT NOTICED by the machine: {happened}; it says {machine.station.store.halted}.")
    if happened.what == "altered record":
        how += _altered(verdict, life, books, machine, happened.seq)
    elif books.frozen(machine.place):
        how.append("the ledger froze it")
    elif any(each.station.exchange.standing() in ("frozen", "revoked") for each in both):
        how.append("it knows that the ledger froze it, which a ledger that was put back forgot")
    if how:
        verdict.noticed[f"{happened.what}: {' and '.join(how)}"] += 1
    elif not happened.noticeable:
        verdict.beyond_notice += 1
    else:
        verdict.wrong.append(f"NOT NOTICED: {happened}")


def _says(machine: Terminal, what: str) -> bool:
    """Whether a machine stopped, and says that it did for something that comes of that; it sells nothing then."""
    halted = machine.station.store.halted
    return halted is not None and any(words in halted for words in _SAID[what])


def _altered(verdict: Verdict, life: Life, books: _Books, machine: Terminal, seq: int) -> list[str]:
    """Who tells of an altered record, by its number: verify of that store; and the ledger, where its disk was read."""
    if not machine.altered_there(seq):
        return ["gone again, as an older disk was put back"]
    how = []
    if any(fault["seq"] == seq for fault in machine.verified()):
        how.append("verify told")
    else:
        verdict.wrong.append(f"NOT NOTICED by verify: record {seq} of {machine.name} was altered.")
    found = life.recovered.get(machine.name)
    if isinstance(found, Recovered):
        first = min(
            each.seq for each in life.happened if each.machine == machine.name and machine.altered_there(each.seq)
        )
        if found.bad == first and ("chain", *machine.place, first) in books.alarms:
            how.append("an alarm at the ledger")
        else:
            verdict.wrong.append(f"NOT NOTICED by the ledger: record {first} of {machine.name}, and it says {found}.")
    return how


def _on_the_way(verdict: Verdict, life: Life) -> None:
    """Whatever was altered on a wire or a stick was refused, and kept as it came."""
    for what, times in life.network.altered.items():
        kind, status = what.rsplit(" ", 1)
        verdict.made["altered on the wire"] += times
        # Records and entries cut off at a line's end are good ones, only fewer: the rest is said again.
        if status in _REFUSALS or (kind in ("records", "heads", "lost") and status in ("200", "409")):
            verdict.noticed[f"altered on the wire: refused ({status})"] += times
        else:
            verdict.wrong.append(f"An altered request was taken: {what} ({times}).")
    for status, times in life.spoilt.items():
        if not times:
            continue
        verdict.made["altered on a stick"] += times
        if status in _REFUSALS:
            verdict.noticed[f"altered on a stick: refused ({status})"] += times
        else:
            verdict.wrong.append(f"An altered file was taken: {status} ({times}).")
