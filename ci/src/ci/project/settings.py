"""What a project says of itself in `[tool.ci]` of its pyproject.toml, and no manifest can say."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import PurePosixPath
from typing import Any

from ci.project import share
from ci.project.environments import Environment
from ci.project.service import Commit, Health, Service
from ci.project.table import FILE, Table, named, wrong
from ci.run import durations
from ci.run.errors import InvalidInput

NAME = "tool.ci"
LONGEST = 63
"""Characters of a label's value."""


@dataclass(frozen=True)
class Suite:
    """How the service is tested: a command, in its own image or in another one."""

    command: tuple[str, ...]
    image: str | None = None
    """The image that it runs in; the service's own without."""

    requirements: str | None = None
    """Lock file of the Python packages that it needs besides, with hashes."""

    files: tuple[str, ...] = ("**",)
    """Patterns of what it gets of the sources, in /src."""


@dataclass(frozen=True)
class Settings:
    """A project: its image, its checks, its environments, and what its service answers."""

    service: Service
    environments: Mapping[str, Environment]
    """By name, in the order of the table."""

    context: str = "."
    dockerfile: str = "Dockerfile"
    """From the top of the repository, as is `context`."""

    tests: Suite | None = None
    lint: tuple[str, ...] = ("**/*.py",)
    """Patterns of the Python files that are linted."""

    import_roots: tuple[str, ...] = ("src",)
    """Folders whose modules are the project's own to isort, beside those on top."""

    latest: str | None = None
    """The branch whose images are `latest`, too."""


def parse(text: str) -> Settings:
    """The settings in the text of a pyproject.toml; raises InvalidInput naming the wrong key."""
    try:
        file = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise InvalidInput(f"{FILE} is no TOML: {error}; correct it.") from None
    tool = file.get("tool")
    values = tool.get("ci") if isinstance(tool, dict) else None
    if not isinstance(tool, dict) or not isinstance(values, dict):
        raise InvalidInput(
            f"{FILE} has no table [{NAME}], which says what the project is: write one with a name "
            "and an environment, as docs/your-service.md shows."
        )
    table = Table(NAME, values)
    service = Service(
        name=table.needed(table.label, "name", "give the name that the base has for the image"),
        health=_health(table.table("health")),
        commit=_commit(table.table("commit")),
    )
    found = Settings(
        service=service,
        environments=_environments(table, service),
        context=table.path("context") or Settings.context,
        dockerfile=table.path("dockerfile") or Settings.dockerfile,
        tests=_tests(table.table("test")),
        lint=_or(table.paths("lint"), Settings.lint),
        import_roots=(*Settings.import_roots, *_src_paths(tool)),
        latest=table.text("latest"),
    )
    table.ended()
    return found


def _src_paths(tool: Mapping[str, Any]) -> list[str]:
    """What isort is told of folders with modules, where it is told in this file."""
    isort = tool.get("isort")
    said = isort.get("src_paths") if isinstance(isort, dict) else None
    paths = [said] if isinstance(said, str) else said if isinstance(said, list) else []
    return [str(PurePosixPath(each)) for each in paths if isinstance(each, str)]


def _environments(table: Table, service: Service) -> Mapping[str, Environment]:
    found: dict[str, Environment] = {}
    within = table.key("environments")
    for name, each in table.tables("environments"):
        found[name] = Environment(
            name=named(f"{within}.{name}", name),
            service=service,
            branch=each.text("branch"),
            namespace=each.label("namespace") or name,
            promoted_from=each.text("promoted-from"),
            signed=each.flag("signed"),
            canary=_share(each, "canary"),
            bake=_span(each, "bake"),
        )
        each.ended()
    if not found:
        raise table.absent(
            "environments", "names none", "add a table such as [tool.ci.environments.dev]"
        )
    for environment in found.values():
        if len(environment.app) > LONGEST:
            what = f"makes {environment.app}, as releases are called, {len(environment.app)} long"
            remedy = f"take a shorter one, or a shorter {table.key('name')}: {LONGEST} at most"
            raise wrong(f"{within}.{environment.name}", what, remedy)
        _alone(found, environment, f"{within}.{environment.name}")
    return found


def _share(table: Table, key: str) -> int | None:
    text = table.text(key)
    return None if text is None else share.parse(text, f"{table.key(key)} in {FILE}")


def _span(table: Table, key: str) -> timedelta | None:
    text = table.text(key)
    return None if text is None else durations.parse(text, f"{table.key(key)} in {FILE}")


def _alone(every: Mapping[str, Environment], one: Environment, key: str) -> None:
    """Refuse what two environments cannot share, and a promotion that leads nowhere."""
    for other in every.values():
        if other.name == one.name:
            break
        if one.namespace == other.namespace:
            what = f"is {one.namespace}, as of {other.name}"
            raise wrong(f"{key}.namespace", what, "give each its own")
        if one.branch and one.branch == other.branch:
            what = f"is {one.branch}, which feeds {other.name}"
            raise wrong(f"{key}.branch", what, "let it feed one of them")
    passed, feeder = {one.name}, one.promoted_from
    while feeder:
        if feeder not in every:
            choices = ", ".join(name for name in every if name != one.name)
            what = f'is "{feeder}", which is no environment'
            remedy = f"name one of {choices}" if choices else "remove it"
            raise wrong(f"{key}.promoted-from", what, remedy)
        if feeder in passed:
            what = "leads back to where it began"
            raise wrong(f"{key}.promoted-from", what, "let one environment be the first")
        passed.add(feeder)
        feeder = every[feeder].promoted_from


def _tests(table: Table | None) -> Suite | None:
    if table is None:
        return None
    command = table.needed(table.words, "command", 'give a list such as ["pytest"]')
    found = Suite(
        command=command,
        image=table.text("image"),
        requirements=table.path("requirements"),
        files=_or(table.paths("files"), Suite.files),
    )
    table.ended()
    return found


def _health(table: Table | None) -> Health:
    if table is None:
        return Health()
    found = Health(table.address("path"), table.values("json"))
    table.ended()
    return found


def _commit(table: Table | None) -> Commit | None:
    if table is None:
        return None
    path = table.needed(table.address, "path", "say where the service tells its commit")
    found = Commit(path, table.text("key") or Commit.key)
    table.ended()
    return found


def _or(value: tuple[str, ...] | None, default: tuple[str, ...]) -> tuple[str, ...]:
    return default if value is None else value
