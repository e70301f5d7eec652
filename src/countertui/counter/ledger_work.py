"""What the ledger answers to technicians, read strictly: the worklist, batches, a month's tie-out, alarms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, TypeVar

from msgspec import Meta

from countertui.counter.ledger_desk import LedgerOffline, moment
from countertui.counter.station import Station
from countertui.domain.tie_out import month_before
from countertui.domain.words import number_of
from countertui.forms import Cents, Count, Form, Number, ValidationError, read_as

_Word = Annotated[str, Meta(max_length=2_000)]
_Said = TypeVar("_Said", bound=Form)


class Item(Form, frozen=True, kw_only=True):
    """An error item, in plain words; cents that wait in suspense (credited: positive)."""

    id: Number
    terminal: _Word
    epoch: Number
    seq: Count
    reason: _Word
    detail: _Word
    cents: Cents
    state: _Word
    made_at: _Word
    office: _Word
    words: _Word
    corrected_seq: Count | None = None


class Items(Form, frozen=True, kw_only=True):
    """Open items from the oldest on; more: there are others after them."""

    items: list[Item]
    open: Count
    suspense_cents: Cents
    more: bool


class GlPart(Form, frozen=True, kw_only=True):
    """One line of an entry: cents, a debit is positive."""

    fund: _Word
    account: _Word
    name: _Word
    cents: Cents


class RecordLine(Form, frozen=True, kw_only=True):
    """One line of a receipt, as its record says."""

    account: _Word | None
    fee: _Word | None
    description: _Word | None
    cents: Cents | None


class RecordTender(Form, frozen=True, kw_only=True):
    """One tender of a receipt, as its record says."""

    kind: _Word | None
    cents: Cents | None


class RecordSaid(Form, frozen=True, kw_only=True):
    """What a record says, as far as it says any of it."""

    kind: _Word | None
    operator: _Word | None
    approver: _Word | None
    utc: _Word | None
    biz_date: _Word | None
    receipt_no: _Word | None
    session: _Word | None
    payor: _Word | None
    total_cents: Cents | None
    lines: list[RecordLine]
    tenders: list[RecordTender]
    h: _Word
    entry: Count | None


class Correction(Form, frozen=True, kw_only=True):
    """A correction that was made, by whom and why."""

    seq: Number
    at: _Word
    reason: _Word
    by: _Word
    second: _Word | None


class ItemPage(Form, frozen=True, kw_only=True):
    """One item with its record, what it posted, and what can be done."""

    item: Item
    helps: _Word
    ways: list[str]
    people: list[str]
    is_mine: bool
    record: RecordSaid | None
    lines: list[GlPart]
    corrections: list[Correction]


class Share(Form, frozen=True, kw_only=True):
    """Cents taken (negative) or given, and what the charge owes before and after."""

    account: _Word | None
    charge: _Word | None
    head: _Word
    gl: _Word
    cents: Cents
    description: _Word
    owed_before: Cents | None
    owed_after: Cents | None


class Working(Form, frozen=True, kw_only=True):
    """What a correction would do, step by step."""

    cents: Cents
    together: list[Number]
    shares: list[Share]
    lines: list[GlPart]


class TenderSums(Form, frozen=True, kw_only=True):
    """Pieces and cents of one tender."""

    count: int
    cents: Cents


class BatchRow(Form, frozen=True, kw_only=True):
    """A batch in custody; tenders as its terminal sealed them; steps: what can be done with one in its state."""

    terminal: _Word
    epoch: Number
    no: Number
    office: _Word
    state: _Word
    first_seq: Count
    last_seq: Count
    receipts: Count
    net_cents: Cents
    error_items: Count
    received_at: _Word
    released_by: _Word | None
    posted_by: _Word | None
    reasons: list[_Word]
    tenders: dict[str, TenderSums]
    comes_first: Count
    steps: list[str]


class Batches(Form, frozen=True, kw_only=True):
    """Some batches; how many there are of each state."""

    batches: list[BatchRow]
    states: dict[str, Count]
    more: bool


class BatchStep(Form, frozen=True, kw_only=True):
    """What somebody did with a batch."""

    step: _Word
    at: _Word
    reason: _Word
    seq: Number
    by: _Word
    second: _Word


class BatchReceipt(Form, frozen=True, kw_only=True):
    """A receipt, void or refund of a batch, as its record says; what is given back is negative."""

    seq: Count
    kind: _Word
    receipt_no: _Word
    biz_date: _Word
    operator: _Word
    payor: _Word
    cents: Cents


class BatchPage(Form, frozen=True, kw_only=True):
    """One batch; may: the steps that who looks could take."""

    batch: BatchRow
    people: list[str]
    history: list[BatchStep]
    receipts: list[BatchReceipt]
    more: bool
    may: list[str]


class TieSource(Form, frozen=True, kw_only=True):
    """What one subsystem has, in cents (a debit is positive)."""

    words: _Word
    cents: Cents


class TieLine(Form, frozen=True, kw_only=True):
    """One account of a tie-out. side: 1 where people read it as debits, -1 where as credits."""

    section: _Word
    fund: _Word
    account: _Word
    name: _Word
    side: int
    sources: list[TieSource]
    gl_cents: Cents
    before_cents: Cents
    subsystem_cents: Cents
    difference_cents: Cents

    @property
    def differs_anew(self) -> bool:
        """Whether it differs by something else than at the end of the month before."""
        return self.difference_cents not in (0, self.before_cents)

    def shown(self, cents: int) -> int:
        """Cents on the side that people read the account on."""
        return self.side * cents


class TieSigned(Form, frozen=True, kw_only=True):
    """Two people's word for a month's tie-out; unchanged: whether it is today what they signed."""

    seq: Number
    by: _Word
    second: _Word
    at: _Word
    sha256: _Word
    different: Count
    reason: _Word
    unchanged: bool


class TieMonth(Form, frozen=True, kw_only=True):
    """A month's tie-out."""

    month: _Word
    sha256: _Word
    different: Count
    rows: list[TieLine]
    signed: list[TieSigned]


class TieCause(Form, frozen=True, kw_only=True):
    """What makes a part of a difference."""

    words: _Word
    cents: Cents
    record: _Word


class TieCauses(Form, frozen=True, kw_only=True):
    """What makes one row's difference."""

    row: TieLine | None
    causes: list[TieCause]


class Alarm(Form, frozen=True, kw_only=True):
    """An alarm that nobody saw to yet; terminal is empty for one of the ledger's own."""

    id: Number
    kind: _Word
    terminal: _Word
    epoch: Count
    seq: Count | None
    detail: _Word
    made_at: _Word


class Gap(Form, frozen=True, kw_only=True):
    """A batch that is missing before others that came, since when."""

    terminal: _Word
    epoch: Number
    missing_no: Number
    since: _Word
    state: _Word


class Silent(Form, frozen=True, kw_only=True):
    """A terminal that nothing was heard of for so many hours."""

    terminal: _Word
    epoch: Number
    office: _Word
    heard_at: _Word
    hours: Count


class _Attention(Form, frozen=True, kw_only=True):
    alarms: list[Alarm]
    gaps: list[Gap]
    silent: list[Silent]
    batches: Count
    error_items: Count
    no_backup_hours: Count | None


@dataclass(frozen=True, slots=True)
class Heed:
    """One thing that somebody must look at: what kind, whose, since when by the clock here, in words.

    alarm: its number where it is one, which somebody can say they saw; 0 for what ends by itself.
    """

    kind: str
    terminal: str
    since: str
    words: str
    alarm: int = 0


@dataclass(frozen=True, slots=True)
class Attention:
    """What a technician looks at first, and in few words how much of each there is; empty for nothing."""

    rows: tuple[Heed, ...]
    words: str


def read_attention(station: Station, said: Mapping[str, Any]) -> Attention:
    """The answer to `attention`."""
    found = _read(_Attention, said)
    rows = [
        *(Heed(each.kind, each.terminal, moment(station, each.made_at), each.detail, each.id) for each in found.alarms),
        *(
            Heed(
                "gap",
                each.terminal,
                moment(station, each.since),
                f"Batch {each.missing_no} is missing; later ones came.",
            )
            for each in found.gaps
        ),
        *(
            Heed("silent", each.terminal, moment(station, each.heard_at), f"Nothing was heard for {each.hours} hours.")
            for each in found.silent
        ),
    ]
    if found.no_backup_hours is not None:
        told = number_of(found.no_backup_hours, "hour")
        rows.append(Heed("backup", "", "", f"The ledger: none for {told}."))
    numbers = (
        (len(found.alarms), "alarm", ""),
        (len(found.gaps), "batch missing", "batches missing"),
        (len(found.silent), "silent", "silent"),
        (found.batches, "waiting", "waiting"),
        (found.error_items, "error", ""),
    )
    return Attention(tuple(rows), ", ".join(number_of(*each) for each in numbers if each[0]))


def read_items(_station: Station, said: Mapping[str, Any]) -> Items:
    """The answer to `error-items`. Raises LedgerOffline for what can't be read; so do the others."""
    return _read(Items, said)


def read_item(_station: Station, said: Mapping[str, Any]) -> ItemPage:
    """The answer to `error-item`."""
    return _read(ItemPage, said)


def read_working(_station: Station, said: Mapping[str, Any]) -> Working:
    """The answer to `error-item.proposal`."""
    return _read(Working, said)


def read_batches(_station: Station, said: Mapping[str, Any]) -> Batches:
    """The answer to `batches`."""
    return _read(Batches, said)


def read_batch(_station: Station, said: Mapping[str, Any]) -> BatchPage:
    """The answer to `batch`."""
    return _read(BatchPage, said)


def read_tie_out(_station: Station, said: Mapping[str, Any]) -> TieMonth:
    """The answer to `tie-out`."""
    return _read(TieMonth, said)


def read_causes(_station: Station, said: Mapping[str, Any]) -> TieCauses:
    """The answer to `tie-out.causes`."""
    return _read(TieCauses, said)


def ages(station: Station, moments: list[str]) -> list[str]:
    """How old each moment of the ledger's (ISO 8601 UTC) is by the clock here: `today`, `3 days`."""
    today = date.fromisoformat(station.clock.local_text()[:10])
    days = [(today - date.fromisoformat(moment(station, each)[:10])).days for each in moments]
    return ["today" if number <= 0 else number_of(number, "day") for number in days]


def moments(station: Station, said: list[str]) -> list[str]:
    """Moments of the ledger's (ISO 8601 UTC) as local date and time."""
    return [moment(station, each) for each in said]


def month_to_tie(station: Station) -> str:
    """The month that was over last by the clock here, YYYY-MM."""
    return month_before(station.clock.local_text()[:7])


def _read(form: type[_Said], said: Mapping[str, Any]) -> _Said:
    try:
        return read_as(form, dict(said))
    except ValidationError as fault:
        raise LedgerOffline(
            "The ledger's answer can't be read here.", "Nothing was changed.", "It is of another version: call a lead."
        ) from fault
