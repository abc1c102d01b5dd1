"""Whose certificates a gateway may show, and what to do about one that is not believed."""

import ssl

from ci.run.errors import InvalidInput

_NOT_YET, _EXPIRED, _OTHER_NAME = 9, 10, 62
_NEXT_STEPS = {
    _EXPIRED: "have a new one made",
    _NOT_YET: "look at the clock here and where it was made",
    _OTHER_NAME: "have one made for that name",
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


def trusted(authority: str, host: str = "") -> ssl.SSLContext:
    """What believes certificates of an authority, or of the system's where none is given.

    Where no host name is known, whatever name a certificate is for will do.
    """
    context = ssl.create_default_context(cadata=authority or None)
    context.check_hostname = bool(host)
    return context


def next_step(error: ssl.SSLCertVerificationError) -> str:
    """Why a certificate was not believed, and what to do about it."""
    told = error.verify_message.strip().rstrip(".")
    other = "name the authority that signed it with --gateway-ca"
    return f"{told}; {_NEXT_STEPS.get(error.verify_code, other)}"
