"""Certificates that end when a test wants them to, and an authority that signs some."""

import base64
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

PEM = serialization.Encoding.PEM


def pair(expires: datetime) -> dict[str, str]:
    """A client certificate with its key, as a kubeconfig embeds them."""
    certificate_, key = _signed(expires)
    return {"client-certificate-data": embedded(certificate_), "client-key-data": embedded(key)}


def certificate(expires: datetime) -> str:
    """A client certificate, as a kubeconfig embeds it."""
    return pair(expires)["client-certificate-data"]


def server_pair(host: str, expires: datetime) -> bytes:
    """The key of a server and its certificate, signed by itself, as a file holds them."""
    certificate_, key = _signed(expires, x509.SubjectAlternativeName([_named(host)]))
    return key + certificate_


def _named(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def embedded(pem: bytes) -> str:
    """PEM in base64."""
    return base64.b64encode(pem).decode()


def _signed(expires: datetime, *extensions: x509.ExtensionType) -> tuple[bytes, bytes]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "ci")])
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(expires - timedelta(days=2))
        .not_valid_after(expires)
    )
    for extension in extensions:
        builder = builder.add_extension(extension, critical=False)
    signed = builder.sign(key, hashes.SHA256())
    private = key.private_bytes(
        PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return signed.public_bytes(PEM), private


class Issuer:
    """An authority of a test's own."""

    def __init__(self) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "tests")])
        self._certificate = (
            _unsigned(self._name, self._name, self._key, timedelta(days=1))
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .sign(self._key, hashes.SHA256())
        )

    @property
    def pem(self) -> str:
        """Its certificate."""
        return self._certificate.public_bytes(serialization.Encoding.PEM).decode()

    def issue(self, folder: Path, *hosts: str, lasts: timedelta = timedelta(days=1)) -> Path:
        """The file of a server's key and certificate for some hosts' names and addresses."""
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "server")])
        names = x509.SubjectAlternativeName([_named(each) for each in hosts])
        signed = (
            _unsigned(name, self._name, key, lasts)
            .add_extension(names, critical=False)
            .sign(self._key, hashes.SHA256())
        )
        file = folder / "server.pem"
        file.touch(mode=0o600)
        private = key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        file.write_bytes(private + signed.public_bytes(serialization.Encoding.PEM))
        return file


def _unsigned(
    name: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, lasts: timedelta
) -> x509.CertificateBuilder:
    ends = datetime.now(UTC) + lasts
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(min(ends, datetime.now(UTC)) - timedelta(days=1))
        .not_valid_after(ends)
    )
