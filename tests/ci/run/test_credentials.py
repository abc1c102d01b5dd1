"""What is taken of the secrets that a verb is given."""

import pytest

from ci.run.credentials import checked, trimmed, unreadable
from ci.run.errors import InvalidInput

WHITE = " \t\r\n"


@pytest.mark.parametrize(
    ("plaintext", "white", "taken"),
    [
        ("token", WHITE, "token"),
        ("token\n", WHITE, "token"),
        (" token\r\n\n", WHITE, "token"),
        ("pass word \n", "\r\n", "pass word "),
        ("pässword", "\r\n", "pässword"),
    ],
)
def test_white_space(plaintext: str, white: str, taken: str) -> None:
    """What stands around a token is not of it; a password may end in a space."""
    assert trimmed("--token", plaintext, white) == taken


@pytest.mark.parametrize("plaintext", ["tok\nen", "token\x00", "tok\x1b[0men", "tok\ten"])
def test_what_no_token_has(plaintext: str) -> None:
    """It is refused by the argument's name, and not repeated."""
    with pytest.raises(InvalidInput, match="--token holds a line break") as raised:
        trimmed("--token", plaintext, WHITE)
    assert "tok" not in str(raised.value).replace("--token", "")


@pytest.mark.parametrize("plaintext", ["", "\n", " "])
def test_nothing(plaintext: str) -> None:
    """A variable that is empty, as where CI has no such secret."""
    with pytest.raises(InvalidInput, match="--token is empty.*leave --token out"):
        checked("--token", plaintext)


def test_what_cannot_be_read() -> None:
    """The engine's reason is told, and what to write instead."""
    message = "resolve: rpc error: code = Unknown desc = secret env var not found: NOT_SET"
    assert unreadable("--token", message).sentence == (
        "--token cannot be read: secret env var not found: NOT_SET; name a variable that is set, "
        "such as env://NAME, or a file, such as file://$HOME/name."
    )
