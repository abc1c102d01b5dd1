"""Whose certificates a gateway may show, and what to do about one that is not believed."""

import ssl

from ci.errors import InvalidInput

_EXPIRED, _NOT_YET, _OTHER_NAME, _NOT_THE_ADDRESS = 10, 9, 62, 64
_NEXT_STEPS = {
    _EXPIRED: "have a new one made",
    _NOT_YET: "look at the clock here and where it was made",
    _OTHER_NAME: "have one made for that name",
    _NOT_THE_ADDRESS: "have one made for that address, or give the route a host name",
}


def parse(text: str) -> str:
    """Certificates of authorities in PEM, at least one."""
    try:
        ssl.create_default_context(cadata=text or "-")
    except (ssl.SSLError, ValueError):
        raise InvalidInput(
            "--gateway-ca is no certificate: give the file of the authority's, in PEM."
        ) from None
    return text


def trusted(authority: str) -> ssl.SSLContext:
    """What believes certificates of an authority, or of the system's where none is given."""
    return ssl.create_default_context(cadata=authority or None)


def next_step(error: ssl.SSLCertVerificationError) -> str:
    """Why a certificate was not believed, and what to do about it."""
    told = error.verify_message.strip().rstrip(".")
    other = "name the authority that signed it with --gateway-ca"
    return f"{told}; {_NEXT_STEPS.get(error.verify_code, other)}"
