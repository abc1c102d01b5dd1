"""Tells of a fault of ours by its places: what an exception says may hold a credential."""

import traceback
from collections.abc import Iterator
from pathlib import Path

from ci.run.errors import CiError


def fault(error: BaseException) -> CiError:
    """Where an exception that nobody expected was raised and what led to it, without its text."""
    return CiError(
        f"The pipeline has a fault of its own: {_name(error)}; report it with the places above, "
        "what it said is left out as it may hold a secret.",
        "\n".join(_places(error)),
    )


def _places(error: BaseException) -> Iterator[str]:
    chain: list[BaseException] = []
    current: BaseException | None = error
    while current is not None and current not in chain:
        chain.append(current)
        current = current.__cause__ or current.__context__
    for each in reversed(chain):
        for frame in traceback.extract_tb(each.__traceback__):
            yield f"{_short(frame.filename)}:{frame.lineno} in {frame.name}"
        yield _name(each)


def _name(error: BaseException) -> str:
    kind = type(error)
    module = "" if kind.__module__ == "builtins" else f"{kind.__module__}."
    return f"{module}{kind.__qualname__}"


def _short(file: str) -> str:
    """A file by its package, wherever that is installed."""
    return "/".join(Path(file).parts[-3:])
