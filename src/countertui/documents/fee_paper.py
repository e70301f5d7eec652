"""What the next term of a license costs, on paper: each line with its working and its ordinance. It is no bill."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from countertui.documents.determination import exact_amount
from countertui.domain.dates import us_date, us_moment
from countertui.domain.demo import is_demo, is_training
from countertui.domain.documents import Block, Cut, Document, Feed, Pair, Rule, Text, plain
from countertui.domain.license_determination import Determination
from countertui.domain.money import format_cents


@dataclass(frozen=True, slots=True)
class FeeFacts:
    """A license and what a term of it costs. Dates ISO; printed_at local; stated: label and text of what it goes by."""

    city_name: str
    office_name: str
    office_address: str
    printed_at: str
    ledger_id: str
    number: str
    business: str
    stated: tuple[tuple[str, str], ...]
    begins: str
    ends: str
    due: str
    fee: Determination


def fee_document(facts: FeeFacts) -> Document:
    """Lay out what a term costs and why."""
    demo = (Text("DEMO - NOT A REAL PAPER", "center", bold=True),) if is_demo(facts.ledger_id) else ()
    blocks: tuple[Block, ...] = (
        *demo,
        Text(plain(facts.city_name), "center", bold=True),
        *(Text(plain(line), "center") for line in (facts.office_name, facts.office_address) if line),
        Feed(1),
        Text("LICENSE FEE", "center", bold=True, double=True),
        Pair("License", plain(facts.number), bold=True),
        Pair("Business", plain(facts.business)),
        Pair("Term", f"{us_date(facts.begins)} to {us_date(facts.ends)}"),
        Pair("Due", us_date(facts.due)),
        Pair("Printed", us_moment(facts.printed_at)),
        Rule(),
        *(Pair(plain(label), plain(text)) for label, text in facts.stated),
        Rule(),
        *fee_blocks(facts.fee),
        Feed(1),
        Text("No bill: nothing is charged by this paper."),
        Cut(),
    )
    return Document("license_fee", plain(f"Fee {facts.number}"), blocks, training=is_training(facts.ledger_id))


def fee_blocks(fee: Determination) -> Iterator[Block]:
    """A determination's lines with their working and ordinance, then the total."""
    for line in fee.lines:
        yield Pair(plain(line.description), format_cents(line.cents))
        for step in line.working:
            yield Text(plain(f"  {step.text}: {exact_amount(step.cents)}"))
        yield Text(plain(f"  {line.ordinance}"))
    yield Pair("Total", format_cents(fee.total), bold=True)
