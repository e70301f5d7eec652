"""The snapshot's licenses: which there are, and what was done with each."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from countertui.store.reference_file import ReferenceFile
from countertui.store.reference_rows import License, ListedLicense
from countertui.store.search import LICENSES_LIKE, LICENSES_WITH, SAID_SAME_OWNER

if TYPE_CHECKING:
    from countertui.domain.license_acts import LicenseAct


class Licenses:
    """The licenses in a snapshot's file."""

    def __init__(self, file: ReferenceFile) -> None:
        self._file = file

    def license(self, number: str) -> License | None:
        """A license by its number."""
        rows = self._file.of("license", "number", number)
        return License(*rows[0].values()) if rows else None

    def acts(self, number: str) -> list[LicenseAct]:
        """What was done with a license, in the order of posting; of one that a list brought, how it stands there."""
        from countertui.domain.license_rows import act_from_row, listed_act  # few look at a license

        if rows := self._file.of("license_act", "license", number):
            return [act_from_row(row) for row in sorted(rows, key=lambda row: row["n"])]
        return [listed_act(row) for row in self._file.of("license", "number", number)]

    def statuses(self) -> list[str]:
        """Every status that a license has, in the words of the list or record that says so."""
        return [status for (status,) in self._file.rows("SELECT DISTINCT status FROM license ORDER BY status")]

    def with_status(self, statuses: Sequence[str], over: Sequence[str], day: str, limit: int) -> list[ListedLicense]:
        """Licenses of any of the statuses, and those of `over` that end before a day (ISO), in the order of numbers."""
        rows = self._file.rows(LICENSES_WITH, json.dumps(list(statuses)), json.dumps(list(over)), day, limit)
        return list(map(ListedLicense._make, rows))

    def like(self, text: str, limit: int) -> list[str]:
        """The numbers of licenses of a class, or whose trade name holds the text, in their order."""
        holding = "%" + re.sub(r"([\\%_])", r"\\\1", text) + "%"
        return [number for (number,) in self._file.rows(LICENSES_LIKE, text, holding, limit)]

    def said_same(self, number: str, limit: int) -> list[str]:
        """The licenses of which it was stated that they are of the same owner as this one, at most `limit`."""
        return [other for (other,) in self._file.rows(SAID_SAME_OWNER, number, limit)]
