"""Cities without real money, demo and training: known by their ledger's id, nothing of theirs passes for real."""

from __future__ import annotations

DEMO, TRAINING = "DEMO", "TRAINING"

FOLDER_MARKS = {"demo.json": DEMO, "training.json": TRAINING}
"""The file that lies in the folder of such a city's terminal, and what its screens say."""


def is_demo(ledger_id: str) -> bool:
    """Whether a ledger id names a demo city; real ledgers refuse such an id."""
    return ledger_id.startswith(DEMO)


def is_training(ledger_id: str) -> bool:
    """Whether a ledger id names a training city; real ledgers refuse such an id."""
    return ledger_id.startswith(TRAINING)


def is_real(ledger_id: str) -> bool:
    """Whether a ledger id may be a real city's, in any spelling."""
    return not ledger_id.strip().upper().startswith((DEMO, TRAINING))


def mark_of(ledger_id: str) -> str:
    """What the screens of that ledger's terminals say besides: DEMO, TRAINING, or nothing."""
    return DEMO if is_demo(ledger_id) else TRAINING if is_training(ledger_id) else ""
