"""Paper receipts as terminals keyed them in: each number once, out of a book of the office, on a day it could be."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from itertools import chain
from typing import Any, NamedTuple

from sqlalchemy import Connection, select

from countertui.domain.paper_books import Keyed, PaperBook, PaperNumber, book_of, why_not_dated, why_not_used
from countertui.domain.rights import Act
from countertui.domain.text import same_person
from countertui.ledger import tables
from countertui.ledger.bulk import run_many
from countertui.ledger.paper_books import paper_books
from countertui.ledger.posting import Problem
from countertui.ledger.staff import People, allowed

Body = Mapping[str, Any]

TWICE = "paper-twice"
"""The error item of a receipt whose paper number had led to another one: all its money waits."""
_PUT = """INSERT INTO "paper_number"
  ("series", "paper_no", "terminal", "epoch", "seq", "receipt_no", "state", "paper_date", "changed_in")
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT ("series", "paper_no") DO UPDATE SET "terminal" = excluded."terminal", "epoch" = excluded."epoch",
  "seq" = excluded."seq", "receipt_no" = excluded."receipt_no", "state" = excluded."state",
  "paper_date" = excluded."paper_date", "changed_in" = excluded."changed_in\""""


class Use(NamedTuple):
    """Where a number was keyed in, and what became of it."""

    terminal: str
    epoch: int
    seq: int
    receipt_no: str
    state: str
    paper_date: str


@dataclass(slots=True)
class PaperKeyed:
    """The paper numbers that a batch of one terminal names: as the books have them, and so far in it.

    Looked up one by one, as nearly no batch names any.
    """

    connection: Connection
    terminal: str
    epoch: int
    _used: dict[PaperNumber, Use | None] = field(default_factory=dict)
    _changed: set[PaperNumber] = field(default_factory=set)
    _held: list[Body] = field(default_factory=list)
    _books: Sequence[PaperBook] | None = None

    def twice(self, body: Body) -> Problem | None:
        """Keep a payment's paper number; if money was taken for it before, nothing is kept and the problem given.

        One payment keyed in twice is likelier than two of one number, so its money waits for people to decide.
        """
        data = body["data"]
        paper, before = _number(data["paper"]), self._before(_number(data["paper"]))
        if before is not None and before.state == Keyed.RECEIPT:
            self._held.append(body)
            told = f"Paper receipt {paper.text} was keyed in before, as {before.receipt_no}."
            return Problem(TWICE, told, data["total_cents"])
        self._keep(paper, body, body["receipt_no"], Keyed.RECEIPT, data["paper"]["date"])
        return None

    def of_pay(self, body: Body, people: People) -> list[Problem]:
        """What is wrong with a payment's paper besides; its money is posted where it belongs all the same."""
        paper = body["data"]["paper"]
        asked = "" if paper["book"] is not None else "was of no book known there"
        before, found = self._before(_number(paper)), self._problems(body, paper, asked, people)
        if before is not None and before.state == Keyed.SPOILED:
            found.append(_said("paper-spoiled", f"{_text(paper)} was keyed in as spoiled by {_at(before)}, before."))
        return found

    def spoiled(self, body: Body, people: People) -> list[Problem]:
        """Keep a number that was keyed in as spoiled, and say what is wrong with that: one person's word too.

        Who took money by a form could else close its gap alone.
        """
        paper, number = body["data"], _number(body["data"])
        before, found = self._before(number), self._problems(body, paper, "was said to be spoiled", people)
        if body["approver"] is not None and same_person(body["approver"], body["operator"]):
            found.append(_said("self-approval", f"{body['approver']} keyed in {number.text} and answered for it."))
        if not allowed(people, body["operator"], Act.TAKE_MONEY, body):
            found.append(_said("no-right", f"{body['operator']} may not key in paper receipts, or is not known here."))
        if before is not None and before.state != Keyed.VOID:
            what = f"spoiled by {_at(before)}" if before.state == Keyed.SPOILED else before.receipt_no
            found.append(_said("paper-spoiled", f"{number.text}, said to be spoiled, was keyed in before as {what}."))
        else:
            self._keep(number, body, "", Keyed.SPOILED, paper["date"])
        return found

    def voided(self, taken: Body, taken_back: AbstractSet[str]) -> None:
        """A receipt was voided: if its paper number led to it, that may be keyed in again.

        Unless another of that number waits as it came twice: then it leads there, and a third waits too. taken_back:
        ids of receipts that this batch takes back.
        """
        if "paper" not in taken["data"]:
            return
        number = _number(taken["data"]["paper"])
        before = self._before(number)
        if before is not None and before[:3] == (taken["terminal"], taken["epoch"], taken["seq"]):
            waiting = self._waiting(number, taken_back)
            if waiting is not None:
                self._keep(number, waiting, waiting["receipt_no"], Keyed.RECEIPT, waiting["data"]["paper"]["date"])
                return
            self._used[number] = before._replace(state=Keyed.VOID.value)
            self._changed.add(number)

    def write(self, version: int) -> None:
        """Put into the books what became of the numbers."""
        rows = ((number, self._used[number]) for number in sorted(self._changed))
        run_many(self.connection, _PUT, [(*number, *use, version) for number, use in rows if use is not None])

    def _before(self, number: PaperNumber) -> Use | None:
        if number not in self._used:
            c = tables.reference["paper_number"].c
            here = (c.series == number.series) & (c.paper_no == number.number)
            row = self.connection.execute(
                select(c.terminal, c.epoch, c.seq, c.receipt_no, c.state, c.paper_date).where(here)
            ).first()
            self._used[number] = None if row is None else Use(*row)
        return self._used[number]

    def _waiting(self, number: PaperNumber, taken_back: AbstractSet[str]) -> Body | None:
        """The first payment of that number that waits as it came twice, and that nobody took back."""
        item, record = tables.error_item, tables.record.c
        place = (item.c.terminal == record.terminal) & (item.c.epoch == record.epoch) & (item.c.seq == record.seq)
        query = (
            select(record.body)
            .select_from(item.join(tables.record, place))
            .where(item.c.reason == TWICE, item.c.state == "open", record.id.not_in(select(tables.undone.c.id)))
            .order_by(item.c.id)
        )
        stored: list[Body] = [json.loads(body) for body in self.connection.execute(query).scalars()]
        for body in chain(stored, self._held):
            if body["id"] not in taken_back and _number(body["data"]["paper"]) == number:
                return body
        return None

    def _book_of(self, number: PaperNumber) -> PaperBook | None:
        if self._books is None:
            self._books = paper_books(self.connection)
        return book_of(self._books, number)

    def _office(self) -> str:
        c = tables.terminal.c
        here = (c.code == self.terminal) & (c.epoch == self.epoch)
        return str(self.connection.execute(select(c.office).where(here)).scalar() or "")

    def _keep(self, number: PaperNumber, body: Body, receipt_no: str, state: Keyed, day: str) -> None:
        self._used[number] = Use(body["terminal"], body["epoch"], body["seq"], receipt_no, state.value, day)
        self._changed.add(number)

    def _problems(self, body: Body, paper: Body, asked: str, people: People) -> list[Problem]:
        """asked: for what a lead had to answer; empty for nothing."""
        number, approver = _number(paper), body["approver"]
        book = self._book_of(number)
        found: list[Problem] = []
        if book is None:
            found.append(_said("paper-unknown", f"No book that was ever issued has number {number.text}."))
        elif book.office != self._office():
            found.append(_said("paper-office", f"{number.text} is of a book that office {book.office} has."))
        if asked:
            if approver is None:
                found.append(_said("not-approved", f"{number.text} {asked}, and no lead answered."))
            elif not allowed(people, approver, Act.APPROVE, body):
                found.append(_said("no-right", f"{approver} may not answer for {number.text}, or is not known here."))
        if why := why_not_dated(book, paper["date"], body["biz_date"] or paper["date"]):
            found.append(_said("paper-date", f"{number.text}: {why}"))
        if book is not None and book.closed_on is not None:
            why = why_not_used(book, number.number) or f"Book {book.name} was taken back on {book.closed_on} before."
            found.append(_said("paper-closed", f"{number.text}: {why}"))
        return found


def _number(paper: Body) -> PaperNumber:
    return PaperNumber(paper["series"], paper["number"])


def _text(paper: Body) -> str:
    return _number(paper).text


def _at(use: Use) -> str:
    return f"record {use.seq} of {use.terminal}"


def _said(reason: str, detail: str) -> Problem:
    return Problem(reason, detail, 0)
