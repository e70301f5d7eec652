"""The languages of what a customer is handed, and our words in each. What a city named stays as it named it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal, cast, get_args

Language = Literal["en", "es"]
LANGUAGES: tuple[Language, ...] = get_args(Language)
USUAL: Language = "en"


@dataclass(frozen=True, slots=True)
class Words:
    """The words of a receipt, a customer's validated stub and a returned check's notice, in one language.

    `{}` is where the fact goes.

    heads: the usual heads of charges; one that a city made up itself is shown as it is. tenders: by `TenderKind`.
    """

    demo: str
    demo_paper: str
    training: str
    duplicate: str
    copy: str
    first_may_exist: str
    voided: str
    void_requested: str
    refunded: str
    refund_requested: str
    returned: str
    receipt: str
    business_date: str
    terminal: str
    drawer: str
    served_by: str
    received_from: str
    from_paper: str
    paper_of: str
    account: str
    credit: str
    still_owed: str
    total: str
    change: str
    check_code: str
    keep: str
    paid: str
    notice_title: str
    notice_returned: str
    notice_check: str
    notice_fee: str
    notice_to_pay: str
    notice_owed: str
    notice_how: str
    notice_no_checks: str
    heads: Mapping[str, str]
    tenders: Mapping[str, str]

    def head(self, head: str) -> str:
        """A head of charges as a person reads it."""
        return self.heads.get(head, head.capitalize())


WORDS: Mapping[Language, Words] = {
    "en": Words(
        demo="DEMO - NOT A REAL RECEIPT",
        demo_paper="DEMO - NOT A REAL PAPER",
        training="TRAINING - NO REAL MONEY",
        duplicate="DUPLICATE {}",
        copy="COPY",
        first_may_exist="The first print of this paper may exist.",
        voided="VOIDED",
        void_requested="VOID REQUESTED",
        refunded="REFUNDED",
        refund_requested="REFUND REQUESTED",
        returned="CHECK RETURNED UNPAID",
        receipt="Receipt {}",
        business_date="Business date",
        terminal="Terminal {}",
        drawer="Drawer {}",
        served_by="Served by",
        received_from="Received from",
        from_paper="Entered from paper receipt {}",
        paper_of="{} of {}",
        account="Account {}",
        credit="Credit on account {}",
        still_owed="Still owed {}",
        total="TOTAL",
        change="Change",
        check_code="Check code",
        keep="Keep this receipt.",
        paid="PAID {}",
        notice_title="NOTICE OF A RETURNED CHECK",
        notice_returned="Your check was returned by the bank unpaid: {}. What it paid is owed again.",
        notice_check="Check {}",
        notice_fee="Fee for the returned check",
        notice_to_pay="Please pay now",
        notice_owed="All that account {} owes now",
        notice_how="Pay in cash, by card or by money order, and bring this notice.",
        notice_no_checks="Until further notice no check is taken for this account.",
        heads={},
        tenders={"cash": "Cash", "check": "Check", "card": "Card", "money_order": "Money order"},
    ),
    "es": Words(
        demo="DEMO - NO ES UN RECIBO REAL",
        demo_paper="DEMO - NO ES UN PAPEL REAL",
        training="TRAINING / PRÁCTICA - SIN DINERO REAL",
        duplicate="DUPLICADO {}",
        copy="COPIA",
        first_may_exist="Puede existir otra impresión de este papel.",
        voided="ANULADO",
        void_requested="ANULACIÓN SOLICITADA",
        refunded="REEMBOLSADO",
        refund_requested="REEMBOLSO SOLICITADO",
        returned="CHEQUE DEVUELTO SIN PAGAR",
        receipt="Recibo {}",
        business_date="Fecha contable",
        terminal="Terminal {}",
        drawer="Caja {}",
        served_by="Le atendió",
        received_from="Recibido de",
        from_paper="Tomado del recibo de papel {}",
        paper_of="{} del {}",
        account="Cuenta {}",
        credit="Saldo a favor {}",
        still_owed="Saldo pendiente {}",
        total="TOTAL",
        change="Cambio",
        check_code="Código de control",
        keep="Conserve este recibo.",
        paid="PAGADO {}",
        notice_title="AVISO DE CHEQUE DEVUELTO",
        notice_returned="El banco devolvió su cheque sin pagarlo: {}. Lo que pagó se debe otra vez.",
        notice_check="Cheque {}",
        notice_fee="Cargo por el cheque devuelto",
        notice_to_pay="Por favor pague ahora",
        notice_owed="Todo lo que debe ahora la cuenta {}",
        notice_how="Pague en efectivo, con tarjeta o con giro postal, y traiga este aviso.",
        notice_no_checks="Hasta nuevo aviso no se aceptan cheques para esta cuenta.",
        heads={
            "credit": "Saldo a favor",
            "fee": "Tarifa",
            "fine": "Multa",
            "interest": "Intereses",
            "invoice": "Factura",
            "license": "Licencia",
            "penalty": "Recargo por mora",
            "sewer": "Alcantarillado",
            "surcharge": "Recargo",
            "tax": "Impuesto",
            "trash": "Basura",
            "water": "Agua",
        },
        tenders={"cash": "Efectivo", "check": "Cheque", "card": "Tarjeta", "money_order": "Giro postal"},
    ),
}


def is_language(code: str) -> bool:
    """Whether papers can be had in it: one of LANGUAGES (ISO 639-1)."""
    return code in LANGUAGES


def language_of(preferences: Iterable[str]) -> Language:
    """The language of a paper for accounts that prefer these (ISO 639-1; empty: none is known).

    The one that all who prefer any agree on; where they differ, or nobody prefers one that there is, English, which
    the counter and whoever checks the paper read.
    """
    wanted = {preference for preference in preferences if preference}
    (only,) = wanted if len(wanted) == 1 else ("",)
    return cast("Language", only) if is_language(only) else USUAL
