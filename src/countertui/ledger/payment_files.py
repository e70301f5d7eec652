"""Lockbox, web and ACH payment files: a file that balances is posted, payment by payment; any other is held.

A held file may be offered again, with the right figures. One with payments that were posted before, in whatever bytes,
is posted only where two people say so.

Each payment is a record of the desk (`remittance`) with a receipt number of its own, posted as a receipt is: spread
over what the account owes in the city's order, the rest its credit; an account not known waits in suspense.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import Connection, delete, insert, select

from countertui.domain.balances import charge_movements
from countertui.domain.city import CityRules, rules_to_json
from countertui.domain.desk_records import DESK, DeskKind, PaymentFileData, RemittanceData
from countertui.domain.money import format_cents
from countertui.domain.pay_record import AllocationData, LineData, TenderData
from countertui.domain.records import Fact
from countertui.domain.rights import Act
from countertui.domain.tenders import TenderKind
from countertui.errors import AnswerNo
from countertui.ledger import tables
from countertui.ledger.bulk import insert_many
from countertui.ledger.charges_raised import not_raised
from countertui.ledger.charted import chart_for, rules_of
from countertui.ledger.checks_back import CHECK, checks_in
from countertui.ledger.correction_targets import spread
from countertui.ledger.desk import EPOCH, Ground, Made, record, require_right, require_two
from countertui.ledger.desk_entry import count_day, write_entry, write_history
from countertui.ledger.importing.faults import MapRefusedError
from countertui.ledger.importing.payments import Payment, PaymentFile, read_payments
from countertui.ledger.payments_seen import seen_before
from countertui.ledger.periods import Periods
from countertui.ledger.posting import Posting, post_pay
from countertui.ledger.stored import note_rules, record_at
from countertui.ledger.taken_back import CorrectionRefusedError
from countertui.ports.clock import Ids

MOST_BYTES = 64 << 20
_MOST_REASONS = 100


class PaymentFileRefusedError(AnswerNo):
    """A payment file that can't be taken at all: its origin has no account here, or it is too large."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a file: posted, held (and why), or there before; payments and cents as counted in it."""

    state: str
    origin: str
    count: int
    total_cents: int
    reasons: tuple[str, ...]


def take_file(
    ground: Ground,
    path: Path,
    map_path: Path,
    *,
    by: str,
    biz_date: str,
    ids: Ids,
    control: tuple[int, int] | None = None,
    second: str | None = None,
) -> Taken:
    """Take a payment file in by its mapping; one that was posted changes nothing. `by`, a technician, has signed in.

    control: how many payments and cents the file has by the bank's word, where it has no trailer that says so. second:
    who, having signed in, agrees that payments like some posted before are others.
    Raises MapRefusedError, PaymentFileRefusedError, NotAllowed; nothing is changed then.
    """
    connection = ground.connection
    _require_people(ground, by, second)
    file, digest = _read(path, map_path, control)
    total = sum(each.cents for each in file.payments)
    c = tables.payment_file.c
    before = connection.execute(select(c.state).where(c.sha256 == digest)).scalar()
    if before == "posted":
        return Taken("posted before", file.origin, len(file.payments), total, ())
    rules = rules_of(connection)
    _require_origin(rules, file.origin)
    reasons = [*file.faults, *_out_of_balance(file, total)]
    if second is None:
        reasons += islice(seen_before(connection, file), _MOST_REASONS)
    if before is not None and reasons:
        return Taken(f"{before} before", file.origin, len(file.payments), total, tuple(reasons))
    said = file.control or (0, 0)
    data = PaymentFileData(
        origin=file.origin,
        name=path.name,
        sha256=digest,
        count=len(file.payments),
        total_cents=total,
        control_count=said[0],
        control_total_cents=said[1],
        state="held" if reasons else "posted",
        reasons=reasons,
    )
    fact = Fact(id=ids(), kind=DeskKind.PAYMENT_FILE, operator=by, approver=second, data=data, biz_date=biz_date)
    made = record(connection, ground.books, ground.key, fact, ground.now)
    carry_out_file(ground, made)
    for payment in () if reasons else file.payments:
        told = _remittance(connection, rules, file.origin, made.seq, payment)
        one = Fact(
            id=ids(),
            kind=DeskKind.REMITTANCE,
            operator=by,
            data=told,
            biz_date=biz_date,
            net_cents=payment.cents,
            draws_receipt_no=True,
        )
        carry_out(ground, record(connection, ground.books, ground.key, one, ground.now))
    return Taken(data["state"], file.origin, len(file.payments), total, tuple(reasons))


def carry_out_file(ground: Ground, made: Made) -> None:
    """Note what became of a file, also of one that was held.

    Raises NotAllowed, PaymentFileRefusedError if it was posted before.
    """
    _require_people(ground, made.body["operator"], made.body["approver"])
    data, table = made.body["data"], tables.payment_file
    row = {name: data[name] for name in ("sha256", "origin", "state")}
    held = (table.c.sha256 == data["sha256"]) & (table.c.state == "held")
    ground.connection.execute(delete(table).where(held))
    there = select(table.c.seq).where(table.c.sha256 == data["sha256"])
    if ground.connection.execute(there).first() is not None:
        raise PaymentFileRefusedError(f"The file {data['name']} was posted before.", "Nothing was changed.")
    ground.connection.execute(insert(table).values(**row, seq=made.seq))


def carry_out(ground: Ground, made: Made) -> None:
    """Post one payment of a file. Raises PaymentFileRefusedError for one that is not of the file it names."""
    _require_of_file(ground.connection, made)
    connection, data, biz_date = ground.connection, made.body["data"], made.body["biz_date"]
    rules = rules_of(connection)
    movements = list(charge_movements(made.body["kind"], data))
    chart = chart_for(connection, rules, movements)
    late = not_raised(connection, made.body)
    shares = post_pay({"tenders": (), "change_cents": 0}, movements, chart)
    lines = dict(shares.lines)
    place = rules.posting.pooled_fund, data["paid_into"]
    lines[place] = lines.get(place, 0) + data["total_cents"]
    periods = Periods(connection, rules.posting)
    standing = {each: cents for each, cents in lines.items() if cents}
    posting = periods.fitted(Posting(standing, shares.moves, [*shares.problems, *late]), biz_date)
    write_entry(ground, made, posting, biz_date=periods.open_date(biz_date))
    unmade = [n for n, each in enumerate(movements) if each.account is not None and each not in shares.moves]
    for n in unmade:
        row = {"terminal": DESK, "epoch": EPOCH, "seq": made.seq, "n": n}
        connection.execute(insert(tables.unposted).values(**row))
    insert_many(connection, tables.check_taken, CHECK, checks_in(made.body))
    write_history(ground, made, data["lines"], data["payor"])
    count_day(ground, biz_date, 1, data["total_cents"])
    note_rules(connection, DESK, EPOCH, made.seq, rules_to_json(rules))


def _require_people(ground: Ground, by: str, second: str | None) -> None:
    if second is None:
        require_right(ground.connection, by, Act.POST, ground.now)
    else:
        require_two(ground.connection, by, Act.POST, second, Act.AGREE, ground.now)


def _require_of_file(connection: Connection, made: Made) -> None:
    """A file's payments follow its record one by one, by who took it in, and add up to what it has."""
    body, seq = made.body, made.body["data"]["file_seq"]
    file = record_at(connection, DESK, EPOCH, seq)
    if file is None or file.body["kind"] != DeskKind.PAYMENT_FILE:
        raise PaymentFileRefusedError(f"Record {seq} of the desk is no payment file.", "Nothing was changed.")
    said = file.body["data"]
    theirs = said["state"] == "posted" and file.body["operator"] == body["operator"]
    if not theirs or not seq < made.seq <= seq + said["count"]:
        raise PaymentFileRefusedError(f"Payment {made.seq} is not of the file in record {seq}.", "Nothing was changed.")
    if made.seq == seq + said["count"] and body["cum_net"] - file.body["cum_net"] != said["total_cents"]:
        raise PaymentFileRefusedError(f"The payments of {said['name']} don't add up to it.", "Nothing was changed.")


def _require_origin(rules: CityRules, origin: str) -> None:
    """Raise PaymentFileRefusedError where the city has no account for money that comes from there."""
    if origin not in rules.posting.origins:
        known = ", ".join(sorted(rules.posting.origins)) or "none"
        raise PaymentFileRefusedError(
            f"The city's rules have no account for {origin} payments; there are: {known}.",
            "Nothing was changed.",
            f"Name it as {origin} in gl.toml, [[control]]; then countertui ledger city.",
        )


def _read(path: Path, map_path: Path, control: tuple[int, int] | None) -> tuple[PaymentFile, str]:
    """The file as read, and the SHA-256 (hex) of the bytes that were read."""
    try:
        with path.open("rb") as handle:
            data = handle.read(MOST_BYTES + 1)
    except OSError as fault:
        raise MapRefusedError(f"{path.name} can't be read: {fault.strerror}.") from fault
    if len(data) > MOST_BYTES:
        raise PaymentFileRefusedError(f"A payment file has at most {MOST_BYTES:,} bytes.", "Nothing was changed.")
    with TemporaryDirectory(prefix="countertui-payments-") as folder:
        # Read from a copy: what is posted is what is hashed, whatever becomes of the file meanwhile.
        copy = Path(folder) / path.name
        copy.write_bytes(data)
        return read_payments(copy, map_path, control), sha256(data).hexdigest()


def _remittance(
    connection: Connection, rules: CityRules, origin: str, file_seq: int, payment: Payment
) -> RemittanceData:
    line = LineData(
        n=1,
        account=payment.account,
        account_kind=None,
        fee=None,
        description=f"{origin} payment",
        quantity=None,
        unit_cents=None,
        cents=payment.cents,
        owed_after=None,
        reason=None,
        allocations=_allocations(connection, rules, payment),
    )
    return RemittanceData(
        origin=origin,
        file_seq=file_seq,
        row=payment.row,
        reference=payment.reference,
        paid_into=rules.posting.origins[origin],
        payor=payment.payor,
        lines=[line],
        tenders=[TenderData(kind=TenderKind.CHECK.value, cents=payment.cents, reference=payment.reference)],
        change_cents=0,
        total_cents=payment.cents,
    )


def _allocations(connection: Connection, rules: CityRules, payment: Payment) -> list[AllocationData]:
    """Where a payment goes; of an account that is not known, to suspense when it is posted."""
    try:
        shares = spread(connection, rules, payment.account, payment.cents)
    except CorrectionRefusedError:
        gl = rules.posting.suspense
        return [AllocationData(charge=None, head="credit", gl=gl, cents=payment.cents, owed_after=0)]
    return [
        AllocationData(charge=each["charge"], head=each["head"], gl=each["gl"], cents=each["cents"], owed_after=0)
        for each in shares
    ]


def _out_of_balance(file: PaymentFile, total: int) -> Iterable[str]:
    """Where what the file says of itself is not what is in it."""
    if file.control is None:
        return ["The file does not say how many payments and how much money it has."]
    return _differences(file.control, len(file.payments), total)


def _differences(control: tuple[int, int], count: int, total: int) -> Sequence[str]:
    found = []
    if control[0] != count:
        found.append(f"It says {control[0]} payments and has {count}.")
    if control[1] != total:
        found.append(f"It says {format_cents(control[1])} and has {format_cents(total)}.")
    return found
