"""The same faulty exports before the ledger's own checks and before the auditors' verifier: both tell every fault."""

from __future__ import annotations

from pathlib import Path

import pytest

from auditing.auditor import auditor
from auditing.corpus import LEDGER, TERMINAL, Case, cases, export_of
from countertui.domain.batch_totals import batch_totals
from countertui.ledger.amounts import faults_of_records, faults_of_seal
from countertui.sync.batch import MAX_ENVELOPE, NO_BATCH, batch_hash, batch_name, check_batch, parse_batch
from countertui.sync.dsse import BATCH, open_envelope, parse_envelope
from countertui.sync.faults import EnvelopeRefusedError, MalformedEnvelopeError

SUMS = {"cum-net", "cum-abs", "totals", "receipt-no"}
"""What the ledger judges by the figures: it says so in words, and of which record."""

CASES = cases()
each_case = pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])


def test_there_are_many_cases_and_most_are_faulty() -> None:
    assert len(CASES) >= 25
    assert len({case.expected_error for case in CASES}) >= 15
    assert sum(case.expected_error is None for case in CASES) >= 3


@each_case
def test_the_auditors_verifier_tells_it(case: Case, tmp_path: Path) -> None:
    export = export_of(case)
    for no, data in export.files.items():
        (tmp_path / batch_name(TERMINAL, 1, no)).write_bytes(data)
    keys = {f"{TERMINAL}/1": export.key.public_key().public_bytes_raw()}
    journals, faults = auditor().verify(tmp_path, LEDGER, [bytes(32)], keys)
    found = {(fault.code, fault.seq) for fault in faults}
    if case.expected_error is None:
        assert not found
        assert journals[0].seq == sum(instruction != "seal" for instruction in case.instructions) + len(export.files)
    else:
        assert (case.expected_error, case.error_at) in found


@each_case
def test_the_ledgers_own_checks_tell_it(case: Case) -> None:
    found = _found_by_the_ledger(case)
    if case.expected_error is None:
        assert not found
    elif case.expected_error in SUMS:
        assert "sums" in {code for code, _ in found}
    else:
        assert (case.expected_error, case.error_at) in found


def _found_by_the_ledger(case: Case) -> set[tuple[str, int | None]]:
    """As `ledger.ingest` goes about it: envelope, names, place and chain, then figures."""
    export = export_of(case)
    found: set[tuple[str, int | None]] = set()
    no, seq, net, absolute, receipt = 0, 0, 0, 0, None
    prev_batch, head = NO_BATCH, export.genesis
    for data in export.files.values():
        try:
            payload = open_envelope(
                parse_envelope(data, MAX_ENVELOPE), BATCH, {f"{TERMINAL}/1": export.key.public_key()}
            )
        except EnvelopeRefusedError as fault:
            found.add(("wrong-type" if fault.reason == "wrong-type" else "envelope", None))
            continue
        except MalformedEnvelopeError:
            found.add(("malformed", None))
            continue
        batch = parse_batch(payload)
        for name, wanted in (("ledger", LEDGER), ("terminal", TERMINAL)):
            if getattr(batch, name) != wanted:
                found.add((name, None))
        checked = check_batch(
            batch,
            export.key.public_key(),
            expected_prev=head,
            expected_first_seq=seq + 1,
            expected_batch_no=no + 1,
            expected_prev_batch_hash=prev_batch,
        )
        found |= {(fault.code, fault.seq) for fault in checked.faults}
        if not checked.faults and faults_of_records(batch, net, absolute, receipt):
            found.add(("sums", None))
        elif not checked.faults:
            true = batch_totals(batch.bodies, seals=0)
            found |= {("sums", None) for _ in faults_of_seal(batch, true)}
            net, absolute = true["cum_net"], true["cum_abs"]
        no, seq, head, prev_batch = batch.batch_no, batch.last_seq, checked.hashes[-1], batch_hash(payload)
    return found
