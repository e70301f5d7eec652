"""`countertui receipt show|verify|reveal`."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from cyclopts import App

from countertui.cli.extras import require_extras
from countertui.cli.places import terminal_folder
from countertui.cli.receipt_verify import verify

if TYPE_CHECKING:
    from countertui.domain.personal import Place
    from countertui.store.receipt_rows import Db, ReceiptRecord


def add_to(app: App) -> None:
    """Add this module's commands."""
    receipt = App(name="receipt", help="Receipts of this terminal.")
    receipt.command(show)
    receipt.command(verify)
    receipt.command(reveal)
    app.command(receipt)


def show(
    number: str,
    /,
    *,
    dir: Path | None = None,  # noqa: A002
    json_: bool = False,
    text: bool = False,
    pdf: Path | None = None,
) -> int:
    """Show a receipt's record: what was paid for, what with, and how it stands.

    Parameters
    ----------
    number
        The number on the paper, like T1-17, or that of the paper receipt it was keyed in from, like B-000123.
    dir
        The terminal's folder.
    json_
        Answer as JSON: {"state", "h", "record"}; record is what was signed.
    text
        Show the receipt as it was printed, marked as a copy.
    pdf
        Write the same as a PDF into this file, which must not be there yet.
    """
    from countertui.domain.card_guard import refuse_card_numbers
    from countertui.domain.dates import us_date
    from countertui.domain.money import format_cents
    from countertui.domain.paper_books import paper_of
    from countertui.errors import AnswerNo, UsageError
    from countertui.store.connection import open_for_reading
    from countertui.store.printed import receipt_printed
    from countertui.store.receipt_rows import body_of, receipt_typed
    from countertui.store.store import read_body

    if json_ + text + (pdf is not None) > 1:
        raise UsageError("Only one of --json, --text and --pdf.", press="Ask for one after the other.")
    db = open_for_reading(terminal_folder(dir) / "store.db")
    try:
        record = receipt_typed(db, number)
        if record is None:
            refuse_card_numbers(number, "The receipt number")
            raise AnswerNo(f"There is no receipt {number[:24]} at this terminal.")
        body = body_of(db, record.receipt_no)
        end = read_body(db, record.end_seq) if record.state == "refunded" and record.end_seq is not None else None
        paid_back = "" if end is None else {"cash": ", cash"}.get(end["data"]["method"], ", AP check")
        printed = receipt_printed(db, record.receipt_no)
    finally:
        db.close()
    if json_:
        print(json.dumps({"state": record.state, "h": record.h, "record": body}))
        return 0
    if text or pdf is not None:
        _show_paper(printed, record, body["utc"], pdf, terminal_folder(dir) / "logo.png")
        return 0
    print(f"{record.receipt_no}  {record.biz_date}  {record.payor}  {record.state.replace('_', ' ')}{paid_back}")
    if "paper" in body["data"]:
        paper = paper_of(body["data"]["paper"])
        print(f"  entered from paper receipt {paper.text} of {us_date(paper.date)}")
    for line in body["data"]["lines"]:
        print(f"  {line['account'] or line['fee']:16} {line['description'][:36]:36} {format_cents(line['cents']):>12}")
    for tender in body["data"]["tenders"]:
        print(f"  {tender['kind']:16} {tender['reference'][:36]:36} {format_cents(tender['cents']):>12}")
    print(f"  {'change':16} {'':36} {format_cents(body['data']['change_cents']):>12}")
    return 0


def reveal(number: str, field: str, /, *, operator: str | None = None, dir: Path | None = None) -> int:  # noqa: A002
    """Read a personal value of a receipt, as a check's account number; that somebody looked is recorded.

    Exit status 1 if it is not here: erased, or not this office's to read.

    Parameters
    ----------
    number
        The receipt's number, or TERMINAL/EPOCH/RECORD for a record of another terminal, like T2/1/41.
    field
        Which value, as `receipt show --json` names it under personal: like tender.1.account.
    operator
        Who looks: a lead or technician; asked for if not given. The PIN is asked for.
    dir
        The terminal's folder.
    """
    require_extras("counter")
    from countertui.cli.running import signed_in, writing_station
    from countertui.counter.read_personal import read_personal

    with writing_station(terminal_folder(dir), "receipt reveal") as (station, _):
        place = _place(station.db, station.place.terminal, station.place.epoch, number, field)
        print(read_personal(station, signed_in(station, operator), place))
    return 0


def _place(db: Db, terminal: str, epoch: int, number: str, field: str) -> Place:
    """Where that value is, of a receipt of this terminal's or of a record that is named. Raises AnswerNo."""
    from countertui.domain.personal import Place
    from countertui.errors import AnswerNo
    from countertui.store.receipt_rows import receipt_typed

    named = re.fullmatch(r"([^/]{1,64})/([1-9][0-9]{0,8})/([1-9][0-9]{0,14})", number)
    if named is not None:
        return Place(named[1], int(named[2]), int(named[3]), field)
    record = receipt_typed(db, number)
    if record is None:
        raise AnswerNo(f"There is no receipt {number[:24]} at this terminal.", "", "Type it like T1-17, or T2/1/41.")
    return Place(terminal, epoch, record.seq, field)


def _show_paper(printed: str | None, record: ReceiptRecord, utc: str, pdf: Path | None, logo: Path) -> None:
    """The receipt as it was printed, marked as a copy and with its present state: as text, or into a PDF."""
    from datetime import datetime

    from countertui.counter.paper import STATES
    from countertui.documents.receipt import as_copy
    from countertui.documents.text import as_text
    from countertui.domain.documents import from_json
    from countertui.errors import AnswerNo, UsageError

    if printed is None:
        raise AnswerNo(
            f"How receipt {record.receipt_no} was printed is no longer kept here.",
            "Its record is: see it without --text or --pdf.",
            "Print it again at the counter: F3.",
        )
    copy = as_copy(from_json(printed), STATES.get(record.state, "normal"))
    if pdf is None:
        print("\n".join(as_text(copy)))
        return
    require_extras("counter")
    from countertui.documents.pdf import PdfError, as_pdf

    made_at = int(datetime.fromisoformat(utc).timestamp())
    try:
        made = as_pdf(copy, made_at=made_at, logo=logo.read_bytes() if logo.exists() else None)
    except PdfError as fault:
        made = as_pdf(copy, made_at=made_at)  # if that can be made, it was the logo's fault
        sys.stderr.write(f"{logo.name} can't be used, the PDF is without it. {fault.happened}\n")
    try:
        with pdf.open("xb") as file:
            file.write(made)
    except FileExistsError:
        raise UsageError(f"{pdf} is there already.", "Nothing was written.", "Name a new file.") from None
    print(f"Receipt {record.receipt_no} is in {pdf}, marked as a copy.")
