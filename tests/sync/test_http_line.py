"""What comes over a line to one address, whole or not: against sockets that answer byte by byte as a test says."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import pytest
import trustme

from countertui.sync.http_line import BrokenOffError, HttpLine, NoConnectionError, TooLateError
from countertui.sync.tls import machines_context

Talk = Callable[[socket.socket], None]


class Peer:
    """Takes connections one after the other and talks over each as it is told."""

    def __init__(self, *talks: Talk) -> None:
        self.heard: list[bytes] = []
        self.taken = 0
        self._server = socket.create_server(("127.0.0.1", 0))
        self._server.settimeout(5)
        self.port = self._server.getsockname()[1]
        self._thread = threading.Thread(target=self._talk, args=(talks,))
        self._thread.start()

    def _talk(self, talks: tuple[Talk, ...]) -> None:
        for talk in talks:
            connection, _ = self._server.accept()
            self.taken += 1
            with connection:
                talk(connection)

    def request(self, connection: socket.socket, body: int = 0) -> None:
        """Hear one request with a body of that many bytes."""
        got = b""
        while b"\r\n\r\n" not in got or len(got.split(b"\r\n\r\n", 1)[1]) < body:
            piece = connection.recv(65536)
            if not piece:
                break
            got += piece
        self.heard.append(got)

    def end(self) -> None:
        self._thread.join(10)
        self._server.close()


@contextmanager
def line_to(peer: Peer, timeout_s: float = 5.0) -> Iterator[HttpLine]:
    line = HttpLine(f"http://127.0.0.1:{peer.port}/city", timeout_s, None)
    try:
        yield line
    finally:
        line.close()
        peer.end()


def answering(*answers: bytes) -> Peer:
    """One connection over which each request is answered with the next of these."""

    def talk(connection: socket.socket) -> None:
        for answer in answers:
            peer.request(connection)
            connection.sendall(answer)

    peer = Peer(talk)
    return peer


def asked(line: HttpLine, target: str = "/v1/health") -> tuple[int, bytes]:
    with line.ask("GET", target, {}, None) as answer:
        return answer.status, b"".join(answer.body)


OK = b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nyes"


def test_one_connection_serves_request_after_request_below_the_address() -> None:
    peer = answering(OK, b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", OK)
    with line_to(peer) as line:
        assert [asked(line) for _ in range(3)] == [(200, b"yes"), (404, b""), (200, b"yes")]
        assert peer.taken == 1
        assert peer.heard[0].startswith(b"GET /city/v1/health HTTP/1.1\r\n")
        assert b"Accept-Encoding: identity" in peer.heard[0]


def test_a_connection_that_ended_meanwhile_is_not_asked_over() -> None:
    ended = threading.Event()

    def once(connection: socket.socket) -> None:
        peer.request(connection)
        connection.sendall(OK)
        connection.close()
        ended.set()

    peer = Peer(once, once)
    with line_to(peer) as line:
        assert asked(line) == (200, b"yes")
        assert ended.wait(5)
        assert asked(line) == (200, b"yes")


def test_an_answer_that_was_not_read_to_its_end_leaves_nothing_for_the_next() -> None:
    def once(connection: socket.socket) -> None:
        peer.request(connection)
        connection.sendall(OK)
        connection.recv(1)

    peer = Peer(once, once)
    with line_to(peer) as line:
        with line.ask("GET", "/", {}, None) as answer:
            assert answer.status == 200
        assert asked(line) == (200, b"yes")
        assert peer.taken == 2


@pytest.mark.parametrize(
    "cut",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nyes",
        b"HTTP/1.1 200 OK\r\nContent-Length: 400000\r\n\r\nyes",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nyes\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nyes",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Le",
        b"HTTP/1.1 200 OK\r\n\r\n",
        b"HTTP/1.0 200 OK\r\n\r\nye",
        b"HTTP/1.1 2",
        b"SSH-2.0-OpenSSH_9.2\r\n",
        b"",
    ],
)
def test_what_was_cut_short_is_no_answer(cut: bytes) -> None:
    with line_to(answering(cut)) as line, pytest.raises(BrokenOffError):
        asked(line)


@pytest.mark.parametrize(
    "head",
    [
        "103 Early Hints\r\nLink: </x>",
        "101 Switching Protocols\r\nUpgrade: x",
        "200 OK\r\nContent-Length: 3\r\nContent-Length: 2",
        "200 OK\r\nContent-Length: 3, 3",
        "200 OK\r\nContent-Length: +3",
        "200 OK\r\nContent-Length: 0_3",
        "200 OK\r\nContent-Length: -3",
        "200 OK\r\nContent-Length:",
        "200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked",
        "200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: gzip, chunked",
        "200 OK\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: identity",
        "200 OK\r\nno field\r\nContent-Length: 3",
        "200 OK\r\nContent-Length: 3\r\nContent-Length : 2",
    ],
)
def test_what_two_readers_could_end_in_two_places_is_no_answer_and_leaves_none_for_the_next(head: str) -> None:
    first = f"HTTP/1.1 {head}\r\n\r\nyes".encode()

    def ambiguous(connection: socket.socket) -> None:
        peer.request(connection)
        connection.sendall(first)
        connection.recv(1)

    def clear(connection: socket.socket) -> None:
        peer.request(connection)
        connection.sendall(OK)

    peer = Peer(ambiguous, clear)
    with line_to(peer) as line:
        with pytest.raises(BrokenOffError):
            asked(line)
        assert asked(line) == (200, b"yes")
    assert peer.taken == 2


@pytest.mark.parametrize(
    ("head", "again"),
    [
        (b"HT", b"TP"),
        (b"HTTP/1.1 100 Continue\r\n\r\n", b"HTTP/1.1 100 Continue\r\n\r\n"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 400\r\n\r\n", b"x"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n", b"x: y\r\n"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1", b";x"),
    ],
    ids=["status", "interim", "body", "trailer", "chunk"],
)
def test_what_comes_drop_by_drop_without_an_end_is_given_up(head: bytes, again: bytes) -> None:
    given_up = threading.Event()

    def drip(connection: socket.socket) -> None:
        peer.request(connection)
        connection.sendall(head)
        with suppress(OSError):
            for _ in range(150):
                if given_up.wait(0.02):
                    return
                connection.sendall(again)

    peer = Peer(drip)
    with line_to(peer, timeout_s=0.05) as line:
        with pytest.raises(TooLateError):
            asked(line)
        given_up.set()


def test_a_piece_is_not_late_because_the_one_before_was_worked_with() -> None:
    worked = threading.Event()

    def talk(connection: socket.socket) -> None:
        peer.request(connection)
        connection.sendall(OK[:-1])
        worked.wait(5)
        connection.sendall(OK[-1:])

    peer = Peer(talk)
    with line_to(peer, timeout_s=0.02) as line, line.ask("GET", "/", {}, None) as answer:
        pieces = [next(answer.body)]
        worked.wait(0.2)
        worked.set()
        assert b"".join([*pieces, *answer.body]) == b"yes"


def test_heads_without_end_are_no_answer() -> None:
    for endless in (
        b"x" * 70_000,
        b"HTTP/1.1 200 OK\r\n" + b"x: y\r\n" * 101,
        b"HTTP/1.1 200 OK\r\nx: " + b"y" * 70_000,
    ):
        with line_to(answering(endless)) as line, pytest.raises(BrokenOffError):
            asked(line)


def test_no_redirection_is_followed() -> None:
    there = b"HTTP/1.1 307 Temporary Redirect\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n"
    with line_to(answering(there)) as line, line.ask("PUT", "/", {}, b"x") as answer:
        assert (answer.status, b"".join(answer.body)) == (307, b"")


def test_what_came_behind_an_answer_is_not_taken_for_the_next_one() -> None:
    sent = threading.Event()

    def more(connection: socket.socket) -> None:
        peer.request(connection)
        connection.sendall(OK)
        connection.sendall(OK.replace(b"yes", b"old") * 1000)
        sent.set()
        with suppress(OSError):
            connection.recv(1)

    def clear(connection: socket.socket) -> None:
        peer.request(connection)
        connection.sendall(OK)

    peer = Peer(more, clear)
    with line_to(peer) as line:
        assert asked(line) == (200, b"yes")
        assert sent.wait(5)
        assert asked(line) == (200, b"yes")
    assert peer.taken == 2


def test_what_came_behind_an_answer_under_the_same_seal_is_not_taken_for_the_next_one() -> None:
    authority = trustme.CA()
    served = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(served)
    trusting = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    authority.configure_trust(trusting)

    def sealed(answer: bytes) -> Talk:
        def talk(connection: socket.socket) -> None:
            with served.wrap_socket(connection, server_side=True) as secure:
                peer.request(secure)
                secure.sendall(answer)
                with suppress(OSError):
                    secure.recv(1)

        return talk

    late = OK.replace(b"yes", b"old")
    peer = Peer(sealed(OK.ljust(8192, b"\n") + late), sealed(OK))
    line = HttpLine(f"https://127.0.0.1:{peer.port}", 5, lambda: trusting)
    assert [asked(line), asked(line)] == [(200, b"yes"), (200, b"yes")]
    line.close()
    peer.end()
    assert peer.taken == 2


def test_an_address_in_colons_without_a_port_has_the_usual_one(monkeypatch: pytest.MonkeyPatch) -> None:
    tried = []

    def nobody(address: tuple[str, int], *_: object) -> socket.socket:
        tried.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "create_connection", nobody)
    for url, trust in (
        ("http://[::1]", None),
        ("https://[::1]", machines_context),
        ("https://[::1]:8443", machines_context),
    ):
        with pytest.raises(NoConnectionError):
            asked(HttpLine(url, 5, trust))
    assert tried == [("::1", 80), ("::1", 443), ("::1", 8443)]


def test_letters_of_the_address_that_no_request_may_hold_are_written_in_percent() -> None:
    peer = answering(OK)
    line = HttpLine(f"http://127.0.0.1:{peer.port}/zürich%20a;b", 5, None)
    assert asked(line) == (200, b"yes")
    line.close()
    peer.end()
    assert peer.heard[0].startswith(b"GET /z%C3%BCrich%20a;b/v1/health HTTP/1.1\r\n")


def test_a_body_in_chunks_is_whole() -> None:
    chunked = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nye\r\n1\r\ns\r\n0\r\n\r\n"
    with line_to(answering(chunked, chunked)) as line:
        assert [asked(line), asked(line)] == [(200, b"yes"), (200, b"yes")]


def test_every_wait_has_a_deadline_and_a_slow_peer_has_it_anew_with_each_piece() -> None:
    go_on = threading.Event()

    def slowly(connection: socket.socket) -> None:
        peer.request(connection)
        for byte in OK:
            go_on.wait(0.011)
            connection.sendall(bytes([byte]))

    def silent(connection: socket.socket) -> None:
        peer.request(connection)
        connection.recv(1)

    peer = Peer(slowly, silent)
    with line_to(peer, timeout_s=0.4) as line:
        assert asked(line) == (200, b"yes")  # which took longer than one deadline
        line.close()
        with pytest.raises(TooLateError):
            asked(line)


def test_a_refusal_said_before_the_body_was_heard_is_still_an_answer() -> None:
    body = b"x" * (32 * 1024 * 1024)

    def refuse(connection: socket.socket) -> None:
        connection.recv(1024)
        connection.sendall(b"HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")

    with line_to(Peer(refuse)) as line, line.ask("PUT", "/", {}, body) as answer:
        assert (answer.status, b"".join(answer.body)) == (413, b"")


def test_a_slow_peer_has_the_deadline_anew_with_each_piece_of_a_long_body() -> None:
    body = b"x" * (8 * 1024 * 1024)
    read_on = threading.Event()

    def slowly(connection: socket.socket) -> None:
        left = len(body)
        while left > 0:
            read_on.wait(0.005)
            left -= len(connection.recv(65536))
        connection.sendall(OK)

    with line_to(Peer(slowly), timeout_s=0.3) as line, line.ask("PUT", "/", {}, body) as answer:
        assert b"".join(answer.body) == b"yes"


def test_a_body_is_sent_whole() -> None:
    body = bytes(range(256)) * 400

    def talk(connection: socket.socket) -> None:
        peer.request(connection, len(body))
        connection.sendall(OK)

    peer = Peer(talk)
    with line_to(peer) as line, line.ask("PUT", "/x", {"Content-Type": "application/json"}, body) as answer:
        assert b"".join(answer.body) == b"yes"
    head, _, heard = peer.heard[0].partition(b"\r\n\r\n")
    assert heard == body
    assert b"Content-Length: 102400" in head
    assert b"Content-Type: application/json" in head


def test_the_environments_proxy_stands_before_https_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(connection: socket.socket) -> None:
        peer.request(connection)
        connection.sendall(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")

    peer = Peer(refuse)
    monkeypatch.setenv("HTTPS_PROXY", f"http://ann:a%40b@127.0.0.1:{peer.port}")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    line = HttpLine("https://ledger.example/city", 5, lambda: ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT))
    with pytest.raises(NoConnectionError, match="403"):
        asked(line)
    peer.end()
    assert peer.heard[0].startswith(b"CONNECT ledger.example:443 HTTP/1.")
    assert b"Proxy-Authorization: Basic YW5uOmFAYg==" in peer.heard[0]
    direct = Peer(lambda connection: direct.heard.append(connection.recv(1)))
    near = HttpLine(f"https://127.0.0.1:{direct.port}", 5, lambda: ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT))
    with pytest.raises(NoConnectionError):
        asked(near)
    direct.end()
    assert direct.heard == [b"\x16"]  # a handshake begins so
    for wrong in ("socks5://127.0.0.1:1", "http://127.0.0.1:port"):
        monkeypatch.setenv("HTTPS_PROXY", wrong)
        with pytest.raises(NoConnectionError, match="proxy"):
            asked(line)


def test_this_machine_itself_is_asked_without_a_list_of_authorities(monkeypatch: pytest.MonkeyPatch) -> None:
    def loaded(*_: object) -> None:
        raise AssertionError("a list of authorities was loaded")

    monkeypatch.setattr("countertui.sync.tls.machines_context", loaded)
    monkeypatch.setattr(ssl, "SSLContext", loaded)
    with line_to(answering(OK)) as line:
        assert asked(line) == (200, b"yes")


def test_the_machines_own_trust_asks_for_certificate_and_name() -> None:
    context = machines_context()
    assert (context.verify_mode, context.check_hostname) == (ssl.CERT_REQUIRED, True)
    assert context.minimum_version >= ssl.TLSVersion.TLSv1_2
