"""A paper that is printed again because nobody knows whether its first print came out."""

from __future__ import annotations

from dataclasses import replace

from countertui.domain.documents import Document, Text
from countertui.domain.languages import WORDS


def first_may_exist(document: Document) -> Document:
    """The document, marked above its first line: two papers of it may be in somebody's hands."""
    said = WORDS[document.language].first_may_exist
    return replace(document, blocks=(Text(said, "center"), *document.blocks))
