"""What the records of the ledger's own desk contain, kind by kind; see also `bank_records`, `lead_records`.

The desk keeps a journal of its own, of the same form as a terminal's: everything that people do at the ledger which
touches money or its state. `operator` is who did it; `approver` the second person where one is needed. Amounts are
integer cents, dates ISO 8601, hashes lower-case hex.
"""

from __future__ import annotations

from enum import StrEnum
from typing import NotRequired, TypedDict

from countertui.domain.license_raised import RaisedData
from countertui.domain.operators import OperatorData
from countertui.domain.pay_record import LineData, TenderData
from countertui.domain.record_data import OriginalData

DESK = "LEDGER"
"""The desk's terminal code; its epoch is 1."""


class DeskKind(StrEnum):
    """What a record of the desk says happened. No terminal's record is of such a kind."""

    DECISION = "decision"
    BATCH_RELEASE = "batch_release"
    BATCH_POST = "batch_post"
    BATCH_REJECT = "batch_reject"
    BATCH_REOPEN = "batch_reopen"
    CORRECTION = "correction"
    PERIOD_CLOSE = "period_close"
    PERIOD_OPEN = "period_open"
    DEPOSIT = "deposit"
    RETURNED_CHECK = "returned_check"
    PAYMENT_FILE = "payment_file"
    REMITTANCE = "remittance"
    ERASURE = "erasure"
    IMPORT = "import"
    ADMIN_RESET = "admin_reset"
    BOOK_ISSUE = "book_issue"
    BOOK_CLOSE = "book_close"
    PAYABLES_EXPORT = "payables_export"
    BANK_FILE = "bank_file"
    BANK_MATCH = "bank_match"
    BANK_UNMATCH = "bank_unmatch"
    BANK_EXPLAIN = "bank_explain"
    BANK_UNEXPLAIN = "bank_unexplain"
    LEADS_FOUND = "leads_found"
    LEAD_STATUS = "lead_status"
    TIE_OUT = "tie_out"


class RootSignature(TypedDict):
    """One of the three root keys, by number, and its signature (64 bytes in hex)."""

    root: int
    sig: str


class AdminResetData(OperatorData):
    """`admin_reset`: an admin's PIN taken away by two root keys, whose signatures are over all the rest of it."""

    reason: str
    roots: list[RootSignature]


class Verdict(StrEnum):
    """How a request for a void or refund was decided."""

    APPROVE = "approve"
    REFUSE = "refuse"


class CarriedBy(StrEnum):
    """Who carries a decision out: the ledger, by an AP check, or the terminal that asked, by a record of its own."""

    LEDGER = "ledger"
    TERMINAL = "terminal"


class DecisionData(TypedDict):
    """`decision`: a lead's answer at the ledger to a terminal's request. lines: the original's, all taken back."""

    terminal: str
    epoch: int
    request_seq: int
    request_h: str
    original: OriginalData
    verdict: str
    carried_by: str
    reason: str
    lines: list[LineData]
    total_cents: int


class BatchStepData(TypedDict):
    """`batch_release`, `batch_post`, `batch_reject`, `batch_reopen`: one step of one batch."""

    terminal: str
    epoch: int
    batch_no: int
    batch_hash: str
    reason: str


class ShareData(TypedDict):
    """Cents credited (negative: debited) to a charge, an account's credit (charge None) or a GL account alone."""

    account: str | None
    charge: str | None
    head: str
    gl: str
    cents: int


class PlaceData(TypedDict):
    """A record in a journal that the ledger has."""

    terminal: str
    epoch: int
    seq: int
    h: str


class WithdrawnData(TypedDict):
    """Cents of a charge that a payment raised on a license, taken back."""

    charge: str
    license: str
    cents: int


class CorrectionData(TypedDict):
    """`correction`: shares taken (negative cents) from where they stand and given to where they belong; they sum to 0.

    item is the error item it closes, None for a correction of what was posted. `about` is the record it corrects.
    withdraws, raises: of what that record raised on licenses, and should have; only there where something is.
    """

    item: int | None
    about: PlaceData
    reason: str
    shares: list[ShareData]
    withdraws: NotRequired[list[WithdrawnData]]
    raises: NotRequired[list[RaisedData]]


class PeriodData(TypedDict):
    """`period_close`, `period_open`: a month, YYYY-MM."""

    month: str
    reason: str


class SessionRef(TypedDict):
    """A drawer session, by terminal, epoch and id."""

    terminal: str
    epoch: int
    session: str


class TenderSum(TypedDict):
    """Pieces and cents of one tender kind; pieces of cash are 0."""

    tender: str
    count: int
    cents: int


class DepositData(TypedDict):
    """`deposit`: the counted money of closed sessions, less their opening counts, on its way to the bank.

    A session is in one deposit only, whole: the composition is what was counted, tender by tender.
    """

    office: str
    bank: str
    bag: str
    sessions: list[SessionRef]
    composition: list[TenderSum]
    total_cents: int


class ReturnedCheckData(TypedDict):
    """`returned_check`: a check (or ACH payment) of a receipt came back unpaid; its shares are taken back.

    fee_cents of 0: no fee is charged. fee_account: the account that bears it. given_cents: what of the check went back
    in cash when it was taken, in cents; not there where nothing did.
    """

    about: PlaceData
    original: OriginalData
    reference: str
    reason: str
    shares: list[ShareData]
    total_cents: int
    fee_cents: int
    fee_account: str | None
    paid_from: str
    given_cents: NotRequired[int]


class PaymentFileData(TypedDict):
    """`payment_file`: a lockbox, web or ACH file, and what it says of itself beside what was counted in it.

    state is "posted" when both agree, else "held": nothing of a held file is posted.
    """

    origin: str
    name: str
    sha256: str
    count: int
    total_cents: int
    control_count: int
    control_total_cents: int
    state: str
    reasons: list[str]


class ErasureData(TypedDict):
    """`erasure`: the value behind one commitment of a record is destroyed, with its salt; the record stays."""

    about: PlaceData
    field: str
    reason: str


class ImportData(TypedDict):
    """`import`: what a file or a city's folder set in the reference tables.

    sha256 is the file's, empty where there was none. Rows read are created, updated, unchanged or rejected; removed are
    rows of the tables that the folder has no more. kept: the SHA-256 of the list of parts in which the rows that it set
    are kept beside the record.
    """

    what: str
    name: str
    sha256: str
    rows: int
    created: int
    updated: int
    unchanged: int
    repaired: int
    rejected: int
    removed: int
    kept: str


class BookIssueData(TypedDict):
    """`book_issue`: a book of numbered paper receipts, first_no to last_no, goes to an office on the business date."""

    series: str
    first_no: int
    last_no: int
    office: str


class BookCloseData(TypedDict):
    """`book_close`: a book comes back. last_used: the number of the last form used, 0 if none was.

    missing: numbers up to it that nobody keyed in, as pairs of first and last; two people and a reason answer for them.
    """

    series: str
    first_no: int
    last_used: int
    missing: list[list[int]]
    reason: str


class PayablesExportData(TypedDict):
    """`payables_export`: payables first_no to last_no, none of them handed over before, go to accounts payable.

    export_no counts the files; total_cents is what its payables add up to, sha256 (hex) of the file's bytes.
    """

    export_no: int
    first_no: int
    last_no: int
    count: int
    total_cents: int
    gl: str
    sha256: str


class RemittanceData(TypedDict):
    """`remittance`: one payment of a file, posted as a receipt is; its tender is debited to the origin's account."""

    origin: str
    file_seq: int
    row: int
    reference: str
    paid_into: str
    payor: str
    lines: list[LineData]
    tenders: list[TenderData]
    change_cents: int
    total_cents: int
