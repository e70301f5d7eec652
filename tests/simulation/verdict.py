"""What must be true of a city after any life: no money lost, none doubled, every tampering noticed."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from counter_station import TODAY
from countertui.domain.paper_books import PaperNumber
from countertui.errors import AnswerNo
from countertui.ledger.charted import rules_of
from countertui.ledger.fsck import fsck
from countertui.ledger.recovering import Recovered
from countertui.ledger.tie_out import tie_out
from countertui.ledger.tree import Tiles, size_of
from countertui.store import working
from countertui.sync.batch import MAX_ENVELOPE, batch_hash, parse_batch
from countertui.sync.dsse import parse_envelope
from countertui.sync.merkle import tree_root
from simulation.life import Happened, Life
from simulation.terminal import MONEY, Money, Terminal

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
_BY_ITS_HEAD = ("is another here than at its terminal", "its store is an older copy")
"""What an alarm says that a terminal's own word raised."""
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
    deposits: int = 0
    """Bank deposits of terminals in the books."""
    apart: int = 0
    """Those of them that took bags of the safe apart from their drawers."""
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
            _answers(verdict, terminal)
            _clocks(verdict, terminal)
        _sums(verdict, books)
        made = [json.loads(bytes(body))["data"] for _, _, kind, _, body in books.records if kind == "deposit"]
        verdict.deposits, verdict.apart = len(made), sum("safe_bags" in data for data in made)
        _where_it_lies(verdict, life)
        _numbers(verdict, life)
        _papers(verdict, life, books)
        verdict.wrong += [f"ledger fsck: {each}" for each in fsck(life.ledger.books).differences]
        _log(verdict, life)
        for happened in life.happened:
            _notice(verdict, life, books, happened)
        _on_the_way(verdict, life)
        for name, found in life.recovered.items():
            _carried_in(verdict, life, books, name, found)
            _register_carried_in(verdict, life, books, name)
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
        self.told = asked("SELECT terminal, epoch, detail FROM alarm")
        self.alarmed = {(terminal, epoch) for kind, terminal, epoch, _ in self.alarms if kind in _STOPS}
        self.records = asked("SELECT terminal, epoch, kind, entry, body FROM record WHERE terminal <> 'LEDGER'")
        # A deposit that waited for others' sessions has a second entry, of its own record, once those came.
        self.entries = {entry for (entry,) in asked(
            "SELECT entry FROM record UNION SELECT id FROM entry WHERE kind = 'credit' UNION SELECT entry.id FROM entry"
            " JOIN record ON (entry.terminal, entry.epoch, entry.seq) = (record.terminal, record.epoch, record.seq)"
            " JOIN deposit ON (deposit.terminal, deposit.epoch, deposit.seq) = (entry.terminal, entry.epoch, entry.seq)"
        )}  # fmt: skip
        self.lines = asked("SELECT entry, fund, account, cents FROM gl_line")
        self.kept = set(_ids(bytes(data) for (data,) in asked("SELECT bytes FROM inbox")))
        self.tenders = {str(gl) for gl in life.terminals[0].station.rules.posting.tender.values()}

    def heard(self, terminal: Terminal) -> bool:
        """Whether somebody at the ledger was told what a terminal said of where its journal ends."""
        return any(
            (code, epoch) == terminal.place and any(words in told for words in _BY_ITS_HEAD)
            for code, epoch, told in self.told
        )

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


def _answers(verdict: Verdict, terminal: Terminal) -> None:
    """Each answer that a terminal keeps is the ledger's to that very batch."""
    for no, envelope, ack in terminal.on_disk("SELECT batch_no, envelope, ack FROM sending WHERE ack IS NOT NULL"):
        try:
            said = json.loads(parse_envelope(ack, MAX_ENVELOPE).payload)
        except AnswerNo:
            verdict.wrong.append(f"{terminal.name}: the answer kept of batch {no} is none.")
            continue
        own = (*terminal.place, no, batch_hash(parse_envelope(envelope, MAX_ENVELOPE).payload))
        if (said["terminal"], said["epoch"], said["batch_no"], said["batch_hash"]) != own:
            verdict.wrong.append(f"{terminal.name}: the answer kept of batch {no} is to other bytes.")


def _clocks(verdict: Verdict, terminal: Terminal) -> None:
    """However a clock was set, records are in order of time, and money counts on the day that its drawer was opened."""
    last = ""
    for kind, body in terminal.on_disk("SELECT kind, body FROM journal ORDER BY seq"):
        said = json.loads(body)
        if said["utc"] < last:
            verdict.wrong.append(f"{terminal.name}: record {said['seq']} is of {said['utc']}, after one of {last}.")
        if kind in MONEY and said["biz_date"] != f"{TODAY}":
            verdict.wrong.append(f"{terminal.name}: record {said['seq']} counts on {said['biz_date']}.")
        last = said["utc"]


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
        if kind == "void" and taken[entry] != -cents:
            verdict.wrong.append(f"{terminal}: a void of {cents} cents gave back {-taken[entry]}.")
    stray = set(taken) - books.entries
    if stray:
        verdict.wrong.append(f"Entries {sorted(stray)} are of no record in the books.")
    for place, (_, waiting, cum_net) in books.states.items():
        if not waiting and cum_net != net[place]:
            verdict.wrong.append(f"{place}: the books add up to {net[place]}, the ledger says {cum_net}.")


def _where_it_lies(verdict: Verdict, life: Life) -> None:
    """What drawers, the safe and deposits hold by the records is what the accounts of money say, to the cent."""
    with life.ledger.books.reading() as connection:
        posting = rules_of(connection).posting
        money = {posting.bank, *posting.tender.values(), *posting.over_short.values()}
        rows = tie_out(connection, TODAY.isoformat()[:7])
    for row in rows:
        if row.account in money and row.difference_cents:
            verdict.wrong.append(f"{row.account} is {row.difference_cents} cents off what the records say.")


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
    if _says(machine, happened.what):
        how.append("the machine stopped itself")
    elif happened.by_itself:
        verdict.wrong.append(f"NOT NOTICED by the machine: {happened}; it says {machine.station.store.halted}.")
    for each in both:
        if "the ledger has" in (each.station.store.halted or "") and not (books.heard(each) or life.ledger_went_back):
            verdict.wrong.append(f"NOT NOTICED by the ledger: {each.name} told it that {each.station.store.halted}")
    if happened.what == "altered record":
        how += _altered(verdict, life, books, machine, happened.seq)
    elif books.frozen(machine.place):
        how.append("the ledger froze it")
    elif machine.station.exchange.standing() in ("frozen", "revoked"):
        how.append("it knows that the ledger froze it, which a ledger that was put back forgot")
    elif happened.what == "old disk and anchor" and _is_older(life, books, machine):
        how.append("the ledger was told when its disk was read")
    if how:
        verdict.noticed[f"{happened.what}: {' and '.join(how)}"] += 1
    elif not happened.noticeable or (happened.what == "clone" and _one_journal(life, both)):
        verdict.beyond_notice += 1
    else:
        verdict.wrong.append(f"NOT NOTICED: {happened}")


def _is_older(life: Life, books: _Books, machine: Terminal) -> bool:
    """Whether an alarm says that the disk which was read at the ledger ends before what was seen."""
    ((last,),) = machine.on_disk("SELECT max(seq) FROM journal")
    return machine.name in life.recovered and ("rollback", *machine.place, last) in books.alarms


def _one_journal(life: Life, both: list[Terminal]) -> bool:
    """Whether there is but one journal, though two machines have it: neither disk nor the ledger has another record
    anywhere than the longer one has, so there is no second one that anybody could see.

    The other machine recorded nothing since it was copied, or lost it with an older disk before it told anybody.
    """
    code, epoch = both[0].place
    here = f"terminal = '{code}' AND epoch = {epoch}"
    rows = life.ledger.asked(
        " UNION ALL ".join(
            f"SELECT seq, h FROM {table} WHERE {here}" for table in ("record", "provisional", "witnessed")
        )
    )
    for each in both:
        rows += each.on_disk("SELECT seq, h FROM journal")
    hashes: defaultdict[int, set[bytes]] = defaultdict(set)
    for seq, h in rows:
        hashes[seq].add(bytes(h))
    return all(len(found) == 1 for found in hashes.values())


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
        # Others than its own, too: it may be the copy of a machine that was altered.
        first = min(each.seq for each in life.happened if machine.altered_there(each.seq))
        if found.bad == first and ("chain", *machine.place, first) in books.alarms:
            how.append("an alarm at the ledger")
        else:
            verdict.wrong.append(f"NOT NOTICED by the ledger: record {first} of {machine.name}, and it says {found}.")
    return how


def _carried_in(verdict: Verdict, life: Life, books: _Books, name: str, found: Recovered | str) -> None:
    """Every record of a disk that was read at the ledger is in its custody, up to one that was altered there, and so is
    all that was heard live of its journal."""
    if isinstance(found, str):
        return
    machine = next(each for each in life.terminals if each.name == name)
    ((last,),) = machine.on_disk("SELECT max(seq) FROM journal")
    here = life.ledger.asked(
        f"SELECT last_seq FROM terminal WHERE code = '{machine.code}' AND epoch = {machine.epoch}"
    )[0][0]
    if found.last_seq != (last if found.bad is None else found.last_seq) or here < found.last_seq:
        verdict.wrong.append(f"{name}: its disk has {last} records, and the ledger {here}: {found}.")
    heard = f"SELECT seq FROM provisional WHERE terminal = '{machine.code}' AND epoch = {machine.epoch}"
    if waiting := [seq for (seq,) in life.ledger.asked(heard)]:
        verdict.wrong.append(f"{name}: records {waiting} were heard live, and are not in custody: {found}.")
    if found.last_seq + found.left_out != last or (found.bad is None and found.left_out):
        verdict.wrong.append(f"{name}: its disk has {last} records, and it was told {found}.")


def _register_carried_in(verdict: Verdict, life: Life, books: _Books, name: str) -> None:
    """Every entry of the register on a disk that was read is the ledger's too; or it was put back and went on otherwise
    since, and people were told from which entry on."""
    machine = next(each for each in life.terminals if each.name == name)
    here = {no: bytes(entry) for no, entry in life.ledger.asked("SELECT no, envelope FROM registry_entry")}
    other = [
        no for no, entry in machine.on_disk("SELECT no, envelope FROM registry ORDER BY no") if here.get(no) != entry
    ]
    if not other:
        return
    words = f"Entry {other[0]} of the register is another here than a terminal has"
    if life.ledger_went_back and any(words in told for _, _, told in books.told):
        verdict.made["ledger's register is another"] += 1
        verdict.noticed["ledger put back: an alarm tells from where on its register is another than a disk's"] += 1
    else:
        verdict.wrong.append(f"{name}: its disk has entries {other} of the register, and the ledger has not.")


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
