"""What is typed of a license application, kept beside the hands after every change."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from countertui.counter.license_drafts import keep_application
from countertui.errors import CounterError
from countertui.screens.beside import OneAtATime

if TYPE_CHECKING:
    from countertui.screens.app import CounterApp


class KeptApplication:
    """Changes made while one is being kept are kept after it."""

    def __init__(self, counter: CounterApp) -> None:
        self._counter = counter
        self._changes: dict[str, dict[str, str]] = {}
        """What is not kept yet, by the application's id."""
        self._keeping = OneAtATime(counter.run_worker, self._keep)
        self._failure_told = False

    def changed(self, id_: str, texts: Mapping[str, str]) -> None:
        """Something was typed."""
        self._changes[id_] = dict(texts)
        self._keeping.ask()

    async def saved(self) -> None:
        """Wait until every change is kept."""
        await self._keeping.done()

    async def _keep(self) -> None:
        person, changes = self._counter.person, self._changes
        self._changes = {}
        if person is None or self._counter.store_is_lost:
            return
        try:
            for id_, texts in changes.items():
                await self._counter.desk.job(keep_application, person, id_, texts)
        except CounterError as error:
            if not self._failure_told:
                self._failure_told = True
                self._counter.say(error)
