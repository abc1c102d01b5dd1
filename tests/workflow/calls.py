"""The `dagger call` lines of a workflow, and what the pipeline offers them."""

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from dagger.mod import default_module

from ci.main import Ci

REPOSITORY = Path(__file__).parents[2]


@dataclass(frozen=True)
class Call:
    """A line that calls a verb; what follows a verb that gives a directory is Dagger's own."""

    verb: str
    arguments: tuple[str, ...]


@dataclass(frozen=True)
class Verb:
    """What a verb of the pipeline takes."""

    arguments: frozenset[str]
    required: frozenset[str]
    check: bool


@cache
def verbs() -> dict[str, Verb]:
    """Every verb, as the command line spells it."""
    return {
        spelled(name): Verb(
            frozenset(spelled(each.name) for each in function.parameters.values()),
            frozenset(
                spelled(each.name) for each in function.parameters.values() if not each.is_optional
            ),
            bool(function.check),
        )
        for name, function in default_module().get_object(Ci.__name__).functions.items()
        if name
    }


def spelled(name: str) -> str:
    """The name of a verb or an argument, as the command line has it."""
    return name.replace("_", "-")


def load(file: str) -> Any:
    """A YAML file of the repository."""
    return yaml.safe_load((REPOSITORY / file).read_text())


def calls(script: str) -> Iterator[Call]:
    """Every `dagger call` in a script, with the names of the verb's arguments.

    One that takes "$@" is a call for each `set --` before it: only one of those is made.
    """
    sets: list[tuple[str, ...]] = []
    for line in script.replace("\\\n", " ").splitlines():
        words = shlex.split(line)
        if words[:2] == ["set", "--"]:
            sets.append(_arguments(words[2:]))
        if words[:2] != ["dagger", "call"]:
            continue
        verb, *rest = words[2:]
        for more in sets if "$@" in rest else [()]:
            yield Call(verb, (*_arguments(rest), *more))


def _arguments(words: list[str]) -> tuple[str, ...]:
    found = []
    for word, value in zip(words[::2], words[1::2], strict=False):
        if not word.startswith("--"):
            break
        assert not value.startswith("--"), f"{word} has no value"
        found.append(word.removeprefix("--"))
    return tuple(found)


def variables(script: str) -> set[str]:
    """The environment variables that a script reads, also those that Dagger reads for it."""
    return set(re.findall(r"\$\{?([A-Z_]\w*)", script)) | set(
        re.findall(r"\benv:(?://)?(\w+)", script)
    )
