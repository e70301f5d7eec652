"""A virtual cash drawer at a printer's connector: it opens when kicked, a person closes it, its switch is pin 3."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Switch = Literal["none", "high when open", "low when open"]


@dataclass(slots=True)
class VirtualDrawer:
    """Whether it is open, and the level of pin 3, which is constant where no switch is wired."""

    switch: Switch = "none"
    is_open: bool = False
    stuck: bool = False

    @property
    def pin3_high(self) -> bool:
        """The level that DLE EOT 1, GS r 2 and ASB tell."""
        if self.switch == "none":
            return False
        return self.is_open if self.switch == "high when open" else not self.is_open

    def kicked(self) -> bool:
        """The pulse came; true if the level of pin 3 changed by it."""
        return self._moved(to=self.is_open or not self.stuck)

    def close(self) -> bool:
        """A person shuts it; true if the level of pin 3 changed by it."""
        return self._moved(to=False)

    def _moved(self, *, to: bool) -> bool:
        before = self.pin3_high
        self.is_open = to
        return self.pin3_high != before
