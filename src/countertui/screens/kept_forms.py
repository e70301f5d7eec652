"""Half-filled forms in the list of what was set aside: what each is called, and the way back to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from countertui.counter.drafts import Form, SavedForm
from countertui.counter.open_sessions import open_sessions
from countertui.domain.refusal import Refused

if TYPE_CHECKING:
    from countertui.screens.app import CounterApp

WORDS = {
    Form.OPENING: "Opening count",
    Form.CLOSING: "Closing count",
    Form.APPLICANT: "Applicant",
    Form.NO_SALE: "No sale: why",
    Form.DROP: "Drop to the safe",
    Form.SURPRISE: "Surprise count",
    Form.FUND_CHANGE: "Change for the drawer",
    Form.DAY_CHECK: "Day closed: why open",
    Form.VOID: "Void of {}",
    Form.REFUND: "Refund of {}",
    Form.PAPER: "Paper receipt",
    Form.MAIL_BATCH: "Mail: what was counted",
    Form.MAIL_PIECE: "Mail: a piece",
    Form.MAIL_DIFFERENCE: "Mail: why it differs",
    Form.ACCOUNT_NOTE: "Note on {}",
    Form.ACCOUNT_ADDRESS: "Address of {}",
    Form.ACCOUNT_PHONE: "Telephone of {}",
    Form.RETURNED_CHECK: "A returned check",
    Form.RETURNED_LIST: "Returned checks",
    Form.TRUST_REFUND: "Deposit {} back",
    Form.CARD_SETTLING: "Card charge settled",
    Form.TENDER: "Asked at the payment",
    Form.REFUSAL: "Refusal of {}",
    Form.APPLYING: "Money of {} applied",
    Form.LICENSE_ACT: "License {}",
    Form.UNAPPLYING: "Money of {} taken back",
    Form.LICENSE: "License application",
    Form.DEPOSIT: "Bank deposit",
    Form.COURIER: "Bags for the courier",
    Form.HAND_OVER: "Drawer to hand over",
    Form.LEDGER_WORK: "At the ledger: {}",
}
"""Each may say what it is about."""
AREAS = {
    Form.OPENING: "opening",
    Form.NO_SALE: "no_sale",
    Form.DROP: "drop",
    Form.FUND_CHANGE: "fund_change",
    Form.DAY_CHECK: "day_checklist",
    Form.PAPER: "paper_receipts",
    Form.MAIL_BATCH: "mail",
    Form.MAIL_PIECE: "mail",
    Form.MAIL_DIFFERENCE: "mail",
    Form.RETURNED_CHECK: "returned_checks",
    Form.RETURNED_LIST: "returned_checks",
    Form.DEPOSIT: "deposit",
    Form.COURIER: "courier",
    Form.LEDGER_WORK: "ledger_desk",
}
"""Where a form is filled in that its area brings back by itself."""


def form_name(item: SavedForm) -> str:
    """What a half-filled form is called."""
    about = item.about if item.form is not Form.LICENSE_ACT else ": ".join(item.about.split("/")[:2])
    return WORDS.get(item.form, item.form.value).format(about)


async def go_on_with_form(counter: CounterApp, item: SavedForm) -> None:
    """Go on where a form was left. Raises Refused for another person's: a count, too, is nobody else's to see."""
    if item.form is Form.APPLICANT:
        from countertui.screens.applicant import ApplicantArea

        await (await counter.visit(ApplicantArea)).go_on_with(item.about)
        return
    if item.form is Form.LICENSE:
        from countertui.screens.license_form import LicenseFormArea

        await (await counter.made(LicenseFormArea)).go_on_with(item.about)
        await counter.go(LicenseFormArea.NAME)
        return
    require_own(counter, item)
    if item.form in (Form.CLOSING, Form.SURPRISE):
        await _go_on_counting(counter, item)
    elif item.form is Form.HAND_OVER:
        from countertui.screens.hand_over import HandOverArea

        await (await counter.made(HandOverArea)).go_on_with(item.about)
        await counter.go(HandOverArea.NAME)
    elif item.form in (Form.VOID, Form.REFUND):
        from countertui.screens.receipts import ReceiptsArea

        await (await counter.visit(ReceiptsArea)).go_on_undoing(item.form, item.about)
    elif item.form in (Form.ACCOUNT_NOTE, Form.ACCOUNT_ADDRESS, Form.ACCOUNT_PHONE):
        from countertui.screens.glance import GlanceArea

        await (await counter.visit(GlanceArea)).go_on_writing(item.form, item.about)
    elif item.form in (Form.TRUST_REFUND, Form.UNAPPLYING):
        from countertui.screens.trust_account import TrustAccountArea

        area = await counter.made(TrustAccountArea)
        is_refund = item.form is Form.TRUST_REFUND
        await (area.go_on_giving_back if is_refund else area.go_on_taking_back)(item.about)
    elif item.form is Form.CARD_SETTLING:
        from countertui.screens.card_terminal import CardTerminalArea

        await (await counter.visit(CardTerminalArea)).go_on_settling(item.about)
    elif item.form is Form.TENDER:
        from countertui.screens.payment import PaymentArea

        await (await counter.made(PaymentArea)).go_on_asking(item.about)
    elif item.form is Form.REFUSAL:
        from countertui.screens.requests import RequestsArea

        await (await counter.visit(RequestsArea)).go_on_refusing(item.about)
    elif item.form is Form.APPLYING:
        from countertui.screens.apply_credit import ApplyCreditArea

        await (await counter.made(ApplyCreditArea)).go_on_applying(item.about)
    elif item.form is Form.LICENSE_ACT:
        from countertui.screens.license import LicenseArea

        await (await counter.made(LicenseArea)).go_on_with(item.about)
    else:
        await counter.go(AREAS[item.form])


def require_own(counter: CounterApp, item: SavedForm) -> None:
    """Raise Refused unless who is signed on began the form."""
    if counter.person is None or item.operator != counter.person.id:
        raise Refused(f"{item.operator} began this form.", "It is kept as it is.", f"{item.operator} goes on with it.")


async def _go_on_counting(counter: CounterApp, item: SavedForm) -> None:
    from countertui.screens.close import CloseArea
    from countertui.screens.surprise_count import SurpriseCountArea

    session = next((one for one in await counter.desk.look(open_sessions) if one.id == item.about), None)
    if session is None:
        raise Refused("That drawer is closed.", "Nothing of the count is needed.", "Del drops it.")
    counting: type[CloseArea | SurpriseCountArea] = CloseArea if item.form is Form.CLOSING else SurpriseCountArea
    await (await counter.made(counting)).count_for(session)
    await counter.go(counting.NAME)
