"""How something is run beside the hands."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

Start = Callable[[Coroutine[Any, Any, None]], object]
"""Runs a coroutine beside the hands; what it raises unforeseen ends the program instead of passing unseen."""
