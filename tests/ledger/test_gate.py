"""Who gets through to the ledger's routes, how often, and with how much."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from fastapi.testclient import TestClient
from sqlalchemy import insert
from starlette.routing import Route

from countertui.ledger import server, tables, under_way
from countertui.ledger.access import Access, access_of, open_to
from countertui.ledger.books import Books
from countertui.ledger.callers import KeysInForce, Nonces
from countertui.ledger.keep_terminals import freeze, revoke
from countertui.ledger.publish import publish
from countertui.ledger.rates import Rates, networks_of
from countertui.ledger.server import app
from countertui.ledger.service import Service
from countertui.ledger.settings import LedgerSettings
from countertui.sync.batch import MAX_ENVELOPE
from countertui.sync.faults import UnsafeKeyError
from countertui.sync.keyslots import Identity, Secrets
from countertui.sync.recorder import Recorder
from countertui.sync.request_auth import RequestRefusedError, authorization, read_authorization, require_signed
from ledger.calling import AT_MS, call, signed
from ledger.town import NOW, Till, allocation, line

MANIFEST = "/v1/snapshots/latest"
FIRST = "/v1/terminals/T1/epochs/1/batches/1"
Api = Callable[..., TestClient]


@pytest.fixture
def made(books: Books, key: Ed25519PrivateKey) -> Api:
    def api(*, address: str = "192.0.2.7", token: str | None = None, **said: Any) -> TestClient:
        secrets = Secrets(key, bytes(32), bytes(32))
        served = app(books, secrets, lambda: NOW, LedgerSettings(**said), metrics_token=token)
        return TestClient(served, client=(address, 40000), raise_server_exceptions=False)

    return api


@pytest.fixture
def api(made: Api) -> TestClient:
    return made()


def one(till: Till) -> bytes:
    till.pay(line("U1", allocation("C1", "510-4310", 20_00)))
    return till.seal()


def test_nothing_is_open_but_what_says_so(api: TestClient) -> None:
    routes = [route for route in api.app.routes if isinstance(route, Route)]  # type: ignore[attr-defined]
    opened = {route.path: access_of(route.endpoint) for route in routes}
    assert {path for path, access in opened.items() if access is Access.PUBLIC} == {
        "/license",
        "/receipt",
        "/v1/claims/{terminal}/{epoch}/{seq}/{h}",
        "/v1/health",
        "/v1/health/live",
        "/v1/log/checkpoint",
        "/v1/log/consistency",
        "/v1/log/proof",
        "/v1/registry/lost",
    }
    assert {path for path, access in opened.items() if access is Access.ENROLMENT} == {
        "/v1/enrolments/{terminal}",
        "/v1/enrolments/{terminal}/admission",
        "/v1/enrolments/{terminal}/request",
    }
    for route in routes:
        if access_of(route.endpoint) in (Access.TERMINAL, Access.STOPPED_TOO):
            path = route.path.replace("{terminal}", "T1").replace("{", "").replace("}", "")
            for method in (route.methods or set()) - {"HEAD"}:
                answer = api.request(method, path)
                assert answer.status_code == 401, path
                assert answer.headers["www-authenticate"] == "CTP1"
    assert access_of(lambda: None) is Access.TERMINAL


def test_methods_that_are_not_there_are_refused(api: TestClient) -> None:
    for route in api.app.routes:  # type: ignore[attr-defined]
        if isinstance(route, Route):
            path = route.path.replace("{", "").replace("}", "")
            for method in {"GET", "PUT", "POST", "DELETE", "PATCH", "TRACE"} - (route.methods or set()):
                others = [each for each in api.app.routes if each.path == route.path and method in each.methods]  # type: ignore[attr-defined]
                assert others or api.request(method, path).status_code == 405, (method, path)


def test_a_terminals_request_gets_through(api: TestClient, books: Books, key: Ed25519PrivateKey, till: Till) -> None:
    envelope = one(till)
    assert call(api, till, "PUT", FIRST, envelope).status_code == 201
    assert call(api, till, "GET", FIRST).status_code == 200
    publish(books, key, NOW)
    assert call(api, till, "GET", MANIFEST).status_code == 200
    assert call(api, till, "GET", f"{MANIFEST}?terminal=T1").status_code == 200
    assert call(api, till, "GET", "/v1/registry?after=0").status_code == 200


@pytest.mark.parametrize(
    ("method", "target", "body"),
    [
        ("GET", FIRST, b""),
        ("PUT", "/v1/terminals/T1/epochs/1/batches/2", b"x"),
        ("PUT", f"{FIRST}?more=1", b"x"),
        ("PUT", FIRST, b"y"),
    ],
)
def test_a_signature_is_for_one_request(api: TestClient, till: Till, method: str, target: str, body: bytes) -> None:
    headers = signed(till, "PUT", FIRST, b"x")
    answer = api.request(method, target, content=body, headers=headers)
    assert answer.status_code == (400 if (method, target) == ("PUT", FIRST) else 401)
    assert api.request("PUT", FIRST, content=b"x", headers=headers).status_code == 422


def test_another_key_another_ledger_or_no_terminal(api: TestClient, books: Books, till: Till) -> None:
    other = Ed25519PrivateKey.from_private_bytes(bytes(31) + b"\1")
    raw = other.public_key().public_bytes_raw()
    for ledger, code, epoch in ((books.ledger, "T1", 1), (books.ledger, "T9", 1), (books.ledger, "LEDGER", 1)):
        stranger = Recorder(Identity(ledger, code, epoch, raw, ("opener",)), other)
        assert call(api, stranger, "GET", MANIFEST).status_code == 401
    elsewhere = Till(books, ledger="shelbyville")
    assert elsewhere.key.private_bytes_raw() == till.key.private_bytes_raw()
    assert call(api, elsewhere, "GET", MANIFEST).status_code == 401


@pytest.mark.parametrize("at_ms", [0, -62_135_596_800_000, 253_402_300_799_000])
def test_a_wrong_clock_locks_nobody_out(api: TestClient, till: Till, at_ms: int) -> None:
    assert call(api, till, "PUT", FIRST, one(till), at_ms=at_ms).status_code == 201


@pytest.mark.parametrize(
    "target",
    [
        "/v1/terminals/T2/epochs/1/batches/1",
        "/v1/terminals/T1/epochs/2/batches/1",
        f"{MANIFEST}?terminal=T2",
        f"{MANIFEST}?terminal=T1&terminal=T2",
        "/v1/snapshots/1/tables/account?office=POOL",
    ],
)
def test_what_is_another_terminals_stays_so(api: TestClient, till: Till, target: str) -> None:
    assert call(api, till, "GET", target).status_code == 403


def test_an_office_with_a_share_of_its_own_gets_no_other(
    api: TestClient, books: Books, key: Ed25519PrivateKey, till: Till
) -> None:
    publish(books, key, NOW)
    table = "/v1/snapshots/1/tables/account"
    assert call(api, till, "GET", table).status_code == 200
    with books.writing() as connection:
        connection.execute(insert(tables.serves).values(office="HALL", kinds='["utility"]'))
    # Of the snapshot made before that, its share is still the whole.
    assert call(api, till, "GET", table).status_code == 200
    assert call(api, till, "GET", f"{MANIFEST}?terminal=T1").status_code == 200
    assert call(api, till, "GET", MANIFEST).status_code == 403
    publish(books, key, NOW)
    table = "/v1/snapshots/2/tables/account"
    assert call(api, till, "GET", f"{table}?office=HALL").status_code == 200
    twice = ("?office=HALL&office=POOL", "?office=HALL&office=", "?office=&office=HALL")
    for other in ("", "?office=", "?office=POOL", *twice):
        assert call(api, till, "GET", f"{table}{other}").status_code == 403
    for other in ("?terminal=", "?terminal=T1&terminal=", "?terminal=&terminal=T1"):
        assert call(api, till, "GET", f"{MANIFEST}{other}").status_code == 403


def test_a_restored_terminal_hands_in_what_its_earlier_key_signed(api: TestClient, books: Books, till: Till) -> None:
    again = Till(books, epoch=2).registered(books)
    assert call(api, again, "PUT", FIRST, one(till)).status_code == 201


def test_a_frozen_terminal_hands_in_and_takes_nothing_away(
    api: TestClient, books: Books, key: Ed25519PrivateKey, till: Till
) -> None:
    envelope = one(till)
    with books.writing() as connection:
        freeze(connection, books, key, "T1", 1, "A clone was seen.", NOW)
    answer = call(api, till, "PUT", FIRST, envelope)
    assert answer.status_code == 202
    assert call(api, till, "GET", "/v1/registry").status_code == 200
    refused = call(api, till, "GET", MANIFEST)
    assert (refused.status_code, refused.json()["reason"]) == (403, "This terminal is frozen.")


def test_a_revoked_terminals_batches_are_kept_and_judged_as_ever(
    api: TestClient, books: Books, key: Ed25519PrivateKey, till: Till
) -> None:
    first = one(till)
    cut_off = till.seq
    second = one(till)
    by = ("ada", "bob")
    with books.writing() as connection:
        revoke(connection, books, key, "T1", 1, after_seq=cut_off, reason="Stolen.", by=by, now=NOW)
    assert call(api, till, "PUT", FIRST, first).status_code == 201
    assert call(api, till, "PUT", "/v1/terminals/T1/epochs/1/batches/2", second).status_code == 202
    assert call(api, till, "GET", MANIFEST).status_code == 403


def test_a_post_that_is_replayed_is_refused_and_a_put_is_harmless(api: TestClient, till: Till) -> None:
    heads = "/v1/terminals/T1/epochs/1/heads"
    assert call(api, till, "POST", heads, b"{}", nonce=7 << 64).status_code == 422
    assert call(api, till, "POST", heads, b"{}", nonce=7 << 64).status_code == 409
    assert call(api, till, "POST", heads, b"{}", nonce=8 << 64).status_code == 422
    envelope = one(till)
    headers = signed(till, "PUT", FIRST, envelope)
    assert api.put(FIRST, content=envelope, headers=headers).status_code == 201
    assert api.put(FIRST, content=envelope, headers=headers).status_code == 200


def test_numbers_used_once_are_forgotten_after_an_hour() -> None:
    now = [0.0]
    nonces = Nonces(lambda: now[0])
    assert nonces.is_new("T1", "a")
    assert nonces.is_new("T2", "a")
    assert not nonces.is_new("T1", "a")
    now[0] = 3599
    assert not nonces.is_new("T1", "a")
    now[0] = 3601
    assert nonces.is_new("T1", "a")


def test_after_a_change_of_key_the_former_still_carries_the_batch_that_tells_of_it(books: Books, till: Till) -> None:
    new = Ed25519PrivateKey.from_private_bytes(bytes(31) + b"\2")
    recorder = Recorder(till.identity, till.key, next_key=new)
    keys = [till.key.public_key().public_bytes_raw(), new.public_key().public_bytes_raw()]

    def good(key: bytes) -> bool:
        said = read_authorization(authorization(recorder, "GET", "/x", b"", at_ms=AT_MS, nonce=bytes(16)))
        try:
            require_signed(said, books.ledger, "GET", "/x", [key])
        except RequestRefusedError:
            return False
        return True

    assert [good(key) for key in keys] == [True, False]
    recorder.turn_key(5)
    assert [good(key) for key in keys] == [True, True]
    alone = Recorder(Identity(books.ledger, "T1", 1, keys[1], ("opener",)), new)
    assert len(alone.sign_request(b"")) == 1


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Bearer x",
        "CTP1 terminal=T1",
        "CTP1 " + "x" * 5000,
        f"CTP1 terminal=T1, epoch=0, at=1, nonce={'0' * 32}, digest={'0' * 64}, signature={'0' * 128}",
        f"CTP1 terminal=T1, epoch=1, at=1, nonce={'0' * 32}, digest={'0' * 64}, signature={'0' * 128}",
        f"CTP1 terminal=%FF%00, epoch=1, at=1, nonce={'0' * 32}, digest={'0' * 64}, signature={'f' * 128}",
        f"CTP1 terminal=T1, epoch=9999999999999999, at=1, nonce={'0' * 32}, digest={'0' * 64}, signature={'f' * 128}",
    ],
)
def test_headers_that_are_no_signature(api: TestClient, till: Till, header: str) -> None:
    assert api.get(MANIFEST, headers={"Authorization": header}).status_code == 401


def test_two_signatures_are_none(api: TestClient, till: Till) -> None:
    headers = [("Authorization", signed(till, "GET", MANIFEST)["Authorization"]) for _ in range(2)]
    assert api.request("GET", MANIFEST, headers=headers).status_code == 401


def test_a_key_of_low_order_signs_nothing(books: Books, till: Till) -> None:
    said = read_authorization(signed(till, "GET", "/x")["Authorization"])
    with pytest.raises(UnsafeKeyError):
        require_signed(said, books.ledger, "GET", "/x", [b"\1" + bytes(31)])


def test_a_terminal_that_asks_too_often_waits_and_the_others_do_not(made: Api, books: Books, till: Till) -> None:
    api = made(per_terminal="3/hour")
    answers = [call(api, till, "GET", MANIFEST) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [404, 404, 404, 429]
    assert 3500 < int(answers[-1].headers["retry-after"]) <= 3600
    assert call(api, Till(books, "T2").registered(books), "GET", MANIFEST).status_code == 404


def test_an_address_that_asks_too_often_waits(made: Api, till: Till) -> None:
    api = made(per_address="2/hour", per_enrolment="1/hour")
    answers = [api.get("/v1/health") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert [answer.headers.get("connection") for answer in answers] == [None, None, "close"]
    assert [api.get("/v1/enrolments/T1").status_code for _ in range(2)] == [404, 429]
    # Doors that are tried without a key count as well, and a terminal behind the same address is not held up by it.
    assert [api.get(MANIFEST).status_code for _ in range(3)] == [401, 401, 429]
    assert call(api, till, "GET", MANIFEST).status_code == 404


def test_one_subscribers_addresses_are_one_caller() -> None:
    rates = Rates(LedgerSettings(per_address="1/hour"))
    assert rates.wait_for_address("2001:db8::1", Access.PUBLIC) == 0
    assert rates.wait_for_address("2001:db8::ffff:2", Access.PUBLIC) > 0
    assert rates.wait_for_address("2001:db8:0:1::1", Access.PUBLIC) == 0
    assert rates.wait_for_address("192.0.2.1", Access.PUBLIC) == 0
    assert rates.wait_for_address("192.0.2.2", Access.PUBLIC) == 0


def test_one_site_is_no_caller_for_each_of_its_networks() -> None:
    """65,536 networks of /64 lie in what one site is given (RFC 6177): together they ask as often as four."""
    rates = Rates(LedgerSettings(per_address="2/hour", per_enrolment="1/hour"))
    asked = [rates.wait_for_address(f"2001:db8:0:{n:x}::1", Access.PUBLIC) for n in range(12)]
    assert [wait > 0 for wait in asked] == [False] * 8 + [True] * 4
    assert rates.wait_for_address("2001:db8:0:1::1", Access.ENROLMENT) == 0
    assert rates.wait_for_address("2001:db8:1::1", Access.PUBLIC) == 0
    assert rates.wait_for_address("2001:db8:1::1", Access.PUBLIC) == 0
    assert [rates.wait_for_address("2001:db8:1::1", Access.PUBLIC) > 0 for _ in range(20)] == [True] * 20
    assert rates.wait_for_address("2001:db8:1:2::1", Access.PUBLIC) == 0, "a neighbour loses nothing"


def test_an_ipv4_address_is_one_caller_however_it_is_written() -> None:
    assert networks_of("192.0.2.1") == networks_of("::ffff:192.0.2.1") == ("192.0.2.1",)
    assert networks_of("2001:db8:a:b::1") == ("2001:db8:a:b::/64", "2001:db8:a::/48")
    assert networks_of("testclient") == ("testclient",)


@pytest.fixture
def reads(books: Books, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """One more for each time the books are read or written."""
    asked: list[int] = []
    for name in ("reading", "writing", "writing_beside"):
        real = getattr(Books, name)
        monkeypatch.setattr(Books, name, lambda self, real=real: (asked.append(1), real(self))[1])
    return asked


def test_a_terminal_over_its_rate_costs_no_look_into_the_books(made: Api, till: Till, reads: list[int]) -> None:
    api = made(per_terminal="2/hour")
    assert [call(api, till, "GET", MANIFEST).status_code for _ in range(2)] == [404, 404]
    reads.clear()
    assert [call(api, till, "GET", MANIFEST).status_code for _ in range(5)] == [429] * 5
    assert call(api, till, "PUT", FIRST, b"x" * 5000).status_code == 429
    assert reads == []


def test_strangers_over_their_rate_have_the_books_read_once_a_second_and_lock_no_terminal_out(
    made: Api, books: Books, till: Till, reads: list[int]
) -> None:
    api = made(per_address="2/hour")
    stranger = Till(books)
    other = Ed25519PrivateKey.from_private_bytes(b"x" * 32)
    stranger.recorder = Recorder(replace(till.identity, public_key=other.public_key().public_bytes_raw()), other)
    assert [call(api, stranger, "PUT", FIRST, b"x").status_code for _ in range(2)] == [401, 401]
    reads.clear()
    answers = [call(api, stranger, "PUT", FIRST, b"x") for _ in range(20)]
    assert {answer.status_code for answer in answers} == {429}
    assert 3500 < int(answers[-1].headers["retry-after"]) <= 3600
    assert len(reads) <= 1 + sum(answer.elapsed.total_seconds() for answer in answers)
    assert call(api, till, "GET", MANIFEST).status_code == 404


def test_a_terminal_let_in_since_is_told_from_strangers_within_a_second(books: Books, key: Ed25519PrivateKey) -> None:
    now = [0.0]
    known = KeysInForce(Service(books, Secrets(key, bytes(32), bytes(32)), lambda: NOW), lambda: now[0])
    till = Till(books)

    def is_known() -> bool:
        said = read_authorization(signed(till, "GET", MANIFEST)["Authorization"])
        return known.signed(said, "GET", MANIFEST)

    assert not is_known()
    till.registered(books)
    assert not is_known()
    now[0] = 1.0
    assert is_known()
    assert not known.signed(read_authorization(signed(till, "GET", "/x")["Authorization"]), "GET", MANIFEST)


def test_a_body_that_says_it_is_too_large_is_refused_unread(api: TestClient, till: Till) -> None:
    headers = signed(till, "PUT", FIRST, b"") | {"Content-Length": str(MAX_ENVELOPE + 1)}
    read = []

    def parts() -> Any:
        read.append(1)
        yield b"x" * 1024

    assert api.put(FIRST, content=parts(), headers=headers).status_code == 413


@pytest.mark.parametrize(
    ("target", "limit", "pause_s"),
    [(FIRST, "_SLOWEST_PART_S", 30), ("/v1/registry/lost", "_STRANGERS_BODY_S", 0.01)],
    ids=["a terminal's that stops", "a stranger's that never ends"],
)
async def test_a_body_that_does_not_come_is_given_up(
    api: TestClient, till: Till, monkeypatch: pytest.MonkeyPatch, target: str, limit: str, pause_s: float
) -> None:
    monkeypatch.setattr(under_way, limit, 0.05)
    sent: list[Any] = []

    async def receive() -> Any:
        await asyncio.sleep(pause_s)
        return {"type": "http.request", "body": b"x", "more_body": True}

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "http_version": "1.1",
        "method": "PUT",
        "scheme": "http",
        "path": target,
        "raw_path": target.encode(),
        "root_path": "",
        "query_string": b"",
        "headers": [(b"authorization", signed(till, "PUT", target, b"xy")["Authorization"].encode())],
        "client": ("192.0.2.7", 1),
        "server": ("192.0.2.1", 80),
    }
    await asyncio.wait_for(api.app(scope, receive, send), 30)
    assert sent[0]["status"] == 408


def test_health_says_no_figure(api: TestClient, books: Books, till: Till) -> None:
    call(api, till, "PUT", FIRST, one(till))
    said = api.get("/v1/health").json()
    assert said == {"ledger": books.ledger, "version": said["version"], "ready": True, "lacks": []}
    assert api.get("/v1/health/live").json() == {"live": True}


def test_without_room_it_is_not_ready(made: Api, books: Books) -> None:
    answer = made(least_free_mb=1_000_000).get("/v1/health")
    assert (answer.status_code, answer.json()["ready"], answer.json()["lacks"]) == (503, False, ["disk"])


def test_the_figures_are_for_who_runs_the_machine(made: Api, till: Till) -> None:
    assert made().get("/metrics").status_code == 403
    here = made(address="127.0.0.1")
    assert here.get("/metrics").status_code == 200
    token = "t" * 24
    guarded = made(address="127.0.0.1", token=token)
    assert guarded.get("/metrics").status_code == 401
    assert guarded.get("/metrics", headers={"Authorization": "Bearer " + "u" * 24}).status_code == 401
    assert guarded.get("/metrics", headers={"Authorization": f"Bearer {token}"}).status_code == 200


def test_the_figures(made: Api, books: Books, key: Ed25519PrivateKey, till: Till) -> None:
    api = made(address="127.0.0.1")
    assert call(api, till, "PUT", FIRST, one(till)).status_code == 201
    till.pay(line("NOBODY", allocation("C404", "510-4310", 5_00)))
    assert call(api, till, "PUT", "/v1/terminals/T1/epochs/1/batches/2", till.seal()).status_code == 201
    till.pay(line("U1", allocation("C1", "510-4310", 1_00)))
    wrong = till.seal(totals={"net_cents": 7})
    assert call(api, till, "PUT", "/v1/terminals/T1/epochs/1/batches/3", wrong).status_code == 202
    publish(books, key, NOW)
    lines = api.get("/metrics").text.splitlines()
    said = dict(line.rsplit(" ", 1) for line in lines if not line.startswith("#"))
    assert said['countertui_batches{state="posted"}'] == "2.0"
    assert said['countertui_batches{state="held"}'] == "1.0"
    assert said["countertui_ingest_seconds_count"] == "3.0"
    assert said["countertui_error_items_open"] == "1.0"
    for name in (
        "alarms_open",
        "inbox",
        "terminals_silent",
        "snapshot_age_seconds",
        "backup_age_seconds",
        "oldest_unposted_seconds",
    ):
        assert f"countertui_{name}" in said
    route = "PUT /v1/terminals/{terminal}/epochs/{epoch}/batches/{no}"
    assert said[f'countertui_requests_total{{route="{route}",status="201"}}'] == "2.0"
    assert float(said["countertui_bytes_in_total"]) > 1000


def test_a_fault_of_the_ledgers_own_is_told_without_its_words(
    books: Books, key: Ed25519PrivateKey, capsys: pytest.CaptureFixture[str]
) -> None:
    served = app(books, Secrets(key, bytes(32), bytes(32)), lambda: NOW)

    @served.get("/v1/broken")
    @open_to(Access.PUBLIC)
    def broken() -> None:
        raise ValueError("Ann Lee's PIN is 4711")

    answer = TestClient(served, raise_server_exceptions=True).get("/v1/broken")
    assert answer.status_code == 500
    assert answer.headers["x-request-id"] in answer.json()["reason"]
    assert "4711" not in answer.text + "".join(capsys.readouterr())


def test_the_token_is_long_and_there(books: Books) -> None:
    for text in (None, "short"):
        if text is not None:
            (books.folder / "token").write_text(text)
        with pytest.raises(server.TokenUnreadableError):
            server.serve(books.folder, "x", lambda: NOW, LedgerSettings(metrics_token_file="token"))
