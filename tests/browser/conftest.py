"""The distribution's Chromium as a phone, against a real ledger on loopback. CI must have it; elsewhere it may lack."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from fastapi import Request, Response
from selenium.webdriver import Chrome, ChromeOptions
from selenium.webdriver.chrome.service import Service
from starlette.middleware.base import RequestResponseEndpoint

from countertui.ledger.books import Books
from countertui.ledger.server import app
from countertui.sync.keyslots import Secrets
from ledger.engine import ENGINES, Engine
from ledger.town import NOW, Till, founded, ledger_key
from on_loopback import served

DRIVER, CHROMIUM = Path("/usr/bin/chromedriver"), Path("/usr/bin/chromium")
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
)
PHONE = (390, 844)
"""CSS pixels of a usual phone."""


@pytest.fixture(scope="session", params=ENGINES)
def engine(request: pytest.FixtureRequest) -> Engine:
    """SQLite, or this test process's own PostgreSQL server."""
    name: str = request.param
    return Engine(name, request.getfixturevalue("postgres") if name == "postgres" else None)


@pytest.fixture
def books(engine: Engine, tmp_path: Path) -> Iterator[Books]:
    with engine.database() as database:
        opened = founded(tmp_path / "ledger", database=database)
        yield opened
        opened.close()


@pytest.fixture
def key(books: Books) -> Ed25519PrivateKey:
    return ledger_key(books)


@pytest.fixture
def till(books: Books) -> Till:
    return Till(books).registered(books)


@pytest.fixture
def url(books: Books, key: Ed25519PrivateKey) -> Iterator[str]:
    """The address of the ledger, serving."""
    with served(app(books, Secrets(key, bytes(32), bytes(32)), lambda: NOW)) as address:
        yield address


@pytest.fixture
def url_without_script(books: Books, key: Ed25519PrivateKey) -> Iterator[str]:
    """The same for a browser that runs no script: WebDriver needs them itself, so the page's own are forbidden."""
    api = app(books, Secrets(key, bytes(32), bytes(32)), lambda: NOW)

    @api.middleware("http")
    async def forbid_scripts(request: Request, answer: RequestResponseEndpoint) -> Response:
        response = await answer(request)
        policy = response.headers["Content-Security-Policy"]
        response.headers["Content-Security-Policy"] = re.sub("script-src [^;]+", "script-src 'none'", policy)
        return response

    with served(api) as address:
        yield address


def _options(folder: Path) -> ChromeOptions:
    options = ChromeOptions()
    options.binary_location = str(CHROMIUM)
    for flag in (*FLAGS, f"--user-data-dir={folder}"):
        options.add_argument(flag)
    options.add_experimental_option("mobileEmulation", {"deviceMetrics": {"width": PHONE[0], "height": PHONE[1]}})
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    return options


@pytest.fixture
def phone(tmp_path: Path) -> Iterator[Chrome]:
    """A phone's browser with nothing in it."""
    if not (DRIVER.exists() and CHROMIUM.exists()):
        reason = "no Chromium here: apt-get install chromium chromium-driver"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    folder = tmp_path / "chromium"
    folder.mkdir()
    browser = Chrome(options=_options(folder), service=Service(str(DRIVER)))
    browser.set_page_load_timeout(30)
    try:
        yield browser
    finally:
        browser.quit()
