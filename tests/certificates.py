"""Client certificates that end when a test wants them to, and their keys."""

import base64
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


def pair(expires: datetime) -> dict[str, str]:
    """A client certificate with its key, as a kubeconfig embeds them."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "ci")])
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(expires - timedelta(days=1))
        .not_valid_after(expires)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    form = serialization.PrivateFormat.PKCS8
    return {
        "client-certificate-data": embedded(signed.public_bytes(pem)),
        "client-key-data": embedded(
            key.private_bytes(pem, form, serialization.NoEncryption()),
        ),
    }


def certificate(expires: datetime) -> str:
    """A client certificate, as a kubeconfig embeds it."""
    return pair(expires)["client-certificate-data"]


def embedded(pem: bytes) -> str:
    """PEM in base64."""
    return base64.b64encode(pem).decode()
