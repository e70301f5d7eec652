"""Licenses in the books: acts carried out in the order of posting, and how each license stands by what is paid.

An act that names another version of its license than there is by then, as of two counters that knew nothing of each
other, is kept in the license's history, not carried out, and told. Nothing is looked up for batches that have neither
acts on licenses nor money for their charges.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import islice
from types import MappingProxyType
from typing import Any

from sqlalchemy import Connection

from countertui.domain.license_acts import LicenseAct, TermChargeData, TermData, act_of, right_of
from countertui.domain.license_file import License, fold
from countertui.domain.license_numbers import is_own_number
from countertui.domain.license_rows import (
    account_row,
    act_row,
    changes_of_account,
    license_row,
)
from countertui.domain.license_states import IN_FORCE, Step
from countertui.domain.license_term_charges import WITHDRAWN, license_of_charge, working_in_cents
from countertui.domain.money import format_cents
from countertui.domain.reference import TABLES
from countertui.ledger import tables
from countertui.ledger.bulk import insert_many, known, put_many, run_many
from countertui.ledger.charge_steps import source_of
from countertui.ledger.license_reads import acts_of, balances_of, charges_of
from countertui.ledger.posting import Chart, Problem
from countertui.ledger.staff import People, allowed

Body = Mapping[str, Any]

_BEFORE = date.min
"""The day of what is kept: the calendar is the reader's."""
_CHARGE = ("id", "account", "due", "head", "description", "gl", "amount_cents", "balance_cents", "changed_in")
_STEP = ("charge", "source", "n", "account", "dated", "what", "cents", "ordinance", "changed_in")
_ACT = (*TABLES["license_act"], "changed_in")
_TERM = (*TABLES["license_term"], "changed_in")
_ACCOUNT = (*TABLES["account"], "changed_in")
_LICENSE = (*TABLES["license"], "changed_in")
_PUT = f"""INSERT INTO "license" ({", ".join(f'"{column}"' for column in _LICENSE)}) {{rows}}
  ON CONFLICT ("number") DO UPDATE SET {", ".join(f'"{column}" = excluded."{column}"' for column in _LICENSE[2:])}"""

_PUT_TERM = f"""INSERT INTO "license_term" ({", ".join(f'"{column}"' for column in _TERM)}) {{rows}}
  ON CONFLICT ("license", "begins") DO UPDATE SET
  {", ".join(f'"{column}" = excluded."{column}"' for column in _TERM[2:])}"""
_WITHDRAW = """UPDATE "charge" SET "amount_cents" = "amount_cents" - ?, "balance_cents" = "balance_cents" - ?,
  "changed_in" = ? WHERE "id" = ?"""
_NOTHING: Mapping[tuple[str, str], int] = MappingProxyType({})


@dataclass(slots=True)
class _File:
    """A license's acts in the books and by the records so far; kept: how many of them are rows already."""

    acts: list[LicenseAct] = field(default_factory=list)
    kept: int = 0
    account: bool = False
    """Whether there is an account of its number."""
    issued_in: int | None = None
    """The record, by sequence number, that put it in force last."""


@dataclass(slots=True)
class Licenses:
    """What records do with licenses, judged in their order; `write` puts it into the tables."""

    connection: Connection
    _files: dict[str, _File] = field(default_factory=dict)

    def take(
        self, body: Body, people: People, chart: Chart | None = None, paid: Mapping[tuple[str, str], int] = _NOTHING
    ) -> list[Problem]:
        """Take an act as it may be taken; gives what a technician must look at. What it raises is put onto the chart.

        Where it is not carried out, money paid on what it raised finds no charge and waits in suspense. paid: cents by
        (charge, account) that the same batch paid before it.
        """
        act, number, by = act_of(body), body["data"]["license"], body["operator"]
        file = self._file(number)
        if act.step is Step.FILE:
            if not is_own_number(number, act.terminal, act.epoch):
                return [_problem("license-number", body, "takes a number of another series")]
            if file.account or file.acts:
                return [_problem("license-number", body, "takes a number that is taken")]
        elif not file.acts:
            return [_problem("unknown-license", body, "is of a license that is not known here")]
        if not allowed(people, by, right_of(act.step), body):
            file.acts.append(_not_done(act))
            return [_problem("no-right", body, f"is not for {by} to do, who may not, or is not known here")]
        before = fold(number, file.acts, {}, _BEFORE)
        now = fold(number, [*file.acts, act], {}, _BEFORE)
        done = now.acts[-1]
        if done.carried_out and act.term is not None and self._are_taken(number, act.term):
            file.acts.append(_not_done(act))
            return [_problem("license-charges", body, "raises charges that are there already")]
        if done.carried_out and act.term is not None and self._are_paid(number, act.term, paid):
            file.acts.append(_not_done(act))
            return [_problem("license-paid", body, "withdraws charges on which money was paid")]
        file.acts.append(done)
        if not done.carried_out:
            return [_not_carried_out(body, before)]
        if act.step in IN_FORCE:
            file.issued_in = body["seq"]
        if chart is not None:
            if act.step is Step.FILE:
                chart.accounts.add(number)
            if act.term is not None:
                chart.charges.update((charge["id"], number) for charge in act.term["charges"])
        return []

    def now(self, number: str, day: date) -> License | None:
        """A license as the books and the records so far have it, whatever is paid of it; None where there is none."""
        if number in self._files:
            acts: Sequence[LicenseAct] = self._files[number].acts
        else:  # only looked at: the first act of one that a list brought is written with the one after it
            acts = acts_of(self.connection, [number])[0].get(number, ())
        return fold(number, acts, {}, day) if acts else None

    def write(self, credit_gl: str, version: int) -> None:
        """Put all of it into the tables: history, terms, accounts, charges. credit_gl: of accounts that begin here."""
        changed = {number: file for number, file in self._files.items() if len(file.acts) > file.kept}
        if not changed:
            return
        rows = [
            tuple(act_row(number, n, act).values())
            for number, file in changed.items()
            for n, act in islice(enumerate(file.acts), file.kept, None)
        ]
        insert_many(self.connection, tables.reference["license_act"], _ACT, [(*row, version) for row in rows])
        new = {number: [act for act in file.acts[file.kept :] if act.carried_out] for number, file in changed.items()}
        self._write_terms(new, version)
        done = {number: file for number, file in changed.items() if new[number]}
        self._write_accounts(done, credit_gl, version)
        _write_licenses(self.connection, {number: file.acts for number, file in done.items()}, version)

    def born(self, number: str) -> dict[str, Any] | None:
        """The row of an account that begins with these records; None for any other."""
        file = self._files.get(number)
        if file is None or file.account or not any(act.carried_out for act in file.acts):
            return None
        return account_row(fold(number, file.acts, {}, _BEFORE), "")

    def unpaid(self) -> list[tuple[int, Problem]]:
        """Licenses that records put in force and whose fees are unpaid by now: a certificate may be out."""
        issued = {number: file for number, file in self._files.items() if file.issued_in is not None}
        if not issued:
            return []
        found = []
        for number, license_ in _folded(self.connection, {n: file.acts for n, file in issued.items()}).items():
            if license_.unpaid and (seq := issued[number].issued_in) is not None:
                told = f"{format_cents(license_.unpaid)} of license {number} is unpaid, and its certificate may be out."
                found.append((seq, Problem("license-unpaid", told, 0)))
        return found

    def _file(self, number: str) -> _File:
        file = self._files.get(number)
        if file is None:
            acts, listed = acts_of(self.connection, [number])
            is_account = bool(known(self.connection, tables.reference["account"], "number", [number]))
            file = self._files[number] = _File(acts.get(number, []), account=is_account)
            file.kept = 0 if number in listed else len(file.acts)
        return file

    def _are_taken(self, number: str, term: TermData) -> bool:
        ids = {charge["id"] for charge in term["charges"]}
        of_batch = {charge["id"] for charge in _raised(self._file(number))}
        return bool(ids & of_batch or known(self.connection, tables.reference["charge"], "id", ids))

    def _are_paid(self, number: str, term: TermData, paid: Mapping[tuple[str, str], int]) -> bool:
        """Whether money is on what a new assessment of a term withdraws."""
        gone = {charge["id"]: charge["cents"] for charge in term.get("withdraws", ())}
        if not gone:
            return False
        there = {one["id"]: (one["cents"], one["cents"]) for one in _raised(self._file(number))}
        there |= {
            row["id"]: (row["amount_cents"], row["balance_cents"]) for row in charges_of(self.connection, [number])
        }
        return any(there.get(id_) != (cents, cents) or paid.get((id_, number)) for id_, cents in gone.items())

    def _write_terms(self, new: Mapping[str, Sequence[LicenseAct]], version: int) -> None:
        terms: dict[tuple[str, str], tuple[Any, ...]] = {}
        gone: list[tuple[Any, ...]] = []
        charges: list[tuple[Any, ...]] = []
        steps: list[tuple[Any, ...]] = []
        for number, acts in new.items():
            for act in acts:
                if act.term is None:
                    continue
                term = act.term
                row = (number, term["begins"], term["ends"], term["due"], act.id, version)
                terms[number, term["begins"]] = row
                source = source_of({"terminal": act.terminal, "epoch": act.epoch, "seq": act.seq})
                for one in term.get("withdraws", ()):
                    gone.append((one["cents"], one["cents"], version, one["id"]))
                    steps.append((one["id"], source, 1, number, act.dated, WITHDRAWN, -one["cents"], "", version))
                for one in term["charges"]:
                    what, cents = (one["head"], one["description"], one["gl"]), one["cents"]
                    charges.append((one["id"], number, term["due"], *what, cents, cents, version))
                    steps += [
                        (one["id"], "", n, number, act.dated, text, part, one["ordinance"], version)
                        for n, (text, part) in enumerate(working_in_cents(one), start=1)
                    ]
        of_term = tables.reference["license_term"]
        put_many(self.connection, _PUT_TERM, [of_term.c[name] for name in _TERM], terms.values())
        insert_many(self.connection, tables.reference["charge"], _CHARGE, charges)
        run_many(self.connection, _WITHDRAW, gone)
        insert_many(self.connection, tables.reference["charge_step"], _STEP, steps)

    def _write_accounts(self, done: Mapping[str, _File], credit_gl: str, version: int) -> None:
        """The accounts that begin here; of others name, address and telephone where an act said another."""
        born: list[tuple[Any, ...]] = []
        for number, file in done.items():
            license_ = fold(number, file.acts, {}, _BEFORE)
            if not file.account:
                born.append((*account_row(license_, credit_gl).values(), version))
                continue
            for column, value in changes_of_account(file.acts[file.kept :], account_row(license_, "")).items():
                statement = f'UPDATE "account" SET "{column}" = ?, "changed_in" = ? WHERE "number" = ?'  # noqa: S608 - one of three names
                run_many(self.connection, statement, [(value, version, number)])
        insert_many(self.connection, tables.reference["account"], _ACCOUNT, born)


def follow_payments(connection: Connection, charges: Iterable[str], version: int) -> None:
    """Bring the licenses of these charges, on which money moved, to what they come to now; others stay as they are.

    Of most batches' charges none is a license's: nothing is looked up for them.
    """
    numbers = {license_of_charge(charge) for charge in charges} - {""}
    if not numbers:
        return
    acts, listed = acts_of(connection, sorted(numbers))
    _write_licenses(connection, {number: acts[number] for number in acts.keys() - listed}, version)


def license_in_books(connection: Connection, number: str, day: date) -> License | None:
    """A license as it stands in the books on a day; None where there is none."""
    acts, _ = acts_of(connection, [number])
    if number not in acts:
        return None
    return fold(number, acts[number], balances_of(connection, [number])[number], day)


def licenses_in_books(connection: Connection, numbers: Sequence[str], day: date) -> dict[str, License]:
    """Several licenses as they stand in the books on a day, by number; those that are not there are left out."""
    acts, _ = acts_of(connection, numbers)
    unpaid = balances_of(connection, list(acts))
    return {number: fold(number, some, unpaid[number], day) for number, some in sorted(acts.items())}


def _write_licenses(connection: Connection, acts: Mapping[str, Sequence[LicenseAct]], version: int) -> None:
    rows = [(*license_row(license_).values(), version) for license_ in _folded(connection, acts).values()]
    table = tables.reference["license"]
    put_many(connection, _PUT, [table.c[name] for name in _LICENSE], rows)


def _folded(connection: Connection, acts: Mapping[str, Sequence[LicenseAct]]) -> dict[str, License]:
    unpaid = balances_of(connection, sorted(acts))
    return {number: fold(number, some, unpaid[number], _BEFORE) for number, some in sorted(acts.items())}


def _raised(file: _File) -> list[TermChargeData]:
    """The charges that acts raised which are no rows yet."""
    terms = (act.term for act in file.acts[file.kept :] if act.carried_out and act.term is not None)
    return [charge for term in terms for charge in term["charges"]]


def _not_done(act: LicenseAct) -> LicenseAct:
    return replace(act, carried_out=False)


def _problem(reason: str, body: Body, why: str) -> Problem:
    data = body["data"]
    told = f"{body['operator']} at {body['terminal']}: {data['step']} of license {data['license']} {why}."
    return Problem(reason, f"{told} It was not carried out.", 0)


def _not_carried_out(body: Body, before: License) -> Problem:
    """Of two that changed the same version: who did what first, and what was not carried out."""
    data = body["data"]
    if data["was"] == before.version:
        return _problem("license-state", body, f"is nothing that can be done with one that is {before.state.label}")
    last = next((act for act in reversed(before.acts) if act.carried_out), None)
    first = f"{last.operator} at {last.terminal} did {last.step.value} on {last.dated}" if last else "somebody else"
    why = f"changes an older version: {first} came first. Both are in its history; ask which holds"
    return _problem("changed-twice", body, why)
