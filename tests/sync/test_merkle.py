"""RFC 6962 trees: published vectors, and any tree against the RFC's own definition, written down naively."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from countertui.sync.faults import ProofRefusedError
from countertui.sync.merkle import (
    EMPTY_ROOT,
    check_consistency,
    check_inclusion,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    tree_root,
)
from merkle_tree import nodes_of

# RFC 6962's usual eight leaves (certificate-transparency's reference data) and the roots of their first n.
LEAVES = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def naive_root(leaves: list[bytes]) -> bytes:
    """MTH, as RFC 6962 section 2.1 says it."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return sha256(b"\1" + naive_root(leaves[:k]) + naive_root(leaves[k:])).digest()


def cases(folder: Path) -> Iterator[tuple[Path, dict[str, Any]]]:
    for path in sorted(folder.rglob("*.json")):
        yield path, json.loads(path.read_text(encoding="utf-8"))


def raw(values: list[str] | None) -> list[bytes]:
    return [base64.b64decode(value) for value in values or []]


def holds(check: Any, *arguments: Any) -> bool:
    try:
        check(*arguments)
    except ProofRefusedError:
        return False
    return True


def test_the_roots_of_the_reference_leaves() -> None:
    leaves = [leaf_hash(bytes.fromhex(leaf)) for leaf in LEAVES]
    for size, root in enumerate(ROOTS):
        assert tree_root(nodes_of(leaves), size).hex() == root == naive_root(leaves[:size]).hex()


def test_every_published_inclusion_proof(vectors: Path) -> None:
    seen = 0
    for path, case in cases(vectors / "merkle" / "inclusion"):
        leaf, root = raw([case["leafHash"], case["root"]])
        found = holds(check_inclusion, leaf, case["leafIdx"], case["treeSize"], raw(case["proof"]), root)
        assert found is not case["wantErr"], path
        seen += 1
    assert seen == 98


def test_every_published_consistency_proof(vectors: Path) -> None:
    seen = 0
    for path, case in cases(vectors / "merkle" / "consistency"):
        roots = raw([case["root1"], case["root2"]])
        found = holds(check_consistency, case["size1"], case["size2"], *roots, raw(case["proof"]))
        # One vector calls 12 bytes a root; here a hash has 32.
        is_hash = all(len(root) == 32 for root in roots)
        assert found is (not case["wantErr"] and is_hash), path
        assert is_hash or case["wantErr"] or path.name == "sizes-are-equal-one-and-proof-is-empty.json"
        seen += 1
    assert seen == 98


def test_published_subtree_proofs_of_the_whole_tree(vectors: Path) -> None:
    """Subtrees are no part of RFC 6962; those that begin at leaf 0 are trees of their own."""
    seen = 0
    for path, case in cases(vectors / "merkle" / "subtreeinclusion"):
        if case["start"] == 0:
            leaf, root = raw([case["leafHash"], case["root"]])
            found = holds(check_inclusion, leaf, case["leafIdx"], case["end"], raw(case["proof"]), root)
            assert found is not case["wantErr"], path
            seen += 1
    for path, case in cases(vectors / "merkle" / "subtreeconsistency"):
        if case["start"] == 0:
            roots = raw([case["root1"], case["root2"]])
            found = holds(check_consistency, case["end"], case["size"], *roots, raw(case["proof"]))
            assert found is not case["wantErr"] or any(len(root) != 32 for root in roots), path
            seen += 1
    assert seen > 100


SIZES = st.integers(1, 300)


def tree_of(size: int) -> list[bytes]:
    return [leaf_hash(b"%d" % n) for n in range(size)]


@given(SIZES, st.data())
def test_any_leaf_of_any_tree_is_proven_and_no_other(size: int, data: st.DataObject) -> None:
    leaves = tree_of(size)
    index = data.draw(st.integers(0, size - 1))
    other = data.draw(st.integers(0, size - 1))
    root = naive_root(leaves)
    proof = inclusion_proof(nodes_of(leaves), index, size)
    check_inclusion(leaves[index], index, size, proof, root)
    assume(other != index)
    assert not holds(check_inclusion, leaves[other], index, size, proof, root)
    assert not holds(check_inclusion, leaves[index], other, size, proof, root)


@given(SIZES, SIZES, st.integers(0, 2**12))
def test_any_tree_is_proven_to_begin_with_any_earlier_one_and_no_other(one: int, two: int, bit: int) -> None:
    old_size, size = sorted((one, two))
    leaves = tree_of(size)
    roots = naive_root(leaves[:old_size]), naive_root(leaves)
    proof = consistency_proof(nodes_of(leaves), old_size, size)
    check_consistency(old_size, size, *roots, proof)
    forged = [*leaves[: old_size - 1], leaf_hash(b"forged"), *leaves[old_size:]]
    lying = naive_root(forged), consistency_proof(nodes_of(forged), old_size, size)
    assert not holds(check_consistency, old_size, size, roots[0], *lying)
    assert not holds(check_consistency, old_size, size, *roots, [*proof, roots[1]])
    if proof:
        at, place = bit % len(proof), bit % 256
        flipped = (int.from_bytes(proof[at], "big") ^ (1 << place)).to_bytes(32, "big")
        assert not holds(check_consistency, old_size, size, *roots, [*proof[:at], flipped, *proof[at + 1 :]])
        assert not holds(check_consistency, old_size, size, *roots, proof[:-1])


def test_a_proof_of_a_small_tree_is_none_of_a_large_one() -> None:
    leaves = tree_of(2)
    root = naive_root(leaves)
    check_inclusion(leaves[0], 0, 2, [leaves[1]], root)
    assert not holds(check_inclusion, leaves[0], 0, 4, [leaves[1]], root)
    check_consistency(1, 2, leaves[0], root, [leaves[1]])
    assert not holds(check_consistency, 1, 4, leaves[0], root, [leaves[1]])


def test_an_empty_tree_has_the_empty_root_and_begins_every_tree() -> None:
    root = naive_root(tree_of(3))
    check_consistency(0, 0, EMPTY_ROOT, EMPTY_ROOT, [])
    check_consistency(0, 3, EMPTY_ROOT, root, [])
    assert not holds(check_consistency, 0, 3, root, root, [])
    assert not holds(check_consistency, 0, 0, root, root, [])
    assert not holds(check_consistency, 0, 3, EMPTY_ROOT, root, [root])


@pytest.mark.parametrize("hash_", [b"", b"x" * 31, b"x" * 33])
def test_a_hash_has_32_bytes(hash_: bytes) -> None:
    leaves = tree_of(2)
    root = naive_root(leaves)
    assert not holds(check_inclusion, leaves[0], 0, 2, [hash_], root)
    assert not holds(check_inclusion, hash_, 0, 1, [], hash_)
    assert not holds(check_consistency, 1, 1, hash_, hash_, [])
    assert not holds(check_consistency, 1, 2, leaves[0], root, [hash_])


def test_there_is_no_proof_of_what_is_not_there() -> None:
    nodes = nodes_of(tree_of(3))
    for index, size in ((3, 3), (-1, 3), (0, 0)):
        with pytest.raises(ValueError, match="no leaf"):
            inclusion_proof(nodes, index, size)
    for old_size, size in ((0, 3), (4, 3)):
        with pytest.raises(ValueError, match="no proof"):
            consistency_proof(nodes, old_size, size)
