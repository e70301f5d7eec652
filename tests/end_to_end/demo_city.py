"""A small demo city, made by the program itself: once a test process, and each test gets a copy."""

from __future__ import annotations

import atexit
import json
import shutil
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

from countertui.store.anchor import anchor_folder


def made_city(folder: Path) -> Path:
    """The city in a folder that is not there yet; gives the folder."""
    shutil.copytree(_made_once(), folder)
    shutil.copytree(anchor_folder(_made_once()), anchor_folder(folder))
    return folder


@cache
def _made_once() -> Path:
    home = Path(tempfile.mkdtemp(prefix="countertui-city-"))
    atexit.register(shutil.rmtree, home, ignore_errors=True)
    command = [sys.executable, "-m", "countertui", "demo", "--dir", str(home / "city"), "--accounts", "300"]
    with subprocess.Popen([*command, "--headless"], stdout=subprocess.PIPE, text=True) as opened:
        assert opened.stdout is not None
        addresses = json.loads(opened.stdout.readline())
        assert addresses["ledger"]["ledger"].startswith("DEMO")
        opened.terminate()
        assert opened.wait(timeout=20) == 0
    return home / "city"
