"""A tool that is built, and what the repository says of it."""

import random

import pytest

from local.tools import checksums
from local.tools.catalogue import Tool
from local.tools.checksums import Sums


@pytest.fixture
def built(tool: Tool) -> Tool:
    """A tool of two programs, which is built."""
    tool.home.mkdir(parents=True)
    for name in ("hammer", "nail"):
        tool.program(name).write_bytes(random.Random(name).randbytes(3000))
        tool.program(name).chmod(0o755)
    return tool


@pytest.fixture
def wanted(built: Tool, monkeypatch: pytest.MonkeyPatch) -> list[Sums]:
    """What the repository says of it: that it is as it was built."""
    said = {
        "go1.26.6": {"hammer": "0" * 64, "nail": "0" * 64},
        "go1.26.8": checksums.of(built.home),
    }
    monkeypatch.setattr(checksums, "named", lambda _: said)
    return list(said.values())
