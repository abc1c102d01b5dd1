"""How a text travels that nobody may see."""

import pytest

from ci.run.confidential import parts

LARGEST = 128_000
"""Bytes that the engine takes as one secret."""


@pytest.mark.parametrize(
    "given", ["", "a", "ä" * 100_000, "kind: Secret\n" * 100_000, "🦀" * 64_001]
)
def test_parts(given: str) -> None:
    """They are the text again, however long it is, and the engine takes each."""
    found = parts(given)
    assert "".join(found) == given
    assert found and all(len(each.encode()) <= LARGEST for each in found)
