"""Lints what is Python in the sources."""

import json
from collections.abc import Iterable
from functools import partial

from dagger import Directory, dag

from ci.image.ending import ended
from ci.image.linters import LINTERS, MODULE
from ci.project.settings import Settings
from ci.project.table import FILE
from ci.run import images
from ci.run.errors import InvalidInput, QualityError
from ci.run.packages import with_packages
from ci.run.steps import PROGRAM_LIMIT, side_by_side

LOCK = "lint-requirements.txt"
TOP = "the top folder"
_PROGRAM = "src/ci/image/linters.py"


async def lint(source: Directory, settings: Settings) -> str:
    """What flake8, black and isort have to say, all three even where the first fails.

    Each top-level folder apart, and the files beside them: what did not change since it was found
    clean is not run again.
    """
    patterns = settings.lint
    module = dag.current_module().source()
    linting = await (
        dag.container()
        .from_(images.PYTHON)
        .with_(partial(with_packages, lock=module.file(LOCK)))
        .with_mounted_file("/linters.py", module.file(_PROGRAM))
        .with_workdir("/src")
        .with_mounted_file(f"/src/{FILE}", source.file(FILE))
        .sync()
    )
    linted = source.filter(include=[*patterns]) if patterns else dag.directory()
    paths = [path for path in await linted.glob("**") if path.endswith(MODULE)]
    if not paths and patterns and patterns != Settings.lint:
        raise InvalidInput(
            f"tool.ci.lint in {FILE} names no Python file: correct its patterns, or give [] where "
            "there is nothing to look at."
        )
    found: dict[tuple[str, str], str] = {}

    async def check(part: str) -> None:
        if part:  # A path, which its name is here, and no pattern, whatever it is made of.
            run = linting.with_mounted_directory(f"/src/{part}", linted.directory(part))
        else:
            beside = source.filter(include=[*patterns, FILE], exclude=["*/*"])
            run = linting.with_mounted_directory("/src", beside)
        elsewhere = [path for path in paths if not path.startswith(f"{part}/")]
        others = modules(elsewhere, settings.import_roots)
        limit = f"{PROGRAM_LIMIT.total_seconds():g}"
        with ended(f"Linting {part or TOP}"):
            said = await run.with_exec(["python3", "/linters.py", limit, *others]).stdout()
        found.update({(name, part): text for name, text in json.loads(said).items()})

    await side_by_side(*(partial(check, part) for part in parts(paths)))
    if found:
        names = ", ".join(sorted({name for name, _ in found}))
        raise QualityError(
            f"Lint fails: {names} found something; correct it, "
            "`black .` and `isort .` do their part.",
            "\n\n".join(
                f"{name} in {part or TOP}:\n{found[name, part]}" for name, part in sorted(found)
            ),
        )
    if not paths:
        return "Lint: there is no Python to look at."
    return f"Lint: {', '.join(sorted(LINTERS))} found nothing."


def parts(paths: Iterable[str]) -> list[str]:
    """The top-level folders of files; the files that are in none are the part with no name."""
    return sorted({path.partition("/")[0] if "/" in path else "" for path in paths})


def modules(paths: Iterable[str], roots: Iterable[str]) -> list[str]:
    """The folders and files on top, or in a root, that isort knows imports of the project by."""
    within = [f"{root}/" for root in roots]
    found = set()
    for path in paths:
        root = max((each for each in within if path.startswith(each)), key=len, default="")
        found.add(root + path.removeprefix(root).partition("/")[0])
    return sorted(found)
