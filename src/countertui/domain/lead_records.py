"""What the desk's records of unlicensed businesses contain, kind by kind."""

from __future__ import annotations

from typing import TypedDict


class LeadData(TypedDict):
    """A business of a list that no license was found for: as the list has it, and what was seen.

    key: the list's own name for it; alike: how like the nearest license is, in percent.
    """

    known_by: str
    key: str
    name: str
    address: str
    mailing: str
    about: str
    alike: int
    evidence: list[str]


class LeadLicensedData(TypedDict):
    """A lead that was found to be licensed by now, and the license's number."""

    known_by: str
    license: str


class LeadsFoundData(TypedDict):
    """`leads_found`: what a list from elsewhere has beyond the licenses and the leads known before.

    list: what it is called; sha256: of its bytes; rows: how many it has that could be read.
    """

    list: str
    sha256: str
    rows: int
    leads: list[LeadData]
    licensed: list[LeadLicensedData]


class LeadStatusData(TypedDict):
    """`lead_status`: how leads, by their numbers, stand from now on; letter: whether one is written to each."""

    leads: list[int]
    status: str
    note: str
    letter: bool
