"""The states of a batch in custody, and who takes it from one to the next: release by one person, posting by another.

received or held -> released -> posted; received, held or released -> rejected -> reopened -> released ... Two people
reopen a batch, which walks the whole way again. A sound batch is posted by the ledger itself unless the city says
otherwise; those after one that people post follow by themselves as far as they can.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from msgspec import structs
from sqlalchemy import Connection, RowMapping, select, update

from countertui.domain.desk_records import DESK, BatchStepData, DeskKind
from countertui.domain.records import Fact, Kind
from countertui.domain.rights import Act, require_second_person
from countertui.errors import AnswerNo, EnvironmentFault
from countertui.forms import read_as, said_by
from countertui.ledger import tables
from countertui.ledger.amounts import net_of, unsound_records
from countertui.ledger.bulk import known
from countertui.ledger.charted import NoRulesError
from countertui.ledger.custody import MOST_REASONS, Judged, Place, by_people, judge, post_whole, set_terminal
from countertui.ledger.desk import Ground, Made, record, require_right, require_two
from countertui.ledger.key_changes import key_in_custody
from countertui.ledger.over_recovered import DOUBT
from countertui.ledger.post_batch import post_batch
from countertui.ledger.posting import Problem
from countertui.ledger.recovered_batches import recovered_batch
from countertui.ledger.registry import present
from countertui.sync.ack import LEDGER_KEY_ID, Ack, Status
from countertui.sync.batch import MAX_ENVELOPE, Batch, batch_hash, key_id, parse_batch
from countertui.sync.canonical import canonical, parse_strict
from countertui.sync.chain import record_hash
from countertui.sync.dsse import ACK, BATCH, open_envelope, parse_envelope, sign_envelope, to_bytes
from countertui.sync.ed25519 import checked_public_key
from countertui.sync.faults import EnvelopeRefusedError, MalformedBatchError, MalformedEnvelopeError

STEPS: Mapping[str, tuple[frozenset[str], str, Act]] = {
    DeskKind.BATCH_RELEASE: (frozenset({"received", "held", "reopened"}), "released", Act.RELEASE),
    DeskKind.BATCH_POST: (frozenset({"released"}), "posted", Act.POST),
    DeskKind.BATCH_REJECT: (frozenset({"received", "held", "released"}), "rejected", Act.RELEASE),
    DeskKind.BATCH_REOPEN: (frozenset({"rejected"}), "reopened", Act.RELEASE),
}
"""By kind of record: from which states, to which, and the right it needs."""
_ACKED: Mapping[str, Status] = {"posted": "posted", "held": "held", "rejected": "held"}
"""What a terminal is told of each state; all others are received."""


class StepRefusedError(AnswerNo):
    """A step that a batch can't take now, or not by this person."""


class KeptBatchAlteredError(EnvironmentFault):
    """What is kept of a batch is not what was taken into custody: no byte of it is posted."""


def step(
    ground: Ground,
    kind: DeskKind,
    terminal: str,
    epoch: int,
    no: int,
    *,
    by: str,
    reason: str,
    id_: str,
    second: str | None = None,
) -> Made:
    """Release, post, reject or reopen a batch: a signed record, and what follows of it. id_: the record's, a UUIDv7.

    `by` has signed in, and so has `second`, who agrees to reopening it; the other steps are one person's.
    Raises StepRefusedError, NotAllowed; nothing is changed then.
    """
    connection = ground.connection
    require_right(connection, by, STEPS[kind][2], ground.now)
    row = _batch(connection, terminal, epoch, no)
    if row is None:
        raise _refused(f"Batch {no} of {terminal}/{epoch} is not here.")
    _require_step(ground, kind, Place(terminal, epoch, no, row["batch_hash"]), row["state"], by, second)
    if kind != DeskKind.BATCH_POST and not reason.strip() and not (kind == DeskKind.BATCH_RELEASE and _sound(row)):
        raise _refused("A reason is needed.")
    data = BatchStepData(
        terminal=terminal, epoch=epoch, batch_no=no, batch_hash=row["batch_hash"], reason=reason.strip()
    )
    fact = Fact(id=id_, kind=kind, operator=by, approver=second, data=data, biz_date=None)
    made = record(connection, ground.books, ground.key, fact, ground.now)
    carry_out(ground, made)
    return made


def carry_out(ground: Ground, made: Made) -> None:
    """Do what a record of a step says. Raises StepRefusedError, NotAllowed where it may not be done."""
    data, by = made.body["data"], made.body["operator"]
    place = Place(data["terminal"], data["epoch"], data["batch_no"], data["batch_hash"])
    second = made.body["approver"]
    _require_step(ground, made.body["kind"], place, _known(ground.connection, place)["state"], by, second)
    state = STEPS[made.body["kind"]][1]
    if state == "posted":
        _post(ground, place, by)
        _post_following(ground, place.terminal, place.epoch)
        return
    row = _known(ground.connection, place)
    reasons = json.loads(row["reasons"])
    if state == "rejected":
        reasons = [f"Rejected by {by}: {data['reason']}", *reasons]
    values: dict[str, Any] = {"released_by": by if state == "released" else None}
    _write_state(ground, place, row, state, reasons, values)


def _require_step(ground: Ground, kind: str, place: Place, state: str, by: str, second: str | None) -> None:
    """That the batch is where this step begins, and these people may take it. Raises StepRefusedError, NotAllowed."""
    before, _, act = STEPS[kind]
    require_right(ground.connection, by, act, ground.now)
    if (second is not None) != (kind == DeskKind.BATCH_REOPEN):
        raise _refused("A rejected batch is reopened by two people; every other step is one person's.")
    name = f"Batch {place.no} of {place.terminal}"
    if state not in before:
        raise _refused(f"{name} is {state}; that can be done to one that is {_or(before)}.")
    if kind == DeskKind.BATCH_POST:
        _require_turn(ground.connection, place.terminal, place.epoch, place.no)
        require_second_person(by, releasers(ground.connection, place.terminal, place.epoch, place.no))
    if second is not None:
        require_two(ground.connection, by, act, second, Act.AGREE, ground.now)
    if kind != DeskKind.BATCH_REJECT:
        took = takers(kept_batch(ground, place))
        for person in (by, second):
            if person is not None:
                require_second_person(person, took)


def kept_batch(ground: Ground, place: Place) -> Batch:
    """A batch in custody, read again from its envelope in the inbox, once that is what was taken and was signed.

    Raises KeptBatchAlteredError.
    """
    connection = ground.connection
    row = _known(connection, place)
    table = tables.inbox
    kept = connection.execute(select(table.c.bytes).where(table.c.sha256 == row["sha256"])).scalar()
    envelope = bytes(kept or b"")
    if sha256(envelope).hexdigest() != row["sha256"]:
        raise _altered(place)
    try:
        payload = _signed(ground, place, row["first_seq"], envelope)
        batch = parse_batch(payload)
    except (EnvelopeRefusedError, MalformedEnvelopeError, MalformedBatchError) as fault:
        raise _altered(place) from fault
    said = batch.terminal, batch.epoch, batch.batch_no, batch_hash(payload), batch.first_seq, batch.last_seq
    head = hashes_of(batch)[-1].hex() if batch.records else batch.prev_head
    noted = place.terminal, place.epoch, place.no, place.batch_hash, row["first_seq"], row["last_seq"]
    if said != noted or row["batch_hash"] != place.batch_hash or head != row["head"]:
        raise _altered(place)
    return batch


def _signed(ground: Ground, place: Place, first_seq: int, envelope: bytes) -> bytes:
    """The payload, signed by the key that its terminal had at its first record, or recovered and signed by the ledger.

    Raises EnvelopeRefusedError, MalformedEnvelopeError.
    """
    parsed = parse_envelope(envelope, MAX_ENVELOPE)
    register = present(ground.connection, ground.books.ledger)
    if (recovered := recovered_batch(parsed, list(register.ledger_keys))) is not None:
        return recovered
    table = tables.terminal
    here = (table.c.code == place.terminal) & (table.c.epoch == place.epoch)
    row = ground.connection.execute(select(table).where(here)).mappings().one()
    public_key = key_in_custody(ground.connection, ground.books.ledger, row, first_seq)
    return open_envelope(parsed, BATCH, {key_id(place.terminal, place.epoch): checked_public_key(public_key)})


def releasers(connection: Connection, terminal: str, epoch: int, no: int) -> list[str]:
    """Everybody who ever released the batch, whether it was rejected since or not: no one releases and posts it."""
    turn, record = tables.turn.c, tables.record.c
    came = select(turn.n).where(turn.terminal == terminal, turn.epoch == epoch, turn.no == no).scalar_subquery()
    later = select(turn.no).where(turn.terminal == DESK, turn.n > came)
    here = (record.terminal == DESK) & (record.kind == DeskKind.BATCH_RELEASE) & record.seq.in_(later)
    bodies = [json.loads(bytes(body)) for body in connection.execute(select(record.body).where(here)).scalars()]
    place = terminal, epoch, no
    about = ((body["data"], body["operator"]) for body in bodies)
    return [by for data, by in about if (data["terminal"], data["epoch"], data["batch_no"]) == place]


def takers(batch: Batch) -> list[str]:
    """Who took a batch's money, or opened, closed or approved the closing of a drawer in it."""
    people = [
        body.get(name)
        for body in batch.bodies
        if body.get("kind") in (Kind.OPEN, Kind.PAY, Kind.CLOSE)
        for name in ("operator", "approver")
    ]
    return [person for person in people if type(person) is str]


def hashes_of(batch: Batch) -> list[bytes]:
    """The chain hashes of a batch's records."""
    found, h = [], bytes.fromhex(batch.prev_head)
    for seq, (data, _) in enumerate(batch.records, start=batch.first_seq):
        h = record_hash(seq, h, data)
        found.append(h)
    return found


def _post(ground: Ground, place: Place, by: str) -> None:
    """Post a batch by people, without the records of it that can't be posted: each becomes an error item."""
    connection = ground.connection
    row, batch = _known(connection, place), kept_batch(ground, place)
    judged = judge(batch, _terminal(connection, place))
    left_out = {
        seq: Problem("unsound-record", f"Record {seq}: {why}.", 0) for seq, why in unsound_records(batch).items()
    }
    there = known(connection, tables.record, "id", [body["id"] for body in batch.bodies])
    for body in batch.bodies:
        if body["id"] in there:
            left_out[body["seq"]] = Problem(
                "record-twice", f"Record {body['seq']} is in the books already, under another number.", 0
            )
    try:
        items = post_batch(connection, batch, hashes_of(batch), ground.now, left_out)
    except NoRulesError as fault:
        raise _refused("The ledger has no rules of its city yet.") from fault
    bodies = [body for body in batch.bodies if body["seq"] not in left_out]
    figures = {"receipts": sum(body["kind"] == Kind.PAY for body in bodies), "net_cents": sum(map(net_of, bodies))}
    _posted(ground, place, row, batch, judged, figures | {"error_items": items, "posted_by": by}, last_seen=True)


def _post_following(ground: Ground, terminal: str, epoch: int) -> None:
    """Post the batches that waited for an earlier one, as long as each is sound and the city lets the ledger post.

    One that was recovered is looked at by two people for itself, whatever was before it.
    """
    connection = ground.connection
    while not by_people(connection):
        register = _terminal(connection, Place(terminal, epoch, 0, ""))
        row = _batch(connection, terminal, epoch, register["posted_no"] + 1)
        if row is None or row["state"] not in ("received", "held") or DOUBT in json.loads(row["reasons"]):
            return
        place = Place(terminal, epoch, row["no"], row["batch_hash"])
        batch = kept_batch(ground, place)
        judged = judge(batch, register)
        reasons = list(judged.reasons)
        items = 0
        if not reasons:
            items, reasons = post_whole(connection, batch, hashes_of(batch), ground.now)
        if reasons:
            _write_state(ground, place, row, "held", reasons, {})
            return
        figures = {"receipts": judged.true["receipts"], "net_cents": judged.true["net"], "error_items": items}
        _posted(ground, place, row, batch, judged, figures, last_seen=False)


def _posted(
    ground: Ground,
    place: Place,
    row: RowMapping,
    batch: Batch,
    judged: Judged,
    figures: dict[str, Any],
    *,
    last_seen: bool,
) -> None:
    """Note that a batch is posted. last_seen: go on from its running sums as it says them, sound or not."""
    moved: dict[str, Any] = {"posted_no": place.no, "posted_seq": batch.last_seq}
    sums = judged.true if judged.sound else batch.bodies[-1] if last_seen and batch.bodies else {}
    if type(sums.get("cum_net")) is int and type(sums.get("cum_abs")) is int:
        moved |= {"cum_net": sums["cum_net"], "cum_abs": sums["cum_abs"]}
    moved |= _last_number(batch)
    set_terminal(ground.connection, place, moved)
    _write_state(ground, place, row, "posted", [], figures)


def _last_number(batch: Batch) -> dict[str, int]:
    for body in reversed(batch.bodies):
        digits = str(body.get("receipt_no") or "").rpartition("-")[2]
        if body.get("kind") == Kind.PAY and digits.isascii() and digits.isdecimal():
            return {"last_receipt": int(digits)}
    return {}


def _write_state(
    ground: Ground, place: Place, row: RowMapping, state: str, reasons: list[str], values: dict[str, Any]
) -> None:
    """Set a batch's state, and sign the answer that its terminal is to get from now on."""
    posted = values.get("net_cents", 0) if state == "posted" else 0
    ack = _answered(ground.key, bytes(row["ack"]), _ACKED.get(state, "received"), reasons, posted)
    table = tables.batch
    here = (table.c.terminal == place.terminal) & (table.c.epoch == place.epoch) & (table.c.no == place.no)
    told = {"state": state, "reasons": json.dumps(reasons[:MOST_REASONS]), "ack": ack}
    ground.connection.execute(update(table).where(here).values(**told, **values))


def _answered(key: Ed25519PrivateKey, before: bytes, status: Status, reasons: list[str], posted: int) -> bytes:
    """The ack given before, saying how the batch stands now."""
    ack = read_as(Ack, parse_strict(parse_envelope(before, 1 << 20).payload))
    said = {"status": status, "reasons": [reason[:1000] for reason in reasons[:MOST_REASONS]], "posted_cents": posted}
    return to_bytes(sign_envelope(ACK, canonical(said_by(structs.replace(ack, **said))), [(LEDGER_KEY_ID, key)]))


def _require_turn(connection: Connection, terminal: str, epoch: int, no: int) -> None:
    posted_no = _terminal(connection, Place(terminal, epoch, 0, ""))["posted_no"]
    if no != posted_no + 1:
        raise _refused(f"Batch {posted_no + 1} of {terminal} comes first: batches are posted in order.")


def _terminal(connection: Connection, place: Place) -> RowMapping:
    table = tables.terminal
    query = select(table).where(table.c.code == place.terminal, table.c.epoch == place.epoch)
    return connection.execute(query).mappings().one()


def _batch(connection: Connection, terminal: str, epoch: int, no: int) -> RowMapping | None:
    table = tables.batch
    query = select(table).where(table.c.terminal == terminal, table.c.epoch == epoch, table.c.no == no)
    return connection.execute(query.with_for_update()).mappings().first()


def _known(connection: Connection, place: Place) -> RowMapping:
    row = _batch(connection, place.terminal, place.epoch, place.no)
    if row is None:
        raise AssertionError("a batch in custody is never taken out")
    return row


def _sound(row: RowMapping) -> bool:
    return bool(row["state"] == "received")


def _or(states: frozenset[str]) -> str:
    return " or ".join(sorted(states))


def _refused(happened: str) -> StepRefusedError:
    return StepRefusedError(happened, "Nothing was changed.", "countertui ledger status shows how each batch stands.")


def _altered(place: Place) -> KeptBatchAlteredError:
    return KeptBatchAlteredError(
        f"What is kept of batch {place.no} of {place.terminal}/{place.epoch} is not what was taken into custody.",
        "Nothing was posted. The terminal still has what it signed.",
        "Look at the whole ledger first: countertui ledger fsck.",
    )
