"""Every way that money goes, crossed with every other: whatever two terminals and the desk do, the books add up."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from countertui.domain.city import CityRules, rules_to_json
from countertui.domain.money import Cents
from countertui.domain.records import Kind
from countertui.errors import AnswerNo
from countertui.ledger.books import Books
from countertui.ledger.correction_targets import AsRecorded, Target, ToAccount, ToCharge, ToGl
from countertui.ledger.corrections import Who, correct_item, move
from countertui.ledger.fsck import fsck
from countertui.ledger.keep_terminals import register_terminal
from countertui.ledger.payables_export import export_payables
from countertui.ledger.returned_checks import return_check
from ledger.at_the_desk import act, new_id, rules_are
from ledger.engine import Engine, Town
from ledger.test_cards_unknown import settled, unknown
from ledger.test_checks_returned import came_back, check
from ledger.test_posting import asked, balances, posted
from ledger.test_trust import apply, asks_back, drawn, gives_back, received, unapply, with_deposit
from ledger.town import DAY, NOW, RULES, Till, allocation, ledger_key, line

DEPOSIT, SALES, CREDITS = ("800", "800-2810"), ("510", "510-4310"), ("510", "510-2310")
LINES: dict[str, Callable[[int], dict[str, Any]]] = {
    "U1": lambda cents: line("U1", allocation("C1", "510-4310", cents)),
    "U2": lambda cents: line("U2", allocation("C3", "510-4310", cents)),
    "U3": lambda cents: line("U3", allocation(None, "510-2310", cents)),
    "TD-1": received,
    "COPY": lambda cents: line(None, allocation(None, "100-4410", cents)),
    "both": lambda cents: line("U1", allocation("C1", "510-4310", cents), allocation(None, "510-2310", 3)),
}


def city() -> CityRules:
    posting = replace(
        RULES.posting,
        bank="100-1010",
        due_from={**RULES.posting.due_from, "800": "800-1010"},
        due_to={**RULES.posting.due_to, "800": "100-2580"},
    )
    return replace(RULES, posting=posting, returned_check_fee=Cents(35_00), returned_check_gl="100-4410")


def prepared(books: Books) -> None:
    with_deposit(books)
    rules_are(books, rules_to_json(city()))
    for code in ("T1", "T2"):
        register_terminal(books, ledger_key(books), code, "HALL", 1, Till(books, code).identity.public_key, now=NOW)


@pytest.fixture(scope="module")
def template(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Town:
    """A town with a deposit, a fee for checks that come back, and terminals T1 and T2, to be copied."""
    return Town(engine, tmp_path_factory.mktemp("template") / "ledger", prepared)


@dataclass
class Crossed:
    """Two terminals and the desk, and a chance that picks what they do next."""

    books: Books
    random: Random
    tills: list[Till] = field(default_factory=list)
    receipts: list[tuple[Till, dict[str, Any]]] = field(default_factory=list)
    applied: list[tuple[Till, dict[str, Any]]] = field(default_factory=list)
    sessions: dict[str, str] = field(default_factory=dict)
    open_cards: list[tuple[Till, dict[str, Any]]] = field(default_factory=list)
    done: list[str] = field(default_factory=list)

    def go(self, steps: int) -> None:
        self.key = ledger_key(self.books)
        for code, drawer in (("T1", "D1"), ("T2", "D2")):
            till = Till(self.books, code)
            till.drawers = {"S1": drawer}
            till.open("S1")
            self.tills.append(till)
            self.sessions[code] = "S1"
        acts, weights = zip(*ACTS, strict=True)
        for _ in range(steps):
            doing = self.random.choices(acts, weights)[0]
            self.done.append(doing.__name__)
            doing(self)
        for till in self.tills:
            posted(self.books, self.key, till)

    def till(self) -> Till:
        return self.random.choice(self.tills)

    def cents(self, most: int = 60_00) -> int:
        return self.random.randint(1, most)

    def session(self, till: Till) -> str:
        return self.sessions[till.identity.terminal]

    def some_receipt(self, *, closed: bool) -> tuple[Till, dict[str, Any]] | None:
        found = [(till, one) for till, one in self.receipts if (one["session"] != self.session(till)) == closed]
        return self.random.choice(found) if found else None


def pays(all_: Crossed) -> None:
    till, random = all_.till(), all_.random
    chosen = random.sample(sorted(LINES), random.randint(1, 3))
    lines = [LINES[name](all_.cents()) for name in chosen]
    due = sum(each["cents"] for each in lines)
    if "TD-1" not in chosen and random.random() < 0.5:
        part = random.choice((due, random.randint(1, due)))
        lines.append(drawn(part))
        due -= part
    tenders: list[tuple[Any, ...]] = []
    for _ in range(random.randint(0, 2)):
        if due:
            part = random.randint(1, due)
            tenders.append(("check", part, str(len(all_.done) * 10 + len(tenders))))
            due -= part
    if due:
        tenders.append(random.choice((("cash", due), ("card", due, "991"), ("check", due, f"9{len(all_.done)}"))))
    if tenders and tenders[-1][0] == "check" and random.random() < 0.5:  # with cash back
        kind, part, reference = tenders[-1]
        tenders[-1] = kind, part + all_.cents(20_00), reference
    all_.receipts.append((till, till.pay(*lines, tenders=tenders, session=all_.session(till))))


def pays_by_unknown_card(all_: Crossed) -> None:
    till = all_.till()
    head = {"session": all_.session(till)}
    about = unknown(till, **head)
    if all_.random.random() < 0.5:
        posted(all_.books, all_.key, till)
    what = all_.random.choice(("charged", "not_charged", ""))
    if what:
        settled(till, about, what)
    if what == "charged" or all_.random.random() < 0.3:
        lines = [LINES["U1"](9_00), drawn(4_00)]
        tender = {"kind": "card", "cents": 5_00, "reference": "991", "ask": about["id"]}
        data = {"payor": "Ann Ferry", "lines": lines, "tenders": [tender], "change_cents": 0, "total_cents": 5_00}
        all_.receipts.append((till, till.record(Kind.PAY, data, net=5_00, **head)))


def voids(all_: Crossed) -> None:
    if (one := all_.some_receipt(closed=False)) is not None:
        one[0].void(one[1], session=one[1]["session"])


def refunds(all_: Crossed) -> None:
    if (one := all_.some_receipt(closed=True)) is not None:
        till, taken = one
        method = all_.random.choice(("ap_check", "cash"))
        head = {"session": all_.session(till)}
        till.refund(taken, till.ask(Kind.REFUND_REQUEST, taken, method, **head)["seq"], method, **head)


def closes(all_: Crossed) -> None:
    till = all_.till()
    before = all_.session(till)
    till.close(200_00, 200_00, session=before)
    after = f"S{int(before[1:]) + 1}"
    till.drawers[after] = till.drawers[before]
    till.open(after)
    all_.sessions[till.identity.terminal] = after


def a_check(all_: Crossed) -> tuple[Till, dict[str, Any], dict[str, Any]] | None:
    found = [(till, one, t) for till, one in all_.receipts for t in one["data"]["tenders"] if t["kind"] == "check"]
    return all_.random.choice(found) if found else None


def checks_come_back(all_: Crossed) -> None:
    if (one := a_check(all_)) is not None:
        of, taken, tender = one
        till = all_.till()
        came_back(till, check(taken, tender["reference"], tender["cents"], till if till is of else None))


def desk_returns(all_: Crossed) -> None:
    if (one := a_check(all_)) is not None:
        more = {"by": "dee", "second": "bo", "reason": "NSF", "biz_date": DAY, "id_": new_id()}
        number, reference = one[1]["receipt_no"], one[2]["reference"]
        with suppress(AnswerNo):
            act(all_.books, all_.key, return_check, number, reference, **more)


def deposit_goes_back(all_: Crossed) -> None:
    till = all_.till()
    head = {"session": all_.session(till)}
    gives_back(till, asks_back(till, all_.cents(40_00), **head), **head)


def credit_is_applied(all_: Crossed) -> None:
    till = all_.till()
    all_.applied.append((till, apply(till, all_.cents(30_00), session=all_.session(till))))


def credit_is_taken_back(all_: Crossed) -> None:
    if all_.applied:
        till, made = all_.random.choice(all_.applied)
        unapply(till, made, session=all_.session(till))


def corrects(all_: Crossed) -> None:
    rows = asked(all_.books, "SELECT id FROM error_item WHERE state = 'open' ORDER BY id")
    if rows:
        (item,) = all_.random.choice(rows)
        with suppress(AnswerNo):
            act(all_.books, all_.key, correct_item, item, _target(all_, none=True), _who())


def moves(all_: Crossed) -> None:
    if all_.receipts:
        _, taken = all_.random.choice(all_.receipts)
        place = taken["terminal"], taken["epoch"], taken["seq"]
        source = all_.random.choice((ToCharge("C1"), ToCharge("C3"), ToCharge("CR-TD-1"), ToGl("100-4410")))
        target = _target(all_, none=False)
        with suppress(AnswerNo):
            act(all_.books, all_.key, move, place, source, target, all_.cents(20_00), _who())


def exports(all_: Crossed) -> None:
    with suppress(AnswerNo):
        act(all_.books, all_.key, export_payables, by="dee", biz_date=DAY, id_=new_id())


def posts(all_: Crossed) -> None:
    posted(all_.books, all_.key, all_.till())


def _target(all_: Crossed, *, none: bool) -> Target | None:
    some: list[Target | None] = [ToAccount("U1"), ToAccount("TD-1"), ToGl("100-4410"), AsRecorded()]
    return all_.random.choice([*some, ToCharge("CR-TD-1"), *([None, None] if none else [])])


def _who() -> Who:
    return Who("dee", "cy", "Looked at", DAY, new_id())


ACTS = (
    (pays, 10),
    (pays_by_unknown_card, 2),
    (voids, 3),
    (refunds, 3),
    (closes, 2),
    (checks_come_back, 3),
    (desk_returns, 2),
    (deposit_goes_back, 2),
    (credit_is_applied, 2),
    (credit_is_taken_back, 2),
    (corrects, 4),
    (moves, 2),
    (exports, 1),
    (posts, 5),
)


def wrong_in(books: Books) -> list[str]:
    """What of the books does not add up, in words: what accounts say, and what the general ledger says of them."""
    found = balances(books)

    def cents(query: str) -> int:
        return int(str(asked(books, f"SELECT CAST(COALESCE(SUM(cents), 0) AS BIGINT) FROM ({query}) AS found")[0][0]))

    held = -cents("SELECT balance_cents AS cents FROM charge WHERE id = 'CR-TD-1'")
    on_charges = cents("SELECT balance_cents AS cents FROM charge WHERE id IN ('C1', 'C3')")
    same = {
        "deposit, moves": (held, cents("SELECT cents FROM trust_move")),
        "deposit, GL": (held, -found.get(DEPOSIT, 0)),
        "water, GL": (120_00 - on_charges, -found.get(SALES, 0)),
        "credits, GL": (
            cents("SELECT balance_cents AS cents FROM charge WHERE gl = '510-2310'"),
            found.get(CREDITS, 0),
        ),
    }
    told = [f"{what}: {one} and {other}" for what, (one, other) in same.items() if one != other]
    told += [f"the deposit holds {held}"] if held < 0 else []
    more = asked(books, "SELECT id, balance_cents FROM charge WHERE id LIKE 'C_' AND balance_cents > amount_cents")
    return [*fsck(books).differences, *told, *(f"owed more than billed: {each}" for each in more)]


@pytest.mark.parametrize("seed", range(4))
def test_whatever_is_crossed_with_what_the_books_add_up(template: Town, seed: int) -> None:
    with TemporaryDirectory() as folder, template.copied(Path(folder) / "ledger") as books:
        crossed = Crossed(books, Random(seed))
        crossed.go(40)
        assert wrong_in(books) == [], crossed.done
