"""The gateway's certificate on the stack: made whole or not at all, and trusted by its own file."""

import ssl
from pathlib import Path

import pytest

from ci.gateway import authority
from local.host.errors import CommandFailed
from local.platform import certificate
from tests.project import NAME


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where both files go."""
    home = tmp_path / "gateway"
    monkeypatch.setattr(certificate, "_HOME", home)
    monkeypatch.setattr(certificate, "LOGS", tmp_path)
    return home


def test_certificate_is_made_once(home: Path) -> None:
    """It is good for every environment's host name, and a second call keeps it."""
    certificate.make()
    text = (home / "tls.crt").read_text()
    certificate.make()

    assert certificate.is_there()
    assert (home / "tls.crt").read_text() == text
    assert oct((home / "tls.key").stat().st_mode & 0o777) == "0o600"
    (made,) = authority.trusted(text).get_ca_certs()
    assert made["subjectAltName"] == (("DNS", f"{NAME}.local"), ("DNS", f"*.{NAME}.local"))
    ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(home / "tls.crt", home / "tls.key")


def test_certificate_that_could_not_be_made(monkeypatch: pytest.MonkeyPatch) -> None:
    """There is none then, and the next call makes one."""
    with monkeypatch.context() as patched:
        patched.setattr(certificate, "HOSTS", ("", "\n"))
        with pytest.raises(CommandFailed):
            certificate.make()
    assert not certificate.is_there()
    certificate.make()
    assert certificate.is_there()


def test_defaults_name_the_certificate_and_no_key() -> None:
    """What verifies is told whom to trust."""
    assert certificate.defaults()["CI_VERIFY_GATEWAYCA"] == str(certificate.CERTIFICATE)
    assert set(certificate.defaults().values()) == {str(certificate.CERTIFICATE)}
