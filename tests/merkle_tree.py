"""A whole tree of the log (RFC 6962) in memory: the ledger reads its nodes from tiles."""

from __future__ import annotations

from collections.abc import Sequence

from countertui.sync.merkle import Nodes, node_hash


def nodes_of(leaves: Sequence[bytes]) -> Nodes:
    """A tree held in memory, from its leaf hashes."""
    levels: list[list[bytes]] = [list(leaves)]
    while len(levels[-1]) > 1:
        below = levels[-1]
        levels.append([node_hash(below[at], below[at + 1]) for at in range(0, len(below) - 1, 2)])
    return lambda level, index: levels[level][index]
