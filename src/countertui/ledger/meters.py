"""What the ledger can be watched by: counts and times of requests, and how the books stand when they are asked for."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy import Connection, func, select

from countertui.ledger import tables
from countertui.ledger.backed_up import without_backup_since
from countertui.ledger.gaps import open_gaps
from countertui.ledger.service import Service

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_SETTLED = ("posted", "received", "held", "same")
_WAITING = ("received", "held", "released", "reopened")
_INGEST_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)


class Meters:
    """Counted since the ledger started; what is asked of the books is asked at each reading."""

    def __init__(self, service: Service, silent_after_hours: int) -> None:
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "countertui_requests", "Requests answered.", ("route", "status"), registry=self._registry
        )
        self._bytes_in = Counter("countertui_bytes_in", "Bytes of bodies taken in.", registry=self._registry)
        self._bytes_out = Counter("countertui_bytes_out", "Bytes of bodies given out.", registry=self._registry)
        self._rejected = Counter(
            "countertui_rejected_uploads", "Uploads that no terminal's key signed.", registry=self._registry
        )
        self._ingest = Histogram(
            "countertui_ingest_seconds",
            "Time to take a batch in: kept, verified, posted, answered.",
            buckets=_INGEST_S,
            registry=self._registry,
        )
        self._registry.register(_Books(service, silent_after_hours))

    def count(self, route: str, status: int, seconds: float, bytes_in: int, bytes_out: int) -> None:
        """One answered request."""
        self._requests.labels(route, str(status)).inc()
        self._bytes_in.inc(bytes_in)
        self._bytes_out.inc(bytes_out)
        if route.startswith("PUT ") and route.endswith("/batches/{no}") and status < 300:
            self._ingest.observe(seconds)

    def count_rejected(self) -> None:
        """One upload of a stranger."""
        self._rejected.inc()

    def text(self) -> bytes:
        """All of it in Prometheus' text format 0.0.4."""
        return generate_latest(self._registry)


class _Books(Collector):
    """How the books stand."""

    def __init__(self, service: Service, silent_after_hours: int) -> None:
        self._service = service
        self._silent_after = timedelta(hours=silent_after_hours)

    def describe(self) -> Iterator[GaugeMetricFamily]:
        """Nothing beforehand: registering must not ask the database."""
        return iter(())

    def collect(self) -> Iterator[GaugeMetricFamily]:
        now = datetime.fromisoformat(self._service.now())
        with self._service.books.reading() as connection:
            yield _by_state(connection)
            yield _gauge("inbox", "Envelopes kept that are in no custody: refused, forked, gaps.", _inbox(connection))
            yield _gauge("error_items_open", "Lines in suspense.", _open_items(connection))
            yield _gauge("alarms_open", "Alarms that nobody has seen to.", _open_alarms(connection))
            yield _gauge("terminals_silent", "Active terminals not heard of.", self._silent(connection, now))
            yield _gauge("log_size", "Entries of the ledger's log.", _log_size(connection))
            gaps = [each for each in open_gaps(connection) if each.state != "revoked"]
            yield _gauge("terminals_with_gap", "Terminals of which an earlier batch is missing.", len(gaps))
            unposted, snapshot = _oldest_unposted(connection), _newest_snapshot(connection)
            backup = without_backup_since(connection)
        yield _gauge("oldest_unposted_seconds", "Age of the oldest batch not posted; 0 for none.", _age(unposted, now))
        oldest = min((each.since for each in gaps), default=None)
        yield _gauge("oldest_gap_seconds", "How long the oldest gap is open; 0 for none.", _age(oldest, now))
        yield _gauge("snapshot_age_seconds", "Age of the newest snapshot; 0 before the first.", _age(snapshot, now))
        yield _gauge("backup_age_seconds", "Age of the newest backup, or of the books.", _age(backup, now))

    def _silent(self, connection: Connection, now: datetime) -> int:
        table = tables.terminal
        heard = connection.execute(select(table.c.heard_at).where(table.c.state == "active")).scalars()
        return sum(at is None or now - datetime.fromisoformat(at) > self._silent_after for at in heard)


def _gauge(name: str, what: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"countertui_{name}", what, value=value)


def _by_state(connection: Connection) -> GaugeMetricFamily:
    family = GaugeMetricFamily("countertui_batches", "Batches in custody, by state.", labels=("state",))
    state = tables.batch.c.state
    for name, number in connection.execute(select(state, func.count()).group_by(state).order_by(state)):
        family.add_metric((name,), number)
    return family


def _inbox(connection: Connection) -> int:
    table = tables.inbox
    query = select(func.count()).select_from(table).where(table.c.verdict.not_in(_SETTLED))
    return int(connection.execute(query).scalar_one())


def _open_items(connection: Connection) -> int:
    table = tables.error_item
    query = select(func.count()).select_from(table).where(table.c.state == "open")
    return int(connection.execute(query).scalar_one())


def _open_alarms(connection: Connection) -> int:
    table = tables.alarm
    query = select(func.count()).select_from(table).where(table.c.seen_at.is_(None))
    return int(connection.execute(query).scalar_one())


def _log_size(connection: Connection) -> int:
    return int(connection.execute(select(func.max(tables.checkpoint.c.size))).scalar() or 0)


def _oldest_unposted(connection: Connection) -> str | None:
    table = tables.batch
    return connection.execute(select(func.min(table.c.received_at)).where(table.c.state.in_(_WAITING))).scalar()


def _newest_snapshot(connection: Connection) -> str | None:
    return connection.execute(select(func.max(tables.snapshot.c.made_at))).scalar()


def _age(at: str | None, now: datetime) -> float:
    return 0 if at is None else max(0.0, (now - datetime.fromisoformat(at)).total_seconds())
