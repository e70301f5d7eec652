"""What the rules of the counter say no to, and in which words."""

from __future__ import annotations


class Refused(Exception):  # noqa: N818 - the rules refuse; nothing malfunctioned
    """An act the rules do not allow: what happened, what is safe, what to press. Nothing was changed."""

    def __init__(self, happened: str, safe: str = "Nothing was recorded.", press: str = "") -> None:
        self.happened = happened
        self.safe = safe
        self.press = press
        super().__init__(" ".join(part for part in (happened, safe, press) if part))
