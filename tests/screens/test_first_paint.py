"""What the first screen may import: every module more is a longer wait for whoever opens the counter."""

from __future__ import annotations

import subprocess
import sys

LATER = (
    "countertui.counter",
    "countertui.store",
    "countertui.sync",
    "countertui.documents",
    "countertui.screens.payment",
    "countertui.screens.receipts",
    "cryptography",
    "httpx2",
    "pydantic",
    "sqlite3",
    "sqlite_utils",
    "textual.widgets._data_table",
    "textual.widgets._markdown",
)
PAINT = """
import asyncio, sys
from countertui.screens.app import CounterApp

class Desk:
    needs_passphrase = True
    mark = ""

async def paint():
    async with CounterApp(Desk(), poll_seconds=0).run_test() as pilot:
        await pilot.pause()

asyncio.run(paint())
print(*sorted(sys.modules))
"""


def test_the_sign_on_is_painted_without_the_rest_of_the_program():
    done = subprocess.run([sys.executable, "-c", PAINT], capture_output=True, text=True, check=True)
    imported = set(done.stdout.split())
    assert "countertui.screens.sign_on" in imported
    assert imported & set(LATER) == set()
