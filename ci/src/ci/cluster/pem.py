"""Reads the certificates and keys that a kubeconfig embeds, before anything is done with them.

What cannot be read is told of without any of it, as it may be a private key.
"""

import base64
import binascii
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cryptography.x509 import Certificate

Reader = Callable[[object], str]
"""Gives a value back as base64 without line breaks; raises Unreadable where it is none of it."""


class Unreadable(Exception):
    """What is wrong with a value, and what to do, without the value."""


def authority(value: object) -> str:
    """One certificate or more, whatever else stands beside them."""
    pem = _pem(value)
    _certificates(pem)
    return _encoded(pem)


def certificate(value: object) -> str:
    """A client certificate, which those that vouch for it may follow."""
    pem = _pem(value)
    _certificates(pem)
    return _encoded(pem)


def private_key(value: object) -> str:
    """A private key without a password."""
    pem = _pem(value)
    _key(pem)
    return _encoded(pem)


def belong_together(encoded: str, key: str) -> bool:
    """Whether a private key is that of a certificate; both as their readers gave them."""
    [public, *_] = (each.public_key() for each in _certificates(_pem(encoded)))
    return _public_bytes(public) == _public_bytes(_key(_pem(key)).public_key())


def expiry(encoded: str) -> datetime:
    """When a certificate ends."""
    return _certificates(_pem(encoded))[0].not_valid_after_utc.astimezone(UTC)


def _pem(value: object) -> bytes:
    if not isinstance(value, str):
        raise Unreadable("it is no text, and should be base64")
    if "-----BEGIN" in value:
        raise Unreadable("it is PEM as it is, and should be PEM in base64 (`base64 -w0 FILE`)")
    try:
        return base64.b64decode("".join(value.split()), validate=True)
    except (binascii.Error, ValueError):
        raise Unreadable("it is not base64, or cut short: copy it again") from None


def _certificates(pem: bytes) -> list["Certificate"]:
    from cryptography import x509

    try:
        return x509.load_pem_x509_certificates(pem)
    except ValueError:
        raise Unreadable(
            "it should hold a certificate as PEM, whole: copy it again, or get a new kubeconfig"
        ) from None


def _key(pem: bytes) -> Any:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        return load_pem_private_key(pem, None)
    except TypeError:
        raise Unreadable("the key has a password: give one without") from None
    except (ValueError, UnsupportedAlgorithm):
        raise Unreadable(
            "it should hold a private key as PEM, whole: copy it again, or get a new kubeconfig"
        ) from None


def _public_bytes(key: Any) -> bytes:
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    found: bytes = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return found


def _encoded(pem: bytes) -> str:
    return base64.b64encode(pem).decode()
