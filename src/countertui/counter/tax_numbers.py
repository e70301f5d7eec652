"""Employer identification and Social Security numbers as they are typed: whether one can be, and how it is written."""

from __future__ import annotations

from countertui.domain.license_application import EIN, Fault

_LENGTH = 9


def number_fault(name: str, typed: str) -> Fault | None:
    """What is wrong with a field's number, in words that never repeat it; None where nothing is, or nothing is typed.

    By python-stdnum: an EIN's campus prefix, and the areas, groups and serials that no Social Security number has.
    """
    if not typed.strip():
        return None
    from stdnum.exceptions import InvalidFormat, InvalidLength, ValidationError  # 25 ms to import
    from stdnum.us import ein, ssn

    is_ein = name == EIN
    try:
        (ein if is_ein else ssn).validate(typed.strip())
    except (InvalidFormat, InvalidLength):
        digits = sum(map(str.isdigit, typed))
        like = "12-3456789" if is_ein else "123-45-6789"
        return Fault(f"{digits} of {_LENGTH} digits" if digits < _LENGTH else f"nine digits, like {like}")
    except ValidationError:
        return Fault("no EIN begins so" if is_ein else "no Social Security number is like that")
    return None


def number_as_written(name: str, typed: str) -> str:
    """A number that can be, as it is written: 12-3456789 or 123-45-6789; any other as typed."""
    text = typed.strip()
    if not text or number_fault(name, text) is not None:
        return text
    digits = "".join(filter(str.isdigit, text))
    return f"{digits[:2]}-{digits[2:]}" if name == EIN else f"{digits[:3]}-{digits[3:5]}-{digits[5:]}"
