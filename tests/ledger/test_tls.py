"""The ledger by TLS: the city's own certificate, or one of the ledger's own that terminals pin."""

from __future__ import annotations

import socket
import ssl
from contextlib import closing
from pathlib import Path

import pytest
import trustme
from cryptography import x509

from countertui.cli.new_terminal import NetworkWay
from countertui.ledger.books import Books
from countertui.ledger.server import HostRefusedError, serve
from countertui.ledger.settings import LedgerSettings, SettingsError, read_settings, write_settings
from countertui.ledger.tls import (
    CERTIFICATE,
    PRIVATE_KEY,
    CertificateExistsError,
    CertificateUnusableError,
    make_certificate,
    own_pin,
    read_pin,
    server_context,
)
from countertui.sync.faults import AdmissionRefusedError, CertificateRefusedError, LedgerUnreachableError
from countertui.sync.transport import LedgerClient
from ledger.engine import only_sqlite
from ledger.serving import Served, served
from ledger.town import NOW, PASSPHRASE

OWN = {"tls_cert": CERTIFICATE, "tls_key": PRIVATE_KEY}
OTHER_PIN = "sha256:" + "0" * 64
pytestmark = only_sqlite


@pytest.fixture
def own(books: Books) -> str:
    return make_certificate(books.folder, ["localhost", "127.0.0.1", "ledger.example"], NOW)


def requests_to(ledger: Served) -> list[str]:
    return [line["route"] for line in ledger.lines() if line["event"] == "request"]


def test_a_certificate_of_its_own(books: Books, own: str) -> None:
    made = x509.load_pem_x509_certificate((books.folder / CERTIFICATE).read_bytes())
    names = made.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["localhost", "ledger.example"]
    assert [str(each) for each in names.get_values_for_type(x509.IPAddress)] == ["127.0.0.1"]
    assert (books.folder / PRIVATE_KEY).stat().st_mode & 0o777 == 0o600
    assert own_pin(books.folder) == ""
    write_settings(books.folder, read_settings(books.folder).model_copy(update=OWN))
    assert own_pin(books.folder) == own == read_pin(books.folder / CERTIFICATE)
    with pytest.raises(CertificateExistsError):
        make_certificate(books.folder, ["localhost"], NOW)


def test_a_terminal_that_pinned_it_talks_to_it_and_to_nobody_else(books: Books, own: str, tmp_path: Path) -> None:
    with served(books, tmp_path / "log", **OWN) as ledger:
        assert ledger.url.startswith("https://127.0.0.1:")
        assert ledger.pin == own
        with closing(LedgerClient(ledger.url, pin=own)) as client:
            assert client.health()["ledger"] == books.ledger
            assert client.seen_pin == own
        for pin in (OTHER_PIN, None):
            with (
                closing(LedgerClient(ledger.url, pin=pin)) as client,
                pytest.raises(CertificateRefusedError) as refused,
            ):
                client.put_batch("T1", 1, 1, b"the names of payors")
            assert "certificate" in refused.value.happened
        # Refused in the handshake: no byte of those requests reached whoever answered.
        assert not [route for route in requests_to(ledger) if route.startswith("PUT")]


def test_a_citys_certificate_needs_no_pin(books: Books, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    authority = trustme.CA()
    issued = authority.issue_cert("127.0.0.1", "localhost")
    issued.private_key_and_cert_chain_pem.write_to_path(tmp_path / "city.pem")
    authority.cert_pem.write_to_path(tmp_path / "authority.pem")
    city = str(tmp_path / "city.pem")
    with served(books, tmp_path / "log", tls_cert=city, tls_key=city) as ledger:
        with closing(LedgerClient(ledger.url)) as client, pytest.raises(CertificateRefusedError):
            client.health()
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))
        with closing(LedgerClient(ledger.url)) as client:
            assert client.health()["ledger"] == books.ledger
        way = NetworkWay(ledger.url)
        way.believe("")
        assert way.settings() == f'[ledger]\nurl = "{ledger.url}"\n'
        way._client.close()


def test_an_admission_must_name_the_certificate_that_was_shown(books: Books, own: str, tmp_path: Path) -> None:
    with served(books, tmp_path / "log", **OWN) as ledger:
        way = NetworkWay(ledger.url)
        assert way.admission("T9") is None
        with pytest.raises(AdmissionRefusedError):
            way.believe(OTHER_PIN)
        with pytest.raises(AdmissionRefusedError):
            way.believe("")
        way.believe(own)
        assert way.settings() == f'[ledger]\nurl = "{ledger.url}"\npin = "{own}"\n'
        assert way.admission("T9") is None
        way._client.close()


def test_nothing_older_than_tls_1_2_and_nothing_without_forward_secrecy(books: Books, own: str, tmp_path: Path) -> None:
    with served(books, tmp_path / "log", **OWN) as ledger:
        host, port = ledger.url.removeprefix("https://").split(":")

        def shaken(version: ssl.TLSVersion, ciphers: str = "ALL:@SECLEVEL=0") -> str | None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
            context.set_ciphers(ciphers)
            context.minimum_version = context.maximum_version = version
            with socket.create_connection((host, int(port)), timeout=30) as bare, context.wrap_socket(bare) as secure:
                return secure.version()

        assert shaken(ssl.TLSVersion.TLSv1_2) == "TLSv1.2"
        assert shaken(ssl.TLSVersion.TLSv1_3) == "TLSv1.3"
        with pytest.raises((ssl.SSLError, ConnectionError)):
            shaken(ssl.TLSVersion.TLSv1_2, "AES128-SHA:AES256-GCM-SHA384")
        with (
            pytest.raises((ssl.SSLError, ConnectionError, ValueError)),
            pytest.warns(DeprecationWarning, match="TLSv1_1"),
        ):
            shaken(ssl.TLSVersion.TLSv1_1)


def test_plain_http_to_a_tls_port_says_nothing(books: Books, own: str, tmp_path: Path) -> None:
    with served(books, tmp_path / "log", **OWN) as ledger:
        plain = LedgerClient(ledger.url.replace("https", "http"))
        with closing(plain), pytest.raises(LedgerUnreachableError):
            plain.health()


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "::", "ledger.example", ""])
def test_off_this_machine_only_with_tls(books: Books, host: str) -> None:
    with pytest.raises(HostRefusedError):
        serve(books.folder, PASSPHRASE, lambda: NOW, LedgerSettings.model_construct(host=host))


def test_with_tls_it_may_listen_elsewhere(books: Books, own: str, tmp_path: Path) -> None:
    with served(books, tmp_path / "log", host="0.0.0.0", **OWN) as ledger:
        port = ledger.url.rpartition(":")[2]
        with closing(LedgerClient(f"https://127.0.0.1:{port}", pin=own)) as client:
            assert client.health()["ready"] is True


def test_certificates_that_cannot_be_used(books: Books, own: str, tmp_path: Path) -> None:
    other = trustme.CA().issue_cert("localhost")
    other.private_key_pem.write_to_path(tmp_path / "other.pem")
    (tmp_path / "text").write_text("no certificate")
    for certificate, key in (
        (books.folder / CERTIFICATE, tmp_path / "other.pem"),
        (tmp_path / "text", books.folder / PRIVATE_KEY),
        (tmp_path / "none", tmp_path / "none"),
    ):
        with pytest.raises(CertificateUnusableError):
            server_context(certificate, key)
    with pytest.raises(CertificateUnusableError):
        read_pin(tmp_path / "text")


def test_settings_are_kept_as_they_were_written(books: Books, tmp_path: Path) -> None:
    said = LedgerSettings(database="postgresql://a@b/c", host="0.0.0.0", port=8443, per_terminal="5/second", **OWN)
    write_settings(tmp_path, said)
    assert read_settings(tmp_path) == said
    assert (tmp_path / "ledger.toml").stat().st_mode & 0o777 == 0o600
    for wrong in ('host = "a b"', "port = 70000", 'per_address = "often"', "silent_after_hours = 0", 'unknown = "x"'):
        (tmp_path / "ledger.toml").write_text(wrong)
        with pytest.raises(SettingsError):
            read_settings(tmp_path)
