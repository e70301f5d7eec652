"""What each module here gives: by kind of record, the function that brings the derived tables up to one."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from typing import Any

from countertui.domain.records import Kind

Body = Mapping[str, Any]
"""A parsed record. It is trusted: it was made or verified before."""
ByKind = Mapping[Kind, Callable[[sqlite3.Connection, Body, bytes], None]]
"""Each is given the record and its chain hash."""
