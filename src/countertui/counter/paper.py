"""From a receipt's record to its paper: the same facts for the original, a duplicate and the screen."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from countertui.counter.station import Station
from countertui.documents.receipt import ReceiptFacts, ReceiptLineFacts, State, TenderFacts
from countertui.domain.card_slips import reference_words
from countertui.domain.dates import us_date
from countertui.domain.languages import WORDS, Words, language_of
from countertui.domain.paper_books import PaperData, paper_of
from countertui.domain.pay_record import LineData
from countertui.domain.receipts import short_hash

STATES: dict[str, State] = {
    "void": "voided",
    "void_requested": "void-requested",
    "refunded": "refunded",
    "refund_requested": "refund-requested",
    "returned": "returned",
}
"""How a receipt stands in the store (`taken` is not here), and how its paper says so."""


def receipt_facts(
    station: Station, body: Mapping[str, Any], h: bytes, *, drawer: str, operator_name: str, state: str = "taken"
) -> ReceiptFacts:
    """What the receipt of a `pay` record of this terminal says; body is the parsed record, h its chain hash.

    In the language that the holders of its accounts want by the snapshot in use, if they want the same one.
    """
    claim = station.recorder.claim(
        {
            "terminal": body["terminal"],
            "epoch": body["epoch"],
            "seq": body["seq"],
            "receipt_no": body["receipt_no"],
            "biz_date": body["biz_date"],
            "total_cents": body["data"]["total_cents"],
            "h": h.hex(),
        },
        partial(certificate_of_key, station),
        station.rules.receipt_address,
    )
    office = station.place.office_name, station.place.office_address
    return facts_of(station, body, h, office, drawer=drawer, operator_name=operator_name, state=state, claim=claim)


def facts_of(
    station: Station,
    body: Mapping[str, Any],
    h: bytes,
    office: tuple[str, str],
    *,
    drawer: str,
    operator_name: str,
    state: str,
    claim: str,
) -> ReceiptFacts:
    """The same of any terminal's receipt, taken at an office of that name and address; `claim` stands in its code."""
    data, place = body["data"], station.place
    accounts = dict.fromkeys(line["account"] for line in data["lines"] if line["account"] is not None)
    language = language_of(station.reference.languages(accounts))
    words = WORDS[language]
    return ReceiptFacts(
        city_name=place.city,
        office_name=office[0],
        office_address=office[1],
        terminal=body["terminal"],
        drawer=drawer,
        operator_name=operator_name,
        biz_date=body["biz_date"],
        printed_at=station.clock.local_of(body["utc"]),
        receipt_no=body["receipt_no"],
        payor=data["payor"],
        lines=tuple(_line(line, words) for line in data["lines"]),
        total_cents=data["total_cents"],
        tenders=tuple(
            TenderFacts(
                words.tenders[tender["kind"]],
                tender["cents"],
                reference_words(tender["reference"], tender.get("brand", ""), tender.get("last4", "")),
            )
            for tender in data["tenders"]
        ),
        change_cents=data["change_cents"],
        short_hash=short_hash(h),
        claim=claim,
        ledger_id=place.ledger,
        paper=_paper(data["paper"], words) if "paper" in data else "",
        state=STATES.get(state, "normal"),
        language=language,
    )


def certificate_of_key(station: Station, public_key: bytes) -> str:
    """The ledger's certificate of a key (hex), by the snapshot in use; by the register until one has it."""
    in_use = station.reference.certificate(station.place.terminal, public_key.hex())
    return in_use or station.exchange.certificate(public_key)


def _paper(data: PaperData, words: Words) -> str:
    paper = paper_of(data)
    return words.paper_of.format(paper.text, us_date(paper.date))


def _line(line: LineData, words: Words) -> ReceiptLineFacts:
    parts: dict[str, int] = {}
    for part in line["allocations"]:
        parts[part["head"]] = parts.get(part["head"], 0) + part["cents"]
    detail = () if line["account"] is None else tuple((words.head(head), cents) for head, cents in parts.items())
    return ReceiptLineFacts(
        description=line["description"],
        cents=line["cents"],
        detail=detail,
        account=line["account"],
        owed_after_cents=line["owed_after"],
        quantity=line["quantity"] if line["quantity"] != 1 else None,
        unit_cents=line["unit_cents"] if line["quantity"] != 1 else None,
    )
