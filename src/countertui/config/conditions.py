"""The conditions of rows (`when`), as `rule-engine` reads them, judged by nothing but the facts they may name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from enum import StrEnum
from functools import cache

Facts = Mapping[str, "Decimal | bool | str"]


class FactKind(StrEnum):
    """What a fact is: a number (dollars, counts), yes or no, or a word."""

    NUMBER = "number"
    YES_NO = "yes_no"
    WORD = "word"


_SAMPLES: dict[FactKind, Decimal | bool | str] = {
    FactKind.NUMBER: Decimal(1),
    FactKind.YES_NO: False,
    FactKind.WORD: "A",
}


class ConditionError(ValueError):
    """A condition that can't be used: its message says why, without what it holds."""


def condition(text: str, known: Mapping[str, FactKind]) -> Callable[[Facts], bool]:
    """The test that a condition is, over facts of those names and kinds; itself it raises ConditionError for others.

    Raises ConditionError for an unknown name, a wrong kind, what is no sentence, and what is neither yes nor no.
    """
    return _compiled(text, tuple(sorted(known.items())))


@cache
def _compiled(text: str, known: tuple[tuple[str, FactKind], ...]) -> Callable[[Facts], bool]:
    import rule_engine  # 0.4 s to import, and only cities with conditions need it
    from rule_engine.builtins import Builtins

    kinds = {
        FactKind.NUMBER: rule_engine.DataType.FLOAT,
        FactKind.YES_NO: rule_engine.DataType.BOOLEAN,
        FactKind.WORD: rule_engine.DataType.STRING,
    }
    resolver = rule_engine.type_resolver_from_dict({name: kinds[kind] for name, kind in known})
    context = rule_engine.Context(type_resolver=resolver)
    context.builtins = Builtins({})  # without the clock and randomness
    sample = {name: _SAMPLES[kind] for name, kind in known}
    try:
        rule = rule_engine.Rule(text, context=context)
        answer = rule.evaluate(sample)
    except rule_engine.EngineError as error:
        raise ConditionError(_why(error, [name for name, _ in known])) from None
    if not isinstance(answer, bool):
        raise ConditionError("it is neither yes nor no")

    def holds(facts: Facts) -> bool:
        try:
            return bool(rule.matches(dict(facts)))
        except (rule_engine.EngineError, ArithmeticError) as error:
            raise ConditionError("it can't be judged by these facts") from error

    return holds


def _why(error: Exception, names: list[str]) -> str:
    symbol = getattr(error, "symbol_name", None)
    if isinstance(symbol, str):
        return f"it names {symbol if symbol.isidentifier() else 'something'}, which is none of {', '.join(names)}"
    return "it can't be read as a condition"
