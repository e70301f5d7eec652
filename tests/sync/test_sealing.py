from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countertui.sync.faults import SealingError
from countertui.sync.sealing import seal_to, sealing_key, unseal

MINE, OTHERS = sealing_key(b"m" * 32), sealing_key(b"o" * 32)


@given(st.binary(max_size=300), st.binary(max_size=40))
def test_what_is_sealed_opens_for_one_key_in_one_context(bare: bytes, context: bytes) -> None:
    sealed = seal_to(MINE.public_key().public_bytes_raw(), bare, context)
    assert unseal(MINE, sealed, context) == bare
    for key, data, where in (
        (OTHERS, sealed, context),
        (MINE, sealed, context + b"x"),
        (MINE, sealed[:-1], context),
        (MINE, bytes([sealed[0] ^ 1]) + sealed[1:], context),
        (MINE, b"", context),
    ):
        with pytest.raises(SealingError):
            unseal(key, data, where)


def test_the_same_seed_is_the_same_key_and_not_the_seed_itself() -> None:
    assert sealing_key(b"m" * 32).private_bytes_raw() == MINE.private_bytes_raw() != b"m" * 32


@pytest.mark.parametrize("public_key", [bytes(32), (1).to_bytes(32, "little"), b"short"])
def test_a_key_that_is_none_seals_nothing(public_key: bytes) -> None:
    with pytest.raises(SealingError):
        seal_to(public_key, b"secret", b"")
