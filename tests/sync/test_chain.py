from __future__ import annotations

from hashlib import sha256

import pytest

from countertui.sync.chain import genesis, record_hash, signed_message

KEY = bytes(range(32))


def test_the_bytes_are_those_of_the_protocol() -> None:
    assert (
        genesis("DEMO-city", "T1", 2, KEY)
        == sha256(b"ctp/1 genesis\x00DEMO-city\x00T1\x00\x00\x00\x00\x00\x00\x00\x00\x02" + KEY).digest()
    )
    assert (
        record_hash(258, KEY, b"{}") == sha256(b"ctp/1 rec\x00\x00\x00\x00\x00\x00\x00\x01\x02" + KEY + b"{}").digest()
    )
    assert signed_message(KEY) == b"ctp/1 rec-sig\x00" + KEY


def test_known_values_do_not_drift() -> None:
    assert (
        genesis("DEMO-city", "T1", 1, KEY).hex() == "d94fc38311a5d2e26405e41ab31ae816e05bad8230a957728e361bbece4f0207"
    )
    assert (
        record_hash(1, bytes(32), b'{"a":1}').hex()
        == "4e2e90632a79f6af02c7ddacce91550e5373d95f7163100f84969e61dba555db"
    )


def test_names_cannot_flow_into_one_another() -> None:
    assert genesis("AB", "C", 1, KEY) != genesis("A", "BC", 1, KEY)
    with pytest.raises(ValueError, match="zero byte"):
        genesis("A\0B", "C", 1, KEY)
    with pytest.raises(ValueError, match="32 bytes"):
        genesis("A", "B", 1, KEY[:31])
