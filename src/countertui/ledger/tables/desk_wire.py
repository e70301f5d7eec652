"""Who looks into the ledger from a terminal, and what was done from there: each once, however often it was asked."""

from __future__ import annotations

from sqlalchemy import Index

from countertui.ledger.tables.columns import table, text, whole

desk_session = table(
    "desk_session",
    text("token", primary_key=True),  # SHA-256 of it, hex
    text("terminal"),
    whole("epoch"),
    text("operator"),
    text("proof"),  # SHA-256 of what proved them: another PIN ends the session
    text("began_at"),
    text("used_at"),  # to the minute
    text("ended_at", nullable=True),  # where it was ended, and not by time
    rowid=False,
)
"""People who signed in from terminals to look, and when: nothing is done by a session alone."""
Index("desk_session_of", desk_session.c.terminal, desk_session.c.operator)

desk_number = table(
    "desk_number",
    text("number", primary_key=True),  # 32 hex digits: the box with the PINs is bound to it
    text("terminal"),
    whole("epoch"),
    text("given_at"),
    text("used_at", nullable=True),
    rowid=False,
)
"""Numbers given out for requests with PINs, each for one request within minutes; then they are forgotten."""
Index("desk_number_given", desk_number.c.given_at)

desk_act = table(
    "desk_act",
    text("id", primary_key=True),  # as the terminal chose it; the record's, where it makes one
    text("asked"),  # SHA-256 of what was asked by whom
    text("name"),
    text("terminal"),
    whole("epoch"),
    text("answer"),  # JSON
    text("at"),
    rowid=False,
)
"""What was done at the desk from terminals, and what was answered: asked again, it is answered so again."""
