"""Files beside images, in a registry that comes back."""

import anyio
import pytest
from dagger import QueryError
from dagger._exceptions import QueryErrorValue
from gql import gql

from ci.registry import artifact
from ci.registry.access import Registry

NAME = "10.0.0.2:5000/shop:history-stage"


class Oras:
    """A client of a registry that speaks plain HTTP."""

    def __init__(self) -> None:
        self.command: list[str] = []

    def with_exec(self, command: list[str]) -> "Oras":
        self.command = command
        return self

    def with_new_file(self, path: str, text: str) -> "Oras":
        return self

    def file(self, path: str) -> "Oras":
        return self

    async def contents(self) -> str:
        """The file, or what is said to a client that speaks TLS while nobody listens."""
        if "--plain-http" not in self.command:
            raise QueryError(
                [QueryErrorValue("read: connection reset by peer")], gql("{ version }")
            )
        return "kept"

    async def sync(self) -> None:
        await self.contents()


@pytest.fixture
def back_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """A registry that is down when it is asked for the first time what it speaks."""
    answers = [False, True]

    async def speaks_plainly(host: str) -> bool:
        return answers.pop(0)

    async def oras(registry: Registry) -> Oras:
        return Oras()

    async def sleep(seconds: float) -> None:
        pass

    monkeypatch.setattr("ci.registry.transport.speaks_plainly", speaks_plainly)
    monkeypatch.setattr(artifact, "_oras", oras)
    monkeypatch.setattr("anyio.sleep", sleep)


def test_registry_that_comes_back_is_read(back_again: None) -> None:
    """What it speaks is asked again with each attempt."""
    assert (
        anyio.run(artifact.pulled, NAME, "history.jsonl", Registry("10.0.0.2:5000/shop")) == "kept"
    )


def test_registry_that_comes_back_is_written(back_again: None) -> None:
    """What it speaks is asked again with each attempt."""
    registry = Registry("10.0.0.2:5000/shop")
    anyio.run(artifact.push, NAME, "history.jsonl", "kept", "application/jsonl", registry)
