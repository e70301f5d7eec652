"""Lines of the bank that are no deposit, explained: posted where they belong, or said to be in the books already.

Interest, a fee, a wire or what a card company pays goes to a GL account; a returned check or a lockbox file has its
entries at the bank's account before the bank's file comes, and nothing is posted twice. Two people answer for each, in
a record of the desk, and for taking it back.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, RowMapping, delete, func, select, update

from countertui.domain.bank_records import BankExplainData, BankUnexplainData
from countertui.domain.deposit_accounts import account_at_bank, all_accounts
from countertui.domain.desk_records import DESK, DeskKind
from countertui.domain.money import Cents, format_cents
from countertui.domain.postings import Credit, GlLine, refund_entry
from countertui.domain.records import Kind
from countertui.domain.rights import Act
from countertui.domain.tenders import TenderKind
from countertui.ledger import tables
from countertui.ledger.bank.faults import BankRefusedError, refused
from countertui.ledger.bank.recording import given_reason, recorded
from countertui.ledger.bulk import insert_many, looked_up
from countertui.ledger.charted import rules_of
from countertui.ledger.desk import EPOCH, Ground, Made, require_two
from countertui.ledger.desk_entry import write_entry
from countertui.ledger.posting import Posting, by_place, chart
from countertui.ledger.stored import record_at

FEWEST_DIGITS = 6
"""How many digits of a line's identity name it at least."""
_AT_THE_BANK = (DeskKind.REMITTANCE, DeskKind.RETURNED_CHECK, Kind.CHECKS_RETURNED)
"""What moves the bank's account before the bank's file says it; deposits are matched, not explained."""
_AT_ONCE = 5_000
"""So many entries are asked for in one query: engines bound what a query may name."""
_BY_DEPOSIT = (TenderKind.CASH, TenderKind.CHECK, TenderKind.MONEY_ORDER)


def line_named(connection: Connection, name: str) -> str:
    """The identity of the one line of the bank that begins so (hex digits). Raises BankRefusedError."""
    c, begins = tables.bank_line.c, name.strip().lower()
    if len(begins) < FEWEST_DIGITS or set(begins) - set("0123456789abcdef"):
        raise refused(f"A line of the bank is named by {FEWEST_DIGITS} or more of its digits, as it is listed.")
    found = connection.execute(select(c.identity).where(c.identity.startswith(begins)).limit(2)).scalars().all()
    if len(found) != 1:
        raise refused(f"{'Two lines' if found else 'No line'} of the bank's files taken in begin {begins[:16]}.")
    return str(found[0])


def explain(ground: Ground, line: str, gl: str, *, by: str, second: str, reason: str, biz_date: str, id_: str) -> Made:
    """Post a line of the bank (its identity) to a GL account; money that came is credited there, a fee debited.

    Both people have signed in. Raises BankRefusedError, NotAllowed; nothing is changed then.
    """
    return _explained(ground, line, gl, (), by=by, second=second, reason=reason, biz_date=biz_date, id_=id_)


def explain_booked(ground: Ground, line: str, *, by: str, second: str, reason: str, biz_date: str, id_: str) -> Made:
    """Say that a line is what the books have of the bank already: a returned check, or a payment file of its amount.

    Both people have signed in. Raises BankRefusedError, also where several could be meant; NotAllowed.
    """
    row = _open_line(ground.connection, line)
    found = entries_like(ground.connection, line)
    if len(found) != 1:
        what = f"{'returned check' if row['cents'] < 0 else 'payment file'} of {format_cents(Cents(abs(row['cents'])))}"
        if not found:
            raise refused(f"The books have no {what} at the bank that no line of the bank is yet.")
        raise refused(f"The books have more than one {what}, and the line does not say which it is.")
    entries = found[0]
    return _explained(ground, line, "", entries, by=by, second=second, reason=reason, biz_date=biz_date, id_=id_)


def entries_like(connection: Connection, line: str) -> list[list[int]]:
    """What an open line of the bank may be of the books: the entries of each returned check or payment file like it.

    Raises BankRefusedError where the line does not wait.
    """
    row = _open_line(connection, line)
    return _of_returned_checks(connection, row) if row["cents"] < 0 else _of_payment_files(connection, row)


def carry_out(ground: Ground, made: Made) -> None:
    """Post what a line of the bank was said to be, and note that it is explained.

    Raises NotAllowed, BankRefusedError where the line does not wait, the GL account can't take it, or the entries are
    not what it adds up to.
    """
    connection, said = ground.connection, made.body["data"]
    require_two(connection, made.body["operator"], Act.CORRECT, made.body["approver"], Act.AGREE, ground.now)
    line = _open_line(connection, said["line"])
    if line["cents"] != said["cents"] or bool(said["gl"]) == bool(said["entries"]):
        raise refused("The line is not what the record says.")
    _note(connection, said["line"], made.seq)
    if said["entries"]:
        _require_entries(connection, said["entries"], said["cents"], _account(connection, line))
        insert_many(connection, tables.bank_entry, ("entry", "line"), [(n, said["line"]) for n in said["entries"]])
    else:
        write_entry(ground, made, _posting(connection, said["gl"], line), biz_date=made.body["biz_date"])


def unexplain(ground: Ground, line: str, *, by: str, second: str, reason: str, biz_date: str, id_: str) -> Made:
    """Take back what a line of the bank (its identity) was said to be. Both people have signed in.

    Raises BankRefusedError, NotAllowed; nothing is changed then.
    """
    c = tables.bank_line.c
    seq = ground.connection.execute(select(c.explained).where(c.identity == line)).scalar()
    if seq is None:
        raise refused("Nobody has said what that line of the bank is.")
    said = BankUnexplainData(line=line, explain_seq=seq, reason=given_reason(reason))
    made = recorded(ground, DeskKind.BANK_UNEXPLAIN, said, by=by, second=second, biz_date=biz_date, id_=id_)
    carry_out_undone(ground, made)
    return made


def carry_out_undone(ground: Ground, made: Made) -> None:
    """Let a line wait again, and take back what was posted. Raises NotAllowed, BankRefusedError."""
    connection, said = ground.connection, made.body["data"]
    require_two(connection, made.body["operator"], Act.CORRECT, made.body["approver"], Act.AGREE, ground.now)
    c, entry = tables.bank_line.c, tables.bank_entry
    here = (c.identity == said["line"]) & (c.explained == said["explain_seq"])
    before = record_at(connection, DESK, EPOCH, said["explain_seq"])
    if before is None or connection.execute(select(c.row).where(here)).first() is None:
        raise refused("The line was not explained as the record says.")
    _note(connection, said["line"], None)
    connection.execute(delete(entry).where(entry.c.line == said["line"]))
    if before.entry is not None:
        posted = _lines_of(connection, before.entry)
        back = {place: -cents for place, cents in posted.items()}
        write_entry(ground, made, Posting(back), biz_date=made.body["biz_date"])


def _explained(
    ground: Ground,
    line: str,
    gl: str,
    entries: Sequence[int],
    *,
    by: str,
    second: str,
    reason: str,
    biz_date: str,
    id_: str,
) -> Made:
    cents = _open_line(ground.connection, line)["cents"]
    said = BankExplainData(line=line, cents=cents, gl=gl.strip(), entries=list(entries), reason=given_reason(reason))
    made = recorded(ground, DeskKind.BANK_EXPLAIN, said, by=by, second=second, biz_date=biz_date, id_=id_)
    carry_out(ground, made)
    return made


def _open_line(connection: Connection, identity: str) -> RowMapping:
    c = tables.bank_line.c
    query = select(tables.bank_line).where(c.identity == identity, c.deposit.is_(None), c.explained.is_(None))
    line = connection.execute(query).mappings().first()
    if line is None:
        raise refused("That line of the bank is not there, is a deposit's, or was explained before.")
    return line


def _note(connection: Connection, line: str, seq: int | None) -> None:
    table = tables.bank_line
    connection.execute(update(table).where(table.c.identity == line).values(explained=seq))


def _account(connection: Connection, line: RowMapping) -> str:
    """The bank account in the books that a line of the bank moved."""
    return account_at_bank(rules_of(connection).posting, line["account"])


def _posting(connection: Connection, gl: str, line: RowMapping) -> Posting:
    """A line's cents between its bank account and a GL account, in that one's own fund. Raises BankRefusedError."""
    rules = rules_of(connection).posting
    account = tables.reference["account"].c
    funds = looked_up(connection, tables.reference["gl_account"], "code", "fund", {gl})
    if gl not in chart(rules, funds, {}, set()).funds:
        raise refused(f"GL account {gl[:24]} is not in the chart, or its fund can't be posted.")
    if gl in {
        *all_accounts(rules),
        rules.suspense,
        rules.refunds_payable,
        *(rules.tender.get(kind) for kind in _BY_DEPOSIT),
    }:
        raise refused(f"GL account {gl} is one that deposits, error items and payables keep: nothing else moves it.")
    if connection.execute(select(account.number).where(account.credit_gl == gl).limit(1)).first() is not None:
        raise refused(f"GL account {gl} is what accounts hold with the city: take the money in as their payment.")
    back = refund_entry([Credit(gl, funds[gl], Cents(-line["cents"]))], _account(connection, line), rules)
    return Posting(by_place(GlLine(each.fund, each.account, each.cents) for each in back))


def _of_returned_checks(connection: Connection, line: RowMapping) -> list[list[int]]:
    c = tables.returned.c
    query = select(c.entry, c.reference).where(c.cents == -line["cents"], c.entry.is_not(None)).order_by(c.entry)
    check = line["check"].lstrip("0")
    rows = [row for row in connection.execute(query) if not check or row.reference.lstrip("0") == check]
    return [[row.entry] for row in rows if _is_whole(connection, [row.entry], line)]


def _of_payment_files(connection: Connection, line: RowMapping) -> list[list[int]]:
    c, entry = tables.payment_file.c, tables.entry.c
    found = []
    for seq in connection.execute(select(c.seq).where(c.state == "posted").order_by(c.seq)).scalars().all():
        file = record_at(connection, DESK, EPOCH, seq)
        if file is None or file.body["data"]["total_cents"] != line["cents"]:
            continue
        within = entry.seq.between(seq + 1, seq + file.body["data"]["count"])
        query = select(entry.id).where(
            entry.terminal == DESK, entry.epoch == EPOCH, entry.kind == DeskKind.REMITTANCE, within
        )
        found.append(list(connection.execute(query.order_by(entry.id)).scalars()))
    return [entries for entries in found if _is_whole(connection, entries, line)]


def _is_whole(connection: Connection, entries: Sequence[int], line: RowMapping) -> bool:
    try:
        _require_entries(connection, entries, line["cents"], _account(connection, line))
    except BankRefusedError:
        return False
    return True


def _require_entries(connection: Connection, entries: Sequence[int], cents: int, account: str) -> None:
    """Raises BankRefusedError unless these entries, of which no line is any yet, moved that bank account so much."""
    rules = rules_of(connection).posting
    there = moved = used = 0
    for first in range(0, len(entries), _AT_ONCE):
        part = entries[first : first + _AT_ONCE]
        entry, line, taken = tables.entry.c, tables.gl_line.c, tables.bank_entry.c
        kinds = select(func.count()).where(entry.id.in_(part), entry.kind.in_(_AT_THE_BANK))
        at_bank = (line.fund == rules.pooled_fund) & (line.account == account)
        sums = select(func.coalesce(func.sum(line.cents), 0)).where(line.entry.in_(part), at_bank)
        there += connection.execute(kinds).scalar_one()
        moved += connection.execute(sums).scalar_one()
        used += connection.execute(select(func.count()).where(taken.entry.in_(part))).scalar_one()
    if len(set(entries)) != len(entries) or there != len(entries) or used or moved != cents:
        raise refused("The entries are not there, are another line's, or are not what the bank has.")


def _lines_of(connection: Connection, entry: int) -> dict[tuple[str, str], int]:
    c = tables.gl_line.c
    rows = connection.execute(select(c.fund, c.account, c.cents).where(c.entry == entry)).all()
    return {(row.fund, row.account): row.cents for row in rows}
