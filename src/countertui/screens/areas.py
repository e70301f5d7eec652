"""Which area goes by which name. Each is imported at first use: the first screen needs none of the others."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from countertui.screens.area import Area


def make_area(name: str) -> Area:
    """A new area of that name, not mounted yet."""
    return _MAKERS[name]()


def area_names() -> Sequence[str]:
    """Every area there is."""
    return tuple(_MAKERS)


def _sign_on() -> Area:
    from countertui.screens.sign_on import SignOnArea

    return SignOnArea()


def _opening() -> Area:
    from countertui.screens.opening import OpeningArea

    return OpeningArea()


def _payment() -> Area:
    from countertui.screens.payment import PaymentArea

    return PaymentArea()


def _carts() -> Area:
    from countertui.screens.carts import CartsArea

    return CartsArea()


def _receipts() -> Area:
    from countertui.screens.receipts import ReceiptsArea

    return ReceiptsArea()


def _requests() -> Area:
    from countertui.screens.requests import RequestsArea

    return RequestsArea()


def _x_report() -> Area:
    from countertui.screens.reports import XReportArea

    return XReportArea()


def _z_report() -> Area:
    from countertui.screens.reports import ZReportArea

    return ZReportArea()


def _close() -> Area:
    from countertui.screens.close import CloseArea

    return CloseArea()


def _open_drawers() -> Area:
    from countertui.screens.open_drawers import OpenDrawersArea

    return OpenDrawersArea()


def _stick() -> Area:
    from countertui.screens.stick import StickArea

    return StickArea()


def _batches() -> Area:
    from countertui.screens.batches import BatchesArea

    return BatchesArea()


def _printing() -> Area:
    from countertui.screens.printing import PrintingArea

    return PrintingArea()


def _locked() -> Area:
    from countertui.screens.locked import LockedArea

    return LockedArea()


def _own_pin() -> Area:
    from countertui.screens.own_pin import OwnPinArea

    return OwnPinArea()


def _no_sale() -> Area:
    from countertui.screens.no_sale import NoSaleArea

    return NoSaleArea()


def _drop() -> Area:
    from countertui.screens.drop import DropArea

    return DropArea()


def _drawer() -> Area:
    from countertui.screens.drawer import DrawerArea

    return DrawerArea()


def _fund_change() -> Area:
    from countertui.screens.fund_change import FundChangeArea

    return FundChangeArea()


def _hand_over() -> Area:
    from countertui.screens.hand_over import HandOverArea

    return HandOverArea()


def _courier() -> Area:
    from countertui.screens.courier import CourierArea

    return CourierArea()


def _day_checklist() -> Area:
    from countertui.screens.day_checklist import DayChecklistArea

    return DayChecklistArea()


def _deposit() -> Area:
    from countertui.screens.deposit import DepositArea

    return DepositArea()


def _deposits_made() -> Area:
    from countertui.screens.deposits_made import DepositsMadeArea

    return DepositsMadeArea()


def _surprise_count() -> Area:
    from countertui.screens.surprise_count import SurpriseCountArea

    return SurpriseCountArea()


def _paper_receipts() -> Area:
    from countertui.screens.paper_receipts import PaperReceiptsArea

    return PaperReceiptsArea()


def _tape() -> Area:
    from countertui.screens.tape import TapeArea

    return TapeArea()


def _applicant() -> Area:
    from countertui.screens.applicant import ApplicantArea

    return ApplicantArea()


def _applicants() -> Area:
    from countertui.screens.applicants import ApplicantsArea

    return ApplicantsArea()


def _mail() -> Area:
    from countertui.screens.mail import MailArea

    return MailArea()


def _exercises() -> Area:
    from countertui.screens.exercises import ExercisesArea

    return ExercisesArea()


def _glance() -> Area:
    from countertui.screens.glance import GlanceArea

    return GlanceArea()


def _explain() -> Area:
    from countertui.screens.explain import ExplainArea

    return ExplainArea()


def _card_terminal() -> Area:
    from countertui.screens.card_terminal import CardTerminalArea

    return CardTerminalArea()


def _returned_checks() -> Area:
    from countertui.screens.returned_checks import ReturnedChecksArea

    return ReturnedChecksArea()


def _trust() -> Area:
    from countertui.screens.trust import TrustArea

    return TrustArea()


def _trust_account() -> Area:
    from countertui.screens.trust_account import TrustAccountArea

    return TrustAccountArea()


def _apply_credit() -> Area:
    from countertui.screens.apply_credit import ApplyCreditArea

    return ApplyCreditArea()


def _license_filed() -> Area:
    from countertui.screens.license_filed import LicenseFiledArea

    return LicenseFiledArea()


def _license_form() -> Area:
    from countertui.screens.license_form import LicenseFormArea

    return LicenseFormArea()


def _license_forms() -> Area:
    from countertui.screens.license_forms import LicenseFormsArea

    return LicenseFormsArea()


def _licenses() -> Area:
    from countertui.screens.licenses import LicensesArea

    return LicensesArea()


def _license() -> Area:
    from countertui.screens.license import LicenseArea

    return LicenseArea()


def _ledger_desk() -> Area:
    from countertui.screens.ledger_desk.day import LedgerDayArea

    return LedgerDayArea()


def _ledger_receipts() -> Area:
    from countertui.screens.ledger_desk.receipts import LedgerReceiptsArea

    return LedgerReceiptsArea()


def _ledger_record() -> Area:
    from countertui.screens.ledger_desk.record import LedgerRecordArea

    return LedgerRecordArea()


def _ledger_items() -> Area:
    from countertui.screens.ledger_desk.items import LedgerItemsArea

    return LedgerItemsArea()


def _ledger_item() -> Area:
    from countertui.screens.ledger_desk.item import LedgerItemArea

    return LedgerItemArea()


def _ledger_batches() -> Area:
    from countertui.screens.ledger_desk.batches import LedgerBatchesArea

    return LedgerBatchesArea()


def _ledger_batch() -> Area:
    from countertui.screens.ledger_desk.batch import LedgerBatchArea

    return LedgerBatchArea()


def _ledger_tie_out() -> Area:
    from countertui.screens.ledger_desk.tie_out import LedgerTieOutArea

    return LedgerTieOutArea()


def _ledger_tie_causes() -> Area:
    from countertui.screens.ledger_desk.tie_causes import LedgerTieCausesArea

    return LedgerTieCausesArea()


def _report_list() -> Area:
    from countertui.screens.report_tables.report_list import ReportListArea

    return ReportListArea()


def _own_report() -> Area:
    from countertui.screens.report_tables.own import OwnReportArea

    return OwnReportArea()


def _ledger_report() -> Area:
    from countertui.screens.report_tables.at_ledger import LedgerReportArea

    return LedgerReportArea()


def _ledger_alarms() -> Area:
    from countertui.screens.ledger_desk.alarms import LedgerAlarmsArea

    return LedgerAlarmsArea()


def _look() -> Area:
    from countertui.screens.look import LookArea

    return LookArea()


def _menu() -> Area:
    from countertui.screens.menu import MenuArea

    return MenuArea()


def _leave() -> Area:
    from countertui.screens.leave import LeaveArea

    return LeaveArea()


def _help() -> Area:
    from countertui.screens.help import HelpArea

    return HelpArea()


def _palette() -> Area:
    from countertui.screens.palette import PaletteArea

    return PaletteArea()


_MAKERS: dict[str, Callable[[], Area]] = {
    "sign_on": _sign_on,
    "opening": _opening,
    "payment": _payment,
    "carts": _carts,
    "receipts": _receipts,
    "requests": _requests,
    "x_report": _x_report,
    "z_report": _z_report,
    "close": _close,
    "open_drawers": _open_drawers,
    "batches": _batches,
    "stick": _stick,
    "printing": _printing,
    "locked": _locked,
    "own_pin": _own_pin,
    "no_sale": _no_sale,
    "drop": _drop,
    "surprise_count": _surprise_count,
    "day_checklist": _day_checklist,
    "courier": _courier,
    "deposit": _deposit,
    "deposits_made": _deposits_made,
    "drawer": _drawer,
    "fund_change": _fund_change,
    "hand_over": _hand_over,
    "paper_receipts": _paper_receipts,
    "tape": _tape,
    "applicant": _applicant,
    "applicants": _applicants,
    "mail": _mail,
    "exercises": _exercises,
    "glance": _glance,
    "explain": _explain,
    "card_terminal": _card_terminal,
    "returned_checks": _returned_checks,
    "trust": _trust,
    "trust_account": _trust_account,
    "apply_credit": _apply_credit,
    "license_filed": _license_filed,
    "license_form": _license_form,
    "license_forms": _license_forms,
    "licenses": _licenses,
    "license": _license,
    "ledger_desk": _ledger_desk,
    "ledger_receipts": _ledger_receipts,
    "ledger_record": _ledger_record,
    "ledger_items": _ledger_items,
    "ledger_item": _ledger_item,
    "ledger_batches": _ledger_batches,
    "ledger_batch": _ledger_batch,
    "ledger_tie_out": _ledger_tie_out,
    "ledger_tie_causes": _ledger_tie_causes,
    "report_list": _report_list,
    "own_report": _own_report,
    "ledger_report": _ledger_report,
    "ledger_alarms": _ledger_alarms,
    "look": _look,
    "menu": _menu,
    "leave": _leave,
    "help": _help,
    "palette": _palette,
}
