"""Certificates that end when a test wants them to, and their keys."""

import base64
from datetime import datetime, timedelta
from ipaddress import ip_address

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
    try:
        name: x509.GeneralName = x509.IPAddress(ip_address(host))
    except ValueError:
        name = x509.DNSName(host)
    certificate_, key = _signed(expires, x509.SubjectAlternativeName([name]))
    return key + certificate_


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
