"""A till whose drawers are all opened by records, as they are in life."""

from __future__ import annotations

import pytest

from countertui.ledger.books import Books
from ledger.town import Till


@pytest.fixture
def till(books: Books) -> Till:
    made = Till(books).registered(books)
    with books.writing() as connection:
        connection.exec_driver_sql("DELETE FROM session")
        connection.exec_driver_sql("DELETE FROM session_tender")
    return made
