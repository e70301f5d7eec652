"""`countertui report rights`: everybody's rights at a terminal, and their review."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from countertui.cli.lines import tell

if TYPE_CHECKING:
    from collections.abc import Sequence

    from countertui.domain.rights_review import ReviewRow, RightsReviewData, RightsRow


def show_rights(folder: Path, *, as_json: bool) -> None:
    """Print the rights review as a terminal knows it; reads beside an open counter."""
    from countertui.counter.rights_review import rights_list
    from countertui.store.connection import open_for_reading
    from countertui.store.reference import Reference

    db = open_for_reading(folder / "store.db")
    try:
        reference = Reference(folder / "reference.db")
        rows, reviews = rights_list(db, reference)
        version = reference.snapshot().version
        reference.close()
    finally:
        db.close()
    print_rights(version, rows, reviews, as_json=as_json)


def sign_rights(folder: Path) -> None:
    """Sign the review off: a lead, an auditor or an admin is asked for."""
    from countertui.cli.running import signed_in, writing_station
    from countertui.counter.rights_review import sign_review

    with writing_station(folder, "report rights") as (station, _):
        person = signed_in(station, None)
        data = sign_review(station, person)
    print_signed(person.name, data)


def print_rights(version: int, rows: Sequence[RightsRow], reviews: Sequence[ReviewRow], *, as_json: bool) -> None:
    """Print the review, for people or as JSON."""
    from countertui.domain.rights_review import list_hash, review_lines

    said = {"snapshot": version, "sha256": list_hash(rows), "operators": rows, "reviews": reviews}
    print(json.dumps(said) if as_json else "\n".join(review_lines(rows, reviews)))


def print_signed(name: str, data: RightsReviewData) -> None:
    """Say what was signed off."""
    tell(f"{name} signed the rights of {data['operators']} people, snapshot {data['snapshot']}.")
    tell(f"List {data['sha256']}")
