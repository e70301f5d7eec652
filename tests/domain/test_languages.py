"""Languages: no word missing in one, no fact lost, and who decides which."""

from dataclasses import fields
from string import Formatter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countertui.domain.documents import plain
from countertui.domain.languages import LANGUAGES, WORDS, Words, language_of
from countertui.domain.tenders import TenderKind

SENTENCES = [field.name for field in fields(Words) if field.type == "str"]


def _places(text: str) -> int:
    return sum(name is not None for _, name, _, _ in Formatter().parse(text))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_is_there_fit_for_paper_and_with_a_place_for_each_fact(language: str) -> None:
    words = WORDS[language]  # type: ignore[index]
    assert len(SENTENCES) == 35
    for name in SENTENCES:
        said, english = getattr(words, name), getattr(WORDS["en"], name)
        assert said == plain(said) != ""
        assert _places(said) == _places(english), name
    assert set(words.tenders) == {kind.value for kind in TenderKind}


def test_english_tenders_are_called_as_on_the_screen() -> None:
    assert WORDS["en"].tenders == {kind.value: kind.label for kind in TenderKind}


def test_no_two_languages_are_alike() -> None:
    assert {name for name in SENTENCES if getattr(WORDS["es"], name) == getattr(WORDS["en"], name)} == {
        "terminal",
        "total",
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_letter_of_them_is_on_the_usual_code_pages(language: str) -> None:
    words = WORDS[language]  # type: ignore[index]
    said = [getattr(words, name) for name in SENTENCES] + [*words.heads.values(), *words.tenders.values()]
    for page in ("cp858", "cp1252", "cp437"):
        missing = {letter for text in said for letter in text if letter.encode(page, "ignore") == b""}
        # CP437 has capital letters with few accents; they show as `?`, as the rule for all letters is.
        assert missing <= (set("ÁÓÍÚ") if page == "cp437" else set())


def test_a_head_that_a_city_made_up_stays_as_it_named_it() -> None:
    assert WORDS["es"].head("water") == "Agua"
    assert WORDS["es"].head("stormwater") == "Stormwater"
    assert WORDS["en"].head("water") == "Water"


@pytest.mark.parametrize(
    ("preferences", "language"),
    [
        ((), "en"),
        (("",), "en"),
        (("es",), "es"),
        (("es", "", "es"), "es"),
        (("en", "es"), "en"),
        (("es", "en", ""), "en"),
        (("vi",), "en"),
        (("vi", "es"), "en"),
    ],
)
def test_one_language_that_all_want_else_english(preferences: tuple[str, ...], language: str) -> None:
    assert language_of(preferences) == language


@given(st.lists(st.one_of(st.sampled_from(["", "en", "es"]), st.text(max_size=3))))
def test_any_preferences_make_a_language_there_is(preferences: list[str]) -> None:
    assert language_of(preferences) in LANGUAGES
    assert language_of(preferences) == language_of(reversed(preferences))
