"""The worklist of businesses that no license was found for: how each stands, and what no list brings up again."""

from __future__ import annotations

from enum import StrEnum

MOST_IN_RECORD = 200
"""So many leads one record has at most; a list of more has several."""
LONGEST_NOTE = 200
LONGEST_TEXT = 200
MOST_EVIDENCE = 6


class LeadStatus(StrEnum):
    """How a lead stands."""

    NEW = "new"
    LETTER_SENT = "letter_sent"
    SECOND_LETTER_SENT = "second_letter_sent"
    LETTER_CAME_BACK = "letter_came_back"
    PENDING = "pending"
    LICENSED = "licensed"
    NOT_LIABLE = "not_liable"
    OUT_OF_CITY = "out_of_city"
    OUT_OF_BUSINESS = "out_of_business"
    DUPLICATE = "duplicate"

    @property
    def label(self) -> str:
        """The words a person reads."""
        return self.value.replace("_", " ")


SETTLED = frozenset(
    {LeadStatus.LICENSED, LeadStatus.NOT_LIABLE, LeadStatus.OUT_OF_CITY, LeadStatus.OUT_OF_BUSINESS}
    | {LeadStatus.DUPLICATE}
)
"""What nothing more is done with. A list that has it again does not bring it up."""
NEEDS_NOTE = frozenset({LeadStatus.NOT_LIABLE, LeadStatus.OUT_OF_CITY, LeadStatus.OUT_OF_BUSINESS})
"""What is never said without a reason in words."""
NEXT_LETTER = {LeadStatus.NEW: LeadStatus.LETTER_SENT, LeadStatus.LETTER_SENT: LeadStatus.SECOND_LETTER_SENT}
"""How a lead stands that a letter is written to, by how it stood before."""
