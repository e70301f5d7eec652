"""The real ledger of a simulated city: its ASGI app called byte for byte, killed within a transaction, put back."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from email.utils import format_datetime
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import event, select

from counter_station import SetClock
from countertui.demo.passphrase import PASSPHRASE
from countertui.ledger.backup import MANIFEST, back_up
from countertui.ledger.books import Books, open_books
from countertui.ledger.ingest import ingest
from countertui.ledger.keys import open_secrets
from countertui.ledger.publish import publish
from countertui.ledger.restoring import restore
from countertui.ledger.server import app
from countertui.ledger.settings import LedgerSettings, write_settings
from countertui.sync.keyslots import Secrets
from postgres import Server

_OFTEN = "1000000/second"


class Killed(BaseException):
    """The process was killed here: nothing after it is done, nothing uncommitted is kept."""


@cache
def _secrets(keys: bytes, folder: Path) -> Secrets:
    return open_secrets(folder, PASSPHRASE)


class Ledger:
    """A ledger in a folder, on SQLite, or on a server's database made for it."""

    def __init__(self, folder: Path, clock: SetClock, server: Server | None = None) -> None:
        self.folder, self.clock, self.server = folder, clock, server
        self.loop = asyncio.new_event_loop()
        self.killed = 0
        self._countdown: int | None = None
        self._backups: list[tuple[Path, str | None]] = []
        self._database: str | None = None
        self.secrets = _secrets((folder / "keys.json").read_bytes(), folder)
        if server is not None:
            self._move_to(server)
        self.books = self._opened()

    def now(self) -> str:
        return f"{self.clock.now:%Y-%m-%dT%H:%M:%S}+00:00"

    def close(self) -> None:
        self.books.close()
        self.loop.close()
        if self.server is not None:
            for database in (self._database, *(database for _, database in self._backups)):
                if database is not None:
                    self.server.drop(database)

    def answer(self, method: str, target: str, headers: list[tuple[bytes, bytes]], body: bytes) -> tuple[int, bytes]:
        """The app's answer to a request, as it would leave it. Raises Killed where the ledger was killed meanwhile."""
        path, _, query = target.partition("?")
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": path,
            "raw_path": path.encode(),
            "query_string": query.encode(),
            "root_path": "",
            "headers": headers,
            "client": ("127.0.0.1", 1),
            "server": ("127.0.0.1", 80),
        }
        said: list[dict[str, Any]] = []
        incoming = iter([{"type": "http.request", "body": body, "more_body": False}])

        async def receive() -> dict[str, Any]:
            return next(incoming, {"type": "http.disconnect"})

        async def send(message: dict[str, Any]) -> None:
            said.append(message)

        try:
            self.loop.run_until_complete(self.app(scope, receive, send))  # type: ignore[arg-type]
        except Killed:
            self.start_again()
            raise
        status = next(each["status"] for each in said if each["type"] == "http.response.start")
        return status, b"".join(each.get("body", b"") for each in said if each["type"] == "http.response.body")

    def date(self) -> str:
        """What a server adds to every answer (RFC 9110 section 6.6.1)."""
        return format_datetime(self.clock.now, usegmt=True)

    def read_in(self, terminal: str, epoch: int, no: int, envelope: bytes) -> tuple[int, bytes]:
        """Take a file in, as from a stick: nobody signed for its way here."""
        try:
            answer = ingest(self.books, self.secrets.terminal_key, envelope, terminal, epoch, no, self.now())
        except Killed:
            self.start_again()
            raise
        return answer.status, answer.body

    def kill_after(self, statements: int) -> None:
        """Kill it at that many statements from now, a commit being one."""
        self._countdown = statements

    def start_again(self) -> None:
        self.books.close()
        self.books = self._opened()

    def publish(self) -> int:
        return publish(self.books, self.secrets.terminal_key, self.now())

    def back_up(self, *, by_command: bool) -> None:
        """Keep a backup beside it: made by its own command while it works, or an image of the whole machine."""
        to = self.folder.with_name(f"backup-{len(self._backups)}")
        if by_command:
            back_up(self.books, self.secrets.terminal_key, to, self.now())
            self._backups.append((to, None))
            return
        self.books.close()
        shutil.copytree(self.folder, to)
        made = self.server.new_database(self._database or "") if self.server is not None else None
        self._backups.append((to, made))
        self.books = self._opened()

    def put_back(self, which: int) -> bool:
        """Lose all since a backup; whether there is one."""
        if not self._backups:
            return False
        kept, database = self._backups[which % len(self._backups)]
        self.books.close()
        shutil.rmtree(self.folder)
        if self.server is not None:
            self.server.drop(self._database or "")
            self._database = self.server.new_database(database or "template0")
        if (kept / MANIFEST).exists():
            empty = None if self.server is None else self.server.url(self._database or "")
            restore(kept, self.folder, PASSPHRASE, database=empty, everything=True)
            self.books = self._opened()
            return True
        shutil.copytree(kept, self.folder)
        if self.server is not None:
            write_settings(self.folder, LedgerSettings(database=self.server.url(self._database or "")))
        self.books = self._opened()
        return True

    def asked(self, sql: str) -> list[tuple[Any, ...]]:
        with self.books.reading() as connection:
            return [tuple(row) for row in connection.exec_driver_sql(sql)]

    @contextmanager
    def never_killed(self) -> Iterator[None]:
        kept, self._countdown = self._countdown, None
        yield
        self._countdown = kept

    def _opened(self) -> Books:
        self._countdown = None
        books = open_books(self.folder)
        event.listen(books.engine, "before_cursor_execute", lambda *_: self._one_more())
        event.listen(books.engine, "commit", lambda *_: self._one_more())
        self.app = app(books, self.secrets, self.now, LedgerSettings(per_terminal=_OFTEN, per_address=_OFTEN))
        return books

    def _one_more(self) -> None:
        if self._countdown is None:
            return
        self._countdown -= 1
        if self._countdown < 0:
            self._countdown = None
            self.killed += 1
            raise Killed

    def _move_to(self, server: Server) -> None:
        """The same books in a database of PostgreSQL's: copied table by table, as they were made."""
        from countertui.ledger import tables
        from countertui.ledger.entries import make_partitions
        from countertui.ledger.migrations import mark_new

        made = open_books(self.folder)
        self._database = server.new_database()
        write_settings(self.folder, LedgerSettings(database=server.url(self._database)))
        from countertui.ledger.engines import postgres_engine

        engine = postgres_engine(server.url(self._database))
        try:
            with made.reading() as source, engine.begin() as target:
                tables.metadata.create_all(target)
                mark_new(target)
                make_partitions(target, source.execute(select(tables.entry.c.biz_date)).scalars())
                for table in tables.metadata.sorted_tables:
                    rows = [dict(row) for row in source.execute(table.select()).mappings()]
                    if rows:
                        target.execute(table.insert(), rows)
        finally:
            made.close()
            engine.dispose()
