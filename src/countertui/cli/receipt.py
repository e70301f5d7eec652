"""`countertui receipt show|verify`."""

from __future__ import annotations

import json
from pathlib import Path

from cyclopts import App

from countertui.cli.places import terminal_folder
from countertui.cli.receipt_verify import verify


def add_to(app: App) -> None:
    """Add this module's commands."""
    receipt = App(name="receipt", help="Receipts of this terminal.")
    receipt.command(show)
    receipt.command(verify)
    app.command(receipt)


def show(number: str, /, *, dir: Path | None = None, json_: bool = False) -> int:  # noqa: A002
    """Show a receipt's record: what was paid for, what with, and how it stands.

    Parameters
    ----------
    number
        The number on the paper, like T1-17, or that of the paper receipt it was keyed in from, like B-000123.
    dir
        The terminal's folder.
    json_
        Answer as JSON: {"state", "h", "record"}; record is what was signed.
    """
    from countertui.domain.card_guard import refuse_card_numbers
    from countertui.domain.money import format_cents
    from countertui.domain.paper_books import paper_of, us_date
    from countertui.errors import AnswerNo
    from countertui.store.connection import open_for_reading
    from countertui.store.money_here import body_of, receipt_typed
    from countertui.store.store import read_body

    db = open_for_reading(terminal_folder(dir) / "store.db")
    try:
        record = receipt_typed(db, number)
        if record is None:
            refuse_card_numbers(number, "The receipt number")
            raise AnswerNo(f"There is no receipt {number[:24]} at this terminal.")
        body = body_of(db, record.receipt_no)
        end = read_body(db, record.end_seq) if record.state == "refunded" and record.end_seq is not None else None
        paid_back = "" if end is None else {"cash": ", cash"}.get(end["data"]["method"], ", AP check")
    finally:
        db.close()
    if json_:
        print(json.dumps({"state": record.state, "h": record.h, "record": body}))
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
