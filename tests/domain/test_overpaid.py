"""What is beyond a charge: each cent of it the credit of the account whose receipt brought it, by hand and for any."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from countertui.domain.overpaid import Charge, settled


def test_two_accounts_of_one_charge_keep_a_credit_each() -> None:
    """U1 paid 50.00 twice, the charge became U2's, and U2 pays it too; then each receipt is voided."""
    first = settled(Charge("U1", -50_00, 0), {}, {"U1": 100_00})
    assert first == (0, {"U1": 50_00})
    second = settled(Charge("U2", -50_00, 0), first[1], {"U2": 50_00})
    assert second == (0, {"U1": 50_00, "U2": 50_00})
    assert settled(Charge("U2", 50_00, 0), second[1], {"U2": -50_00}) == (0, {"U1": 50_00})
    assert settled(Charge("U2", 50_00, 0), second[1], {"U1": -50_00}) == (0, {"U2": 50_00})


def test_what_another_paid_is_no_longer_beyond_once_the_first_receipt_is_voided() -> None:
    assert settled(Charge("U2", 50_00, 0), {"U2": 50_00}, {"U1": -50_00}) == (0, {})
    assert settled(Charge("U3", 50_00, 0), {"U2": 50_00}, {"U1": -50_00}) == (0, {})


def test_nobody_pays_another_accounts_charge_with_a_credit() -> None:
    """The charge became U2's and was raised by 70.00: U1's credit is not taken for it, U2's own would be."""
    assert settled(Charge("U2", 69_00, 0), {"U1": 50_00}, {"U2": 1_00}) == (69_00, {"U1": 50_00})
    assert settled(Charge("U2", 69_00, 0), {"U1": 50_00, "U2": 20_00}, {"U2": 1_00}) == (49_00, {"U1": 50_00})


def test_a_charge_that_began_below_zero_stays_so() -> None:
    assert settled(Charge("U1", -4_00, -300), {}, {"U1": 1_00}) == (-3_00, {"U1": 1_00})


def test_what_an_import_took_off_a_paid_charge_is_its_accounts() -> None:
    """U2 pays 10.00 on a charge that stood at -20.00 as it was lowered after it had been paid."""
    assert settled(Charge("U2", -30_00, 0), {}, {"U2": 10_00}) == (0, {"U2": 30_00})


ACCOUNTS = ("U1", "U2", "U3")
batches = st.lists(
    st.tuples(
        st.sampled_from(ACCOUNTS),  # whose the charge is then
        st.lists(st.integers(1, 90), max_size=3),  # receipts that its account takes
        st.lists(st.integers(0, 9), max_size=2),  # which of those that stand are voided
    ),
    max_size=8,
)


@given(st.integers(0, 100), batches)
def test_credits_are_what_was_taken_beyond_each_the_account_s_whose_receipt_it_was(
    owed: int, done: list[tuple[str, list[int], list[int]]]
) -> None:
    balance, over = owed, {}
    standing: list[tuple[str, int]] = []
    by_receipt = dict.fromkeys(ACCOUNTS, 0)
    voided = False
    for owner, receipts, voids in done:
        moved: dict[str, int] = {}
        for cents in receipts:
            taken = sum(each for _, each in standing)
            by_receipt[owner] += min(cents, max(0, taken + cents - owed))
            standing.append((owner, cents))
            moved[owner] = moved.get(owner, 0) + cents
        for which in voids[: len(standing)]:
            account, cents = standing.pop(which % len(standing))
            moved[account] = moved.get(account, 0) - cents
            voided = True
        before = over
        balance, over = settled(Charge(owner, balance - sum(moved.values()), 0), before, moved)
        paid = {account: sum(each for by, each in standing if by == account) for account in ACCOUNTS}
        assert sum(over.values()) == max(0, sum(paid.values()) - owed)
        assert balance == max(0, owed - sum(paid.values()))
        assert all(0 < over[account] <= paid[account] for account in over)
        if all(cents >= 0 for cents in moved.values()):
            assert all(over.get(other, 0) == before.get(other, 0) for other in ACCOUNTS if other != owner)
    if not voided:
        assert over == {account: cents for account, cents in by_receipt.items() if cents}
