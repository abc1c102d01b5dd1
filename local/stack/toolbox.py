"""The steps after which the tools are there, and which of them waits for which."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from local.host.paths import LOGS
from local.terminal.steps import Progress, Step
from local.tools import golang
from local.tools.build import standard_library
from local.tools.catalogue import Tool
from local.tools.get import FromSource, get
from local.tools.team.elsewhere import Place

AddStep = Callable[..., Step]
"""Adds a step: its name, what it does, and the steps that it comes after, None among them."""


def fetched(
    step: AddStep,
    tools: Sequence[Tool],
    after: Step | None,
    tell: Callable[[str], None],
    place: Place,
) -> dict[str, Step]:
    """The step of each tool, by its name, where they come from a place: side by side."""
    return {tool.name: step(_named(tool), partial(get, tool, place, tell), after) for tool in tools}


def built(
    step: AddStep, tools: Sequence[Tool], after: Step | None, tell: Callable[[str], None]
) -> dict[str, Step]:
    """The same where they are built from source: those of one go.mod one after the other."""
    found: dict[str, Step] = {}
    before: dict[Path, Step] = {}
    if tools:
        standard = step("Go's standard library, compiled", _compile_standard_library, after)
    for tool in sorted(tools, key=lambda tool: (tool.niceness, tool.name)):
        source = FromSource(tool, tell)
        modules = step(f"modules of {_named(tool)}", source.fetch, after)
        waits_for = (modules, standard, before.get(tool.sources))
        found[tool.name] = step(f"{_named(tool)}, built from source", source.build, *waits_for)
        before[tool.sources] = found[tool.name]
    return found


def _named(tool: Tool) -> str:
    return f"{tool.name} {tool.version}"


def _compile_standard_library(_: Progress) -> None:
    standard_library(golang.find_or_install(LOGS / "go.log"))
