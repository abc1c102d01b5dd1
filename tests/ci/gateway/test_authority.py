"""Whose certificate a gateway may show."""

import ssl

import pytest

from ci.gateway import authority
from ci.run.errors import InvalidInput
from tests.certificates import Issuer


def test_certificate_of_an_authority() -> None:
    """It is taken as it is."""
    text = Issuer().pem
    assert authority.parse(text) == text
    authority.trusted(text)


@pytest.mark.parametrize("text", ["", "nonsense", Issuer().pem[:200]])
def test_file_that_holds_none(text: str) -> None:
    """It is refused, and what is wanted is said."""
    with pytest.raises(InvalidInput, match="--gateway-ca is no certificate"):
        authority.parse(text)


@pytest.mark.parametrize(
    ("code", "step"),
    [
        (10, "have a new one made"),
        (62, "have one made for that name"),
        (18, "name the authority that signed it with --gateway-ca"),
        (20, "name the authority that signed it with --gateway-ca"),
    ],
)
def test_certificate_that_is_not_believed(code: int, step: str) -> None:
    """The reason comes first, then what to do about it."""
    error = ssl.SSLCertVerificationError()
    error.verify_code, error.verify_message = code, "it is not right."
    assert authority.next_step(error) == f"it is not right; {step}"
