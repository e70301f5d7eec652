"""Made-up accounts, carts, tenders and funds for properties of the rules."""

from __future__ import annotations

from datetime import date

from hypothesis import strategies as st

from countertui.domain.charges import AllocationFirst, AllocationOrder, OpenCharge
from countertui.domain.money import Cents
from countertui.domain.postings import Credit, PostingRules
from countertui.domain.receipts import AccountLine, Cart, CartLine, FeeLine
from countertui.domain.tenders import CHANGE_BELOW, Tender, TenderKind

HEADS = ("penalty", "tax", "trash", "sewer", "water")
UNLISTED_HEADS = ("loan", "other")
FUNDS = ("100", "510", "520", "700")
POOL = "999"
GL_FUND = {f"{fund}-{head}": fund for fund in (*FUNDS, POOL) for head in (*HEADS, *UNLISTED_HEADS, "fee", "credit")}

RULES = PostingRules(
    pooled_fund=POOL,
    tender={kind: f"999-{kind.value}" for kind in TenderKind},
    over_short={kind: f"999-over-{kind.value}" for kind in TenderKind},
    due_from={fund: f"{fund}-due-from" for fund in FUNDS},
    due_to={fund: f"999-due-to-{fund}" for fund in FUNDS},
    refunds_payable="999-refunds",
    suspense="999-suspense",
)

some_cents = st.one_of(st.integers(1, 30), st.integers(1, 500_00)).map(Cents)
orders = st.builds(
    AllocationOrder,
    heads=st.permutations(HEADS).flatmap(lambda heads: st.integers(0, 5).map(lambda n: tuple(heads[:n]))),
    first=st.sampled_from(AllocationFirst),
)
dates = st.dates(date(2024, 1, 1), date(2024, 1, 5))
gl_accounts = st.sampled_from(sorted(GL_FUND))


@st.composite
def charges(draw: st.DrawFn, account: str = "A", *, credits_too: bool = True) -> tuple[OpenCharge, ...]:
    """Open charges of one account; few dates and heads, so that ties happen; some balances are credits."""
    balances = draw(st.lists(st.integers(-300 if credits_too else 1, 900), max_size=7))
    return tuple(
        OpenCharge(
            id=f"{account}-{n}",
            head=draw(st.sampled_from((*HEADS, *UNLISTED_HEADS))),
            due=draw(dates),
            description=f"Charge {n}",
            gl=draw(gl_accounts),
            balance=Cents(balance),
        )
        for n, balance in enumerate(balances)
    )


@st.composite
def by_hand(draw: st.DrawFn, open_charges: tuple[OpenCharge, ...]) -> tuple[tuple[str, Cents], ...]:
    """Parts a cashier may choose: some of the charges, in any order, each up to its balance."""
    payable = draw(st.permutations([charge for charge in open_charges if charge.balance > 0]))
    return tuple((charge.id, Cents(draw(st.integers(0, charge.balance)))) for charge in payable)


@st.composite
def account_lines(draw: st.DrawFn, account: str) -> AccountLine:
    """A line for an account: part of what is owed, all of it or more, spread by the rules or by hand."""
    owed = draw(charges(account))
    chosen = draw(st.one_of(st.just(()), by_hand(owed)))
    amount = Cents(sum(part for _, part in chosen)) if chosen else draw(some_cents)
    return AccountLine(
        account=account,
        account_kind="utility",
        name="Jane Doe",
        charges=owed,
        amount=amount,
        credit_gl=draw(gl_accounts),
        by_hand=chosen,
        reason="As the customer asked" if chosen else "",
    )


fee_lines = st.builds(
    FeeLine,
    code=st.sampled_from(["COPY", "MAP"]),
    description=st.just("Copies"),
    quantity=st.integers(0, 12),
    unit_cents=st.integers(0, 25_00).map(Cents),
    gl=gl_accounts,
)


@st.composite
def carts(draw: st.DrawFn) -> Cart:
    """Carts as screens can build them, sound or not: lines of nothing, an account twice, no line at all."""
    kinds = draw(st.lists(st.sampled_from(["A", "B", "C", "fee"]), max_size=5))
    lines: list[CartLine] = [draw(fee_lines if kind == "fee" else account_lines(kind)) for kind in kinds]
    return Cart("01890a5d-ac96-774b-bcce-b302099a8057", tuple(lines), "Jane Doe")


@st.composite
def sound_carts(draw: st.DrawFn) -> Cart:
    """Carts that can be paid: at least one line, each for money, each account once."""
    cart = draw(carts())
    seen: dict[str, CartLine] = {}
    for n, line in enumerate(cart.lines):
        if line.amount > 0:
            seen.setdefault(line.account if isinstance(line, AccountLine) else str(n), line)
    lines = tuple(seen.values()) or (FeeLine("COPY", "Copies", 2, Cents(15), "100-fee"),)
    return Cart(cart.id, lines, cart.payor)


tender_lists = st.lists(
    st.builds(
        Tender,
        kind=st.sampled_from(TenderKind),
        cents=st.one_of(st.integers(-50, 50), st.integers(0, 1500_00)).map(Cents),
        reference=st.just("1042"),
    ),
    max_size=4,
)


@st.composite
def enough_tenders(draw: st.DrawFn, total: int) -> list[Tender]:
    """Tenders that pay a total: any mix, the last of them cash, perhaps with change to give."""
    parts: list[Tender] = []
    left = total
    for kind in draw(st.lists(st.sampled_from(TenderKind), max_size=3)):
        if left > 0:
            parts.append(Tender(kind, Cents(draw(st.integers(1, left))), "1042"))
            left -= parts[-1].cents
    if left:
        parts.append(Tender(TenderKind.CASH, Cents(left + draw(st.integers(0, CHANGE_BELOW - 1)))))
    return parts


credit_lists = st.lists(
    st.tuples(gl_accounts, st.integers(1, 10_000_00)).map(
        lambda pair: Credit(account=pair[0], fund=GL_FUND[pair[0]], cents=Cents(pair[1]))
    ),
    max_size=12,
)
