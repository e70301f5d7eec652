"""What a payment is about to raise on a license, as it is kept in a cart."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from countertui.domain.money import Cents

if TYPE_CHECKING:
    from countertui.domain.license_raised import Raised


def raised_to_json(one: Raised) -> list[Any]:
    """It as JSON values."""
    days = one.begins.isoformat(), one.due.isoformat()
    what = one.code, one.head, one.gl, one.description, one.cents, one.ordinance
    return [one.license, *days, *what, [[step.text, str(step.cents)] for step in one.working], list(one.whole)]


def raised_from_json(written: list[Any]) -> Raised:
    """What `raised_to_json` wrote."""
    from countertui.domain.license_fees import Worked  # few carts pay for a license
    from countertui.domain.license_raised import Raised

    number, begins, due, code, head, gl, description, cents, ordinance, working, whole = written
    return Raised(
        license=number,
        begins=date.fromisoformat(begins),
        due=date.fromisoformat(due),
        code=code,
        head=head,
        gl=gl,
        description=description,
        cents=Cents(cents),
        ordinance=ordinance,
        working=tuple(Worked(text, Decimal(exact)) for text, exact in working),
        whole=tuple(whole),
    )
