"""The drawer's papers: the X report of a running session and the Z report of a closed one."""

from __future__ import annotations

from itertools import chain

from countertui.documents.drawer_facts import (
    ChangeFacts,
    CountedFacts,
    DenominationFacts,
    ExpectedFacts,
    NoSaleFacts,
    OpenCardFacts,
    SessionFacts,
    SurpriseFacts,
    VoidFacts,
    XFacts,
    ZFacts,
)
from countertui.domain.dates import us_date, us_moment
from countertui.domain.demo import is_demo, is_training
from countertui.domain.documents import Block, Cut, Document, Feed, Pair, Rule, Text, plain
from countertui.domain.money import format_cents

SIGNATURE_RULE = "_" * 24


def _heading(title: str, session: SessionFacts) -> tuple[Block, ...]:
    demo = (Text("DEMO - NO REAL MONEY", "center", bold=True),) if is_demo(session.ledger_id) else ()
    none = session.receipt_count == 0
    return (
        *demo,
        Text(title, "center", bold=True, double=True),
        Text(plain(session.city_name), "center"),
        Text(plain(session.office_name), "center"),
        Feed(1),
        Pair("Business date", plain(us_date(session.biz_date)), bold=True),
        Pair(plain(f"Terminal {session.terminal}"), plain(f"Drawer {session.drawer}")),
        Pair("Operator", plain(session.operator_name)),
        Pair("Session", plain(session.session)),
        Pair("Opened", plain(us_moment(session.opened_at))),
        Pair("Printed", plain(us_moment(session.printed_at))),
        Rule(),
        Pair("Receipts", str(session.receipt_count)),
        *(() if none else (Pair("First", plain(session.first_receipt)), Pair("Last", plain(session.last_receipt)))),
        Pair("Opening fund", format_cents(session.fund_cents)),
        *_opening(session),
    )


def _opening(session: SessionFacts) -> tuple[Block, ...]:
    """What the drawer began with where it was not its fund: what is expected in it goes by that."""
    if session.opening_cents is None:
        return ()
    counted, off = session.opening_cents, session.opening_cents - session.fund_cents
    seen = (Pair("  Seen by", plain(session.opening_seen_by)),) if session.opening_seen_by else ()
    return (Pair("Counted at the opening", format_cents(counted)), Pair("  Difference", over_words(off)), *seen)


def _void(void: VoidFacts, *, reveal: bool) -> tuple[Block, ...]:
    who = f"{void.requested_by}, {void.approved_by}" if void.approved_by else void.requested_by
    return (
        Pair(plain(f"  {void.receipt_no}"), format_cents(void.cents) if reveal else ""),
        Text(plain(f"  {void.reason}")),
        Text(plain(f"  by {who}")),
    )


def _voids(title: str, voids: tuple[VoidFacts, ...], *, reveal: bool) -> tuple[Block, ...]:
    return (
        Pair(title, str(len(voids)), bold=True),
        *chain.from_iterable(_void(void, reveal=reveal) for void in voids),
    )


def _no_sales(no_sales: tuple[NoSaleFacts, ...]) -> tuple[Block, ...]:
    """How often the drawer was opened without a sale; nothing where it was not."""
    if not no_sales:
        return ()
    return (
        Pair("Opened without a sale", str(len(no_sales)), bold=True),
        *chain.from_iterable(map(_no_sale, no_sales)),
    )


def _no_sale(one: NoSaleFacts) -> tuple[Block, ...]:
    return (Pair(plain(f"  {one.at}"), plain(one.by)), Text(plain(f"  {one.reason}")))


def _surprises(counts: tuple[SurpriseFacts, ...], *, reveal: bool) -> tuple[Block, ...]:
    """Counts by surprise, and what they showed; nothing where there were none."""
    if not counts:
        return ()
    return (
        Pair("Surprise counts", str(len(counts)), bold=True),
        *chain.from_iterable(_surprise(one, reveal=reveal) for one in counts),
    )


def _surprise(one: SurpriseFacts, *, reveal: bool) -> tuple[Block, ...]:
    off = [Pair(plain(f"    {label}"), over_words(cents)) for label, cents in one.over] or [
        Pair("    Difference", "0.00")
    ]
    unsigned = () if one.signed else (Text("    cashier's PIN was not given"),)
    return (Pair(plain(f"  {one.at}"), plain(one.by)), *(off if reveal else ()), *unsigned)


def _changes(changes: tuple[ChangeFacts, ...]) -> tuple[Block, ...]:
    """Change that the drawer got or only asked for; nothing where there was none."""
    if not changes:
        return ()
    given = sum(1 for one in changes if one.by)
    return (
        Pair("Change out of the safe", str(given), bold=True),
        *chain.from_iterable(map(_change, changes)),
    )


def _change(one: ChangeFacts) -> tuple[Block, ...]:
    who = f"  given by {one.by}" if one.by else "  asked for, not given"
    return (Pair(plain(f"  {us_moment(one.at)}"), format_cents(one.cents)), Text(plain(who)))


def _open_cards(cards: tuple[OpenCardFacts, ...]) -> tuple[Block, ...]:
    """Card charges that are not settled, and in none of the figures above; nothing where there are none."""
    if not cards:
        return ()
    return (
        Pair("Card charges not settled", str(len(cards)), bold=True),
        *chain.from_iterable(map(_open_card, cards)),
        Text("  in no figure above: see the card terminal's report"),
    )


def _open_card(card: OpenCardFacts) -> tuple[Block, ...]:
    return (Pair(plain(f"  {card.asked_at}"), format_cents(card.cents)), Text(plain(f"  {card.payor}")))


def _pieces(count: int | None) -> str:
    return "" if count is None else str(count)


def _expected(tender: ExpectedFacts, *, reveal: bool) -> tuple[Block, ...]:
    taken = Pair(plain(tender.label), _pieces(tender.count))
    if not reveal:
        return (taken,)
    return (taken, *_parts(tender.parts), Pair("  Expected", format_cents(tender.expected_cents)))


def _parts(parts: tuple[tuple[str, int], ...]) -> tuple[Block, ...]:
    return tuple(Pair(plain(f"    {label}"), format_cents(cents)) for label, cents in parts)


def x_report(facts: XFacts, *, reveal: bool) -> Document:
    """Lay out the X report. Where `reveal` is false (blind counts) it says how many, never how much was taken."""
    shown = (Pair("Figures shown to", plain(facts.shown_to)),) if reveal and facts.shown_to else ()
    blocks = (
        *_heading("X REPORT", facts.session),
        *shown,
        Rule(),
        *chain.from_iterable(_expected(tender, reveal=reveal) for tender in facts.tenders),
        Rule(),
        *_voids("Voids", facts.voids, reveal=reveal),
        *_voids("Open void requests", facts.open_requests, reveal=reveal),
        *_no_sales(facts.no_sales),
        *_surprises(facts.surprises, reveal=reveal),
        *_changes(facts.changes),
        *_open_cards(facts.open_cards),
        Cut(),
    )
    return Document(
        "x_report", plain(f"X {facts.session.session}"), blocks, training=is_training(facts.session.ledger_id)
    )


def over_words(cents: int) -> str:
    """A difference in words: over, short or 0.00."""
    if cents == 0:
        return "0.00"
    return f"over {format_cents(cents)}" if cents > 0 else f"short {format_cents(-cents)}"


def _counted(tender: CountedFacts) -> tuple[Block, ...]:
    return (
        Pair(plain(tender.label), _pieces(tender.count), bold=True),
        *_parts(tender.parts),
        Pair("  Expected", format_cents(tender.expected_cents)),
        Pair("  Counted", format_cents(tender.counted_cents)),
        Pair("  Difference", over_words(tender.over_cents)),
    )


def _recounted(facts: ZFacts) -> tuple[Block, ...]:
    """What the first count showed, where another one followed it."""
    if facts.counts < 2:
        return ()
    return (
        Pair("Counted", f"{facts.counts} times", bold=True),
        Text("Differences of the first count"),
        *(Pair(plain(f"  {label}"), over_words(cents)) for label, cents in facts.first_over),
    )


def _denomination(line: DenominationFacts) -> Pair:
    return Pair(plain(f"{line.count} x {line.label}"), format_cents(line.count * line.unit_cents))


def _second_label(facts: ZFacts) -> str:
    """What the second person at a close did: a lead looks at who counted too far off; else two count together."""
    return "Difference seen by" if facts.closed_by == facts.session.operator_name else "Counted along"


def z_report(facts: ZFacts) -> Document:
    """Lay out the Z report of a closed session, with the count, what was expected, and lines to sign on."""
    cash = sum(line.count * line.unit_cents for line in facts.denominations)
    expected = sum(tender.expected_cents for tender in facts.tenders)
    counted = sum(tender.counted_cents for tender in facts.tenders)
    blocks = (
        *_heading("Z REPORT", facts.session),
        Pair("Closed", plain(us_moment(facts.closed_at))),
        Pair("Closed by", plain(facts.closed_by)),
        *((Pair(_second_label(facts), plain(facts.approved_by)),) if facts.approved_by else ()),
        Rule(),
        Text("Cash counted", bold=True),
        *map(_denomination, facts.denominations),
        Pair("Cash in drawer", format_cents(cash)),
        Pair(f"Checks counted: {facts.check_count}", format_cents(facts.check_cents)),
        Rule(),
        *chain.from_iterable(map(_counted, facts.tenders)),
        Rule(),
        Pair("Expected", format_cents(expected)),
        Pair("Counted", format_cents(counted)),
        Pair("Difference", over_words(counted - expected), bold=True),
        *_recounted(facts),
        Rule(),
        *_voids("Voids", facts.voids, reveal=True),
        *_voids("Open void requests", facts.open_requests, reveal=True),
        *_no_sales(facts.no_sales),
        *_surprises(facts.surprises, reveal=True),
        *_changes(facts.changes),
        *_open_cards(facts.open_cards),
        Feed(2),
        Pair("Cashier", SIGNATURE_RULE),
        Feed(2),
        Pair("Counted with", SIGNATURE_RULE),
        Cut(),
    )
    return Document(
        "z_report", plain(f"Z {facts.session.session}"), blocks, training=is_training(facts.session.ledger_id)
    )
