"""That forms take exactly what they say: every field of its type, and nothing that only looks like it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated, Any, Literal, get_args, get_origin

import pytest
from msgspec import Meta, structs

from countertui.config import devices, terminal
from countertui.forms import Count, Form, Hex32, Name, Number, ValidationError, read_as, said_by
from countertui.sync import ack, batch, dsse, live, personal_part, registry_entries, snapshot

FORMS = [
    form
    for module in (ack, batch, dsse, live, personal_part, registry_entries, snapshot, devices, terminal)
    for form in vars(module).values()
    if isinstance(form, type) and issubclass(form, Form) and form is not Form
]


class Told(Form, frozen=True, kw_only=True):
    v: Literal[1] = 1
    n: Number
    m: Count = 0
    h: Hex32
    name: Name
    sure: bool = False
    maybe: Count | None = None
    names: Annotated[list[Name], Meta(max_length=2)]


GOOD: dict[str, Any] = {"n": 1, "h": "0f" * 32, "name": "T1", "names": ["a"]}


def test_what_is_said_is_read_and_said_again() -> None:
    told = read_as(Told, GOOD)
    assert (told.n, told.m, told.sure, told.maybe, told.names) == (1, 0, False, None, ["a"])
    assert said_by(told) == GOOD | {"v": 1, "m": 0, "sure": False, "maybe": None}


@pytest.mark.parametrize(
    "wrong",
    [
        *({"n": n} for n in (0, -1, 2**53, 2**70, True, 1.0, "1", None, [1])),
        *({"v": v} for v in (0, 2, 10**400, True, 1.0, "1", None)),
        *({"m": n} for n in (-1, False, "", None)),
        *({"h": h} for h in ("0f" * 31, "0F" * 32, "0f" * 32 + "\n", "\n" + "0f" * 32, b"0f" * 32, 15)),
        *({"name": name} for name in ("", "x" * 65, None, 1)),
        *({"sure": sure} for sure in (0, 1, "true", None)),
        *({"names": names} for names in (["a", "b", "c"], "ab", [""], [1], {"a": 1}, None)),
        *({name: 1} for name in ("more", "N", "", "__class__")),
        {1: 1},
    ],
    ids=str,
)
def test_what_only_looks_like_it_is_refused(wrong: dict[Any, Any]) -> None:
    with pytest.raises(ValidationError):
        read_as(Told, GOOD | wrong)


@pytest.mark.parametrize("without", GOOD)
def test_what_is_left_out_is_missed(without: str) -> None:
    with pytest.raises(ValidationError, match=without):
        read_as(Told, {name: value for name, value in GOOD.items() if name != without})
    for other in (None, [], "", [GOOD]):
        with pytest.raises(ValidationError):
            read_as(Told, other)


def test_nothing_is_said_that_would_not_be_read() -> None:
    with pytest.raises(ValidationError):
        said_by(structs.replace(read_as(Told, GOOD), n=0))


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.__name__)
def test_every_form_is_strict(form: type[Form]) -> None:
    config = form.__struct_config__
    assert (config.frozen, config.forbid_unknown_fields) == (True, True)
    with pytest.raises(TypeError):
        form(*range(40))
    for pattern in (each for field in structs.fields(form) for each in patterns(field.type)):
        assert pattern.startswith("^")
        assert pattern.endswith(r"\Z")
        assert not re.search(r"(?<!\\)\$", pattern.removesuffix(r"\Z"))


def patterns(kind: Any) -> Iterator[str]:
    """Every pattern in a field's type."""
    if get_origin(kind) is Annotated:
        yield from (each.pattern for each in kind.__metadata__ if isinstance(each, Meta) and each.pattern)
    for inner in get_args(kind):
        yield from patterns(inner)
