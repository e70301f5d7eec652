"""What is done with a license, act by act: the shape of record kind `license`.

An act names the version of the license that it changes, the id of the act before it. Of two that change the same one,
the ledger carries out the one that comes first and keeps both.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NotRequired, TypedDict

from countertui.domain.license_states import Step
from countertui.domain.rights import Act as Right

LONGEST_FIELD = 200
LONGEST_REASON = 200
BUSINESS, TRADE_NAME, OWNERS, CONTACTS, PARTY = "business", "trade_name", "owners", "contacts", "party"
PREMISES, MAILING, PHONE, EMAIL, SAME_OWNER = "premises", "mailing", "phone", "email", "same_owner"
LICENSE_CLASS, NAICS, AT_HOME, STARTS = "license_class", "naics", "at_home", "starts"
ANSWERS, REVIEWS, DOCUMENTS = "answers", "reviews", "documents"
SOURCE, STATUS, ISSUED_ON, EXPIRES_ON = "source", "status", "issued_on", "expires_on"
LISTED = "listed"
"""The version of a license that nothing was done with since a list from elsewhere brought it."""
PRINTED = "printed"
OPEN, PASSED, FAILED = "open", "passed", "failed"
"""How a review stands."""
BY_KEY = frozenset({ANSWERS, REVIEWS, DOCUMENTS})
"""Fields of which an act says the entries it sets; of others it says the whole."""
FROM_A_LIST = frozenset({SOURCE, STATUS, ISSUED_ON, EXPIRES_ON, PARTY})
"""What only a list says: where it comes from, how it stood there, and whose it is: deposits are drawn on by that."""
BY_PAYMENTS = frozenset({Step.SUBMIT, Step.UNPAY, Step.RENEW, Step.UNRENEW})
"""Steps that no record is of: what is filed is submitted, and the others are what payments do."""


class TermChargeData(TypedDict):
    """A charge that a term raises: its id (`charge_id`), cents above zero, and the working that adds up to them.

    working: words and the exact cents they come to, as a decimal number's text.
    """

    id: str
    head: str
    gl: str
    description: str
    cents: int
    ordinance: str
    working: list[list[str]]


class TermData(TypedDict):
    """A term that is assessed: its first and last day, when it is due (all ISO), and what it costs.

    withdraws: of a term that is assessed anew the charges as they were raised before; nothing was paid on them.
    """

    begins: str
    ends: str
    due: str
    charges: list[TermChargeData]
    withdraws: NotRequired[list[TermChargeData]]


class LicenseActData(TypedDict):
    """`license`: one act on one license.

    was: the version it changes, empty for the first. says: the fields it sets, those with null it takes out; of
    `answers`, `reviews` and `documents` the entries it sets. term: of an assessment alone.
    """

    license: str
    was: str
    step: str
    says: dict[str, Any]
    reason: str
    term: TermData | None
    personal: NotRequired[dict[str, str]]


@dataclass(frozen=True, slots=True)
class LicenseAct:
    """An act as it is known: its record's id and place, its day (ISO), who did it, and what it says.

    terminal: empty for the row of a list that an import brought. carried_out: None where it is still to be judged by
    those before it; False where the ledger kept it and did not carry it out.
    """

    id: str
    terminal: str
    epoch: int
    seq: int
    dated: str
    operator: str
    step: Step
    was: str = ""
    says: Mapping[str, Any] = field(default_factory=dict)
    reason: str = ""
    term: TermData | None = None
    carried_out: bool | None = None
    personal: Mapping[str, str] = field(default_factory=dict)


def act_of(body: Mapping[str, Any], *, carried_out: bool | None = None) -> LicenseAct:
    """The act that a sound record's body says."""
    place = {name: body[name] for name in ("id", "terminal", "epoch", "seq", "operator")}
    return as_act(place, body["biz_date"] or body["utc"][:10], body["data"], carried_out=carried_out)


def as_act(
    place: Mapping[str, Any], dated: str, data: Mapping[str, Any], *, carried_out: bool | None = None
) -> LicenseAct:
    """An act from sound data; place: id, terminal, epoch, seq and operator."""
    return LicenseAct(
        **place,
        dated=dated,
        step=Step(data["step"]),
        was=data["was"],
        says=data["says"],
        reason=data["reason"],
        term=data["term"],
        carried_out=carried_out,
        personal=data.get("personal", {}),
    )


def right_of(step: Step) -> Right:
    """The right that whoever does a step needs."""
    return Right.KEEP_LICENSES if step in _AT_THE_COUNTER else Right.DECIDE_LICENSES


_AT_THE_COUNTER = frozenset({Step.FILE, Step.AMEND, Step.DOCUMENT, Step.ASSESS, Step.ISSUE, Step.REPLACE})
