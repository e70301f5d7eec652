"""Which area goes by which name. Each is imported at first use: the first screen needs none of the others."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module

from countertui.screens.area import Area

_AREAS = {
    "sign_on": ("sign_on", "SignOnArea"),
    "opening": ("opening", "OpeningArea"),
    "payment": ("payment", "PaymentArea"),
    "carts": ("carts", "CartsArea"),
    "receipts": ("receipts", "ReceiptsArea"),
    "requests": ("requests", "RequestsArea"),
    "x_report": ("reports", "XReportArea"),
    "z_report": ("reports", "ZReportArea"),
    "close": ("close", "CloseArea"),
    "open_drawers": ("open_drawers", "OpenDrawersArea"),
    "batches": ("batches", "BatchesArea"),
    "stick": ("stick", "StickArea"),
    "stick_out": ("stick_out", "StickOutArea"),
    "printing": ("printing", "PrintingArea"),
    "locked": ("locked", "LockedArea"),
    "own_pin": ("own_pin", "OwnPinArea"),
    "no_sale": ("no_sale", "NoSaleArea"),
    "drop": ("drop", "DropArea"),
    "surprise_count": ("surprise_count", "SurpriseCountArea"),
    "day_checklist": ("day_checklist", "DayChecklistArea"),
    "courier": ("courier", "CourierArea"),
    "deposit": ("deposit", "DepositArea"),
    "deposit_items": ("deposit_items", "DepositItemsArea"),
    "deposits_made": ("deposits_made", "DepositsMadeArea"),
    "drawer": ("drawer", "DrawerArea"),
    "fund_change": ("fund_change", "FundChangeArea"),
    "hand_over": ("hand_over", "HandOverArea"),
    "paper_receipts": ("paper_receipts", "PaperReceiptsArea"),
    "tape": ("tape", "TapeArea"),
    "applicant": ("applicant", "ApplicantArea"),
    "applicants": ("applicants", "ApplicantsArea"),
    "mail": ("mail", "MailArea"),
    "exercises": ("exercises", "ExercisesArea"),
    "glance": ("glance", "GlanceArea"),
    "explain": ("explain", "ExplainArea"),
    "card_terminal": ("card_terminal", "CardTerminalArea"),
    "returned_checks": ("returned_checks", "ReturnedChecksArea"),
    "trust": ("trust", "TrustArea"),
    "trust_account": ("trust_account", "TrustAccountArea"),
    "apply_credit": ("apply_credit", "ApplyCreditArea"),
    "license_filed": ("license_filed", "LicenseFiledArea"),
    "license_form": ("license_form", "LicenseFormArea"),
    "license_forms": ("license_forms", "LicenseFormsArea"),
    "licenses": ("licenses", "LicensesArea"),
    "license": ("license", "LicenseArea"),
    "ledger_desk": ("ledger_desk.day", "LedgerDayArea"),
    "ledger_receipts": ("ledger_desk.receipts", "LedgerReceiptsArea"),
    "ledger_record": ("ledger_desk.record", "LedgerRecordArea"),
    "ledger_items": ("ledger_desk.items", "LedgerItemsArea"),
    "ledger_item": ("ledger_desk.item", "LedgerItemArea"),
    "ledger_batches": ("ledger_desk.batches", "LedgerBatchesArea"),
    "ledger_batch": ("ledger_desk.batch", "LedgerBatchArea"),
    "ledger_bank": ("ledger_desk.bank", "LedgerBankArea"),
    "ledger_bank_deposit": ("ledger_desk.bank_deposit", "LedgerBankDepositArea"),
    "ledger_bank_files": ("ledger_desk.bank_files", "LedgerBankFilesArea"),
    "ledger_bank_statement": ("ledger_desk.bank_statement", "LedgerBankStatementArea"),
    "ledger_bank_line": ("ledger_desk.bank_line", "LedgerBankLineArea"),
    "ledger_tie_out": ("ledger_desk.tie_out", "LedgerTieOutArea"),
    "ledger_move": ("ledger_desk.move", "LedgerMoveArea"),
    "ledger_month": ("ledger_desk.month", "LedgerMonthArea"),
    "ledger_tie_causes": ("ledger_desk.tie_causes", "LedgerTieCausesArea"),
    "report_list": ("report_tables.report_list", "ReportListArea"),
    "own_report": ("report_tables.own", "OwnReportArea"),
    "ledger_report": ("report_tables.at_ledger", "LedgerReportArea"),
    "ledger_alarms": ("ledger_desk.alarms", "LedgerAlarmsArea"),
    "look": ("look", "LookArea"),
    "menu": ("menu", "MenuArea"),
    "leave": ("leave", "LeaveArea"),
    "help": ("help", "HelpArea"),
    "palette": ("palette", "PaletteArea"),
}
"""Name to module and class."""


def make_area(name: str) -> Area:
    """A new area of that name, not mounted yet."""
    module, area = _AREAS[name]
    made: Area = getattr(import_module(f"countertui.screens.{module}"), area)()
    return made


def area_names() -> Sequence[str]:
    """Every area there is."""
    return tuple(_AREAS)
