"""The pages of the technician's desk, each under a letter that works on all of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from countertui.domain.rights import Act, Role, may


@dataclass(frozen=True, slots=True)
class Page:
    """A page: its letter, its words for key bar and help, the area it is, and the right it takes."""

    key: str
    label: str
    explains: str
    area: str
    right: Act


PAGES: tuple[Page, ...] = (
    Page("d", "Day", "Offices and drawers of a day.", "ledger_desk", Act.SEE_LEDGER),
    Page("e", "Errors", "Error items: what could not be posted as it stands.", "ledger_items", Act.SEE_LEDGER),
    Page("b", "Batches", "Batches that wait, were posted or rejected.", "ledger_batches", Act.SEE_LEDGER),
    Page("a", "Alarms", "Alarms, missing batches, silent terminals.", "ledger_alarms", Act.SEE_LEDGER),
    Page("k", "Bank", "The bank's files, and which deposits it has.", "ledger_bank", Act.SEE_LEDGER),
    Page("t", "Tie-out", "A month's records against the general ledger.", "ledger_tie_out", Act.SEE_LEDGER),
)
"""Every page; the first is where one arrives."""


def pages_for(roles: Iterable[Role]) -> Sequence[Page]:
    """The pages that somebody with these roles may look at."""
    held = tuple(roles)
    return [page for page in PAGES if may(held, page.right)]
