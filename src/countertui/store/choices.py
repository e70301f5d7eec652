"""What operators chose for themselves at this terminal: a file of its own in the folder, as no record says it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

from countertui.domain.appearance import Choice

FILE = "choices.json"


def read_choices(folder: Path) -> dict[str, Choice]:
    """All choices by operator; none where the file is missing or spoilt."""
    try:
        said = json.loads((folder / FILE).read_text(encoding="utf-8"))
        return {str(operator): Choice(**choice) for operator, choice in said.items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}


def write_choices(folder: Path, choices: Mapping[str, Choice]) -> None:
    """Keep these choices in place of those there, whole or not at all. Raises OSError."""
    making = folder / f"{FILE}.new"
    text = json.dumps({operator: asdict(choice) for operator, choice in choices.items()}, indent=1)
    making.write_text(text, encoding="utf-8")
    making.replace(folder / FILE)
