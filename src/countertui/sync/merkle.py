"""The Merkle tree of RFC 6962, section 2.1 (RFC 9162, sections 2.1.1 to 2.1.5): hashes, proofs and their checks.

Pure. A tree is given as `Nodes`: a function of (level, index) to the 32-byte hash of the whole subtree of 2**level
leaves that begins at leaf index * 2**level. Only whole subtrees are ever asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from hashlib import sha256

from countertui.sync.faults import ProofRefusedError

HASH_BYTES = 32
EMPTY_ROOT = sha256(b"").digest()
"""The root of the tree of no leaf (RFC 6962, section 2.1)."""
MAX_SIZE = 2**62
MAX_PROOF = 2 * 62
"""More hashes than any proof of a tree of MAX_SIZE leaves has."""

Nodes = Callable[[int, int], bytes]


def leaf_hash(data: bytes) -> bytes:
    """The hash of a leaf: its domain is kept apart from that of inner nodes."""
    return sha256(b"\0" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of an inner node."""
    return sha256(b"\1" + left + right).digest()


def tree_root(nodes: Nodes, size: int) -> bytes:
    """The root of the tree's first `size` leaves."""
    return range_root(nodes, 0, size) if size else EMPTY_ROOT


def range_root(nodes: Nodes, first: int, end: int) -> bytes:
    """MTH of the leaves from `first` up to `end` (RFC 6962): `first` is a multiple of the range's rounded-up width."""
    width = end - first
    level = width.bit_length() - 1
    if width == 1 << level:
        return nodes(level, first >> level)
    middle = first + (1 << level)
    return node_hash(range_root(nodes, first, middle), range_root(nodes, middle, end))


def inclusion_proof(nodes: Nodes, index: int, size: int) -> list[bytes]:
    """PATH (RFC 6962, section 2.1.1): the siblings from leaf `index` up to the root of the first `size` leaves.

    Raises ValueError unless 0 <= index < size.
    """
    if not 0 <= index < size:
        raise ValueError(f"a tree of {size} leaves has no leaf {index}")
    proof: list[bytes] = []
    first, end = 0, size
    while end - first > 1:
        middle = first + _largest_power_below(end - first)
        if index < middle:
            proof.append(range_root(nodes, middle, end))
            end = middle
        else:
            proof.append(range_root(nodes, first, middle))
            first = middle
    return proof[::-1]


def consistency_proof(nodes: Nodes, old_size: int, size: int) -> list[bytes]:
    """PROOF (RFC 6962, section 2.1.2): that the first `size` leaves begin with the first `old_size`.

    Empty where the sizes are the same. Raises ValueError unless 0 < old_size <= size.
    """
    if not 0 < old_size <= size:
        raise ValueError(f"no proof leads from {old_size} leaves to {size}")
    proof: list[bytes] = []
    first, end, is_known = 0, size, True
    while end != old_size:
        middle = first + _largest_power_below(end - first)
        if old_size <= middle:
            proof.append(range_root(nodes, middle, end))
            end = middle
        else:
            proof.append(range_root(nodes, first, middle))
            first, is_known = middle, False
    if not is_known:
        proof.append(range_root(nodes, first, end))
    return proof[::-1]


def check_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> None:
    """RFC 9162, section 2.1.3.2: the leaf of that hash is at `index` of the tree of `size` leaves and that root.

    Raises ProofRefusedError.
    """
    _check_form(proof, leaf, root)
    if not 0 <= index < size <= MAX_SIZE:
        raise _refused("no leaf has that place")
    place, last, found = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            raise _refused("it is longer than such a proof is")
        if place & 1 or place == last:
            found = node_hash(sibling, found)
            while place and not place & 1:
                place, last = place >> 1, last >> 1
        else:
            found = node_hash(found, sibling)
        place, last = place >> 1, last >> 1
    if last or found != root:
        raise _refused("it does not lead to the root")


def check_consistency(old_size: int, size: int, old_root: bytes, root: bytes, proof: Sequence[bytes]) -> None:
    """RFC 9162, section 2.1.4.2: the tree of `size` leaves begins with the tree of `old_size` leaves.

    Every tree begins with the empty one, whose root it must then be. Raises ProofRefusedError.
    """
    _check_form(proof, old_root, root)
    if not 0 <= old_size <= size <= MAX_SIZE:
        raise _refused("the older tree is the larger one")
    if (not old_size and old_root != EMPTY_ROOT) or (not size and root != EMPTY_ROOT):
        raise _refused("an empty tree has another root")
    if old_size in {0, size}:
        if proof or (old_size and old_root != root):
            raise _refused("one tree has two roots, or a proof that it needs none of")
        return
    path = list(proof) if old_size & (old_size - 1) else [old_root, *proof]
    if not path:
        raise _refused("it is shorter than such a proof is")
    place, last = old_size - 1, size - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    old_found = found = path[0]
    for sibling in path[1:]:
        if last == 0:
            raise _refused("it is longer than such a proof is")
        if place & 1 or place == last:
            old_found, found = node_hash(sibling, old_found), node_hash(sibling, found)
            while place and not place & 1:
                place, last = place >> 1, last >> 1
        else:
            found = node_hash(found, sibling)
        place, last = place >> 1, last >> 1
    if last or old_found != old_root or found != root:
        raise _refused("it does not lead to both roots")


def _largest_power_below(width: int) -> int:
    return 1 << ((width - 1).bit_length() - 1)


def _check_form(proof: Sequence[bytes], *hashes: bytes) -> None:
    if len(proof) > MAX_PROOF or any(len(each) != HASH_BYTES for each in (*hashes, *proof)):
        raise _refused("a hash is not 32 bytes long")


def _refused(why: str) -> ProofRefusedError:
    return ProofRefusedError(f"The proof does not hold: {why}.")
