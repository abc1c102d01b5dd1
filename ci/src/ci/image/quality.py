"""Lints what is Python, and tests the service."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from itertools import product

from dagger import Directory, ExecError, ReturnType, dag

from ci.image import building
from ci.project.settings import Suite
from ci.project.table import FILE
from ci.run import durations, images
from ci.run.errors import QualityError, TookTooLong
from ci.run.packages import with_packages
from ci.run.steps import PROGRAM_LIMIT, in_time, side_by_side, was_stopped
from ci.source.context import Context
from ci.source.revision import Revision

LINTERS = {
    "flake8": ["python3", "-m", "flake8", "."],
    # Only without --diff does black remember which files it has looked at.
    "black": [
        *("sh", "-c"),
        "python3 -m black --check --quiet . || python3 -m black --check --diff --quiet .",
    ],
    "isort": ["python3", "-m", "isort", "--check-only", "--diff", "--quiet", "."],
}
LINTED_WITH = "lint-requirements.txt"
LAST_LINES = 60
TOP = "the top folder"


async def lint(source: Directory, patterns: Sequence[str]) -> str:
    """What flake8, black and isort have to say, all three even where the first fails.

    Each top-level folder apart, and the files beside them: what did not change since it was found
    clean is not run again. `patterns` are of the files that are looked at.
    """
    linting = (
        dag.container()
        .from_(images.PYTHON)
        .with_(partial(with_packages, lock=dag.current_module().source().file(LINTED_WITH)))
        .with_mounted_cache("/root/.cache/black", dag.cache_volume("black"))
        .with_workdir("/src")
    )
    findings: dict[tuple[str, str], str] = {}
    linted = source.filter(include=list(patterns)) if patterns else dag.directory()
    paths = [path for path in await linted.glob("**") if not path.endswith("/")]

    async def check(name: str, part: str) -> None:
        files = _emptied(modules(path for path in paths if not path.startswith(f"{part}/")))
        files = files.with_directory("/", _of_part(linted, part, paths))
        files = files.with_file(FILE, source.file(FILE))
        run = linting.with_mounted_directory("/src", files)
        run = run.with_exec(in_time(LINTERS[name]), expect=ReturnType.ANY)
        with ended(f"{name} in {part or TOP}"):
            if await run.exit_code():
                findings[name, part] = await run.combined_output()

    await side_by_side(*(partial(check, *pair) for pair in product(LINTERS, parts(paths))))
    if findings:
        names = sorted({name for name, _ in findings})
        raise QualityError(
            f"Lint fails: {', '.join(names)} found something; correct it, "
            "`black .` and `isort .` do their part.",
            "\n\n".join(
                f"{name} in {part or TOP}:\n{findings[name, part]}"
                for name, part in sorted(findings)
            ),
        )
    if not paths:
        return "Lint: there is no Python to look at."
    return f"Lint: {', '.join(sorted(LINTERS))} found nothing."


def parts(paths: Iterable[str]) -> list[str]:
    """The top-level folders of files; the files that are in none are the part with no name."""
    return sorted({path.partition("/")[0] if "/" in path else "" for path in paths})


def modules(paths: Iterable[str]) -> list[str]:
    """The folders and files on top, or in `src`, that isort knows imports of the project by."""
    found = set()
    for path in paths:
        first, *rest = path.split("/")
        found.add("/".join([first, *rest[:1]]) if first == "src" else first)
    return sorted(found)


def _emptied(modules: Iterable[str]) -> Directory:
    """The modules with nothing in them."""
    folder = dag.directory()
    for name in modules:
        folder = folder.with_new_file(name if name.endswith(".py") else f"{name}/__init__.py", "")
    return folder


def _of_part(linted: Directory, part: str, paths: Iterable[str]) -> Directory:
    """The files of a part, where they are in the sources.

    A folder's name is a path here and no pattern, whatever characters it is made of.
    """
    if part:
        return dag.directory().with_directory(part, linted.directory(part))
    beside = dag.directory()
    for path in paths:
        if "/" not in path:
            beside = beside.with_file(path, linted.file(path))
    return beside


async def test(source: Directory, made_of: Context, suite: Suite | None) -> str:
    """The last line of the service's tests, run in its image or in one of their own.

    The image names no commit here: a commit that leaves the service alone needs no new run.
    """
    if suite is None:
        return "Tests: the project has none, as pyproject.toml has no [tool.ci.test]."
    if suite.image:
        tested = dag.container().from_(suite.image).with_workdir("/src")
    else:
        tested = await building.build(made_of, Revision(), version="test")
    if suite.requirements:
        tested = tested.with_(partial(with_packages, lock=source.file(suite.requirements)))
    tested = tested.with_mounted_directory(
        "/src", source.filter(include=list(suite.files))
    ).with_exec(in_time(suite.command), expect=ReturnType.ANY)
    with ended("The run of the service's tests"):
        printed = await tested.combined_output()
    last = printed.strip().rpartition("\n")[2].strip("= ")
    if await tested.exit_code():
        raise QualityError(
            f"The service's tests fail: {last}; the output above says which and why.", printed
        )
    return f"Tests: {last or 'they passed'}."


@contextmanager
def ended(what: str) -> Iterator[None]:
    """Say of a program that was stopped what it printed last."""
    try:
        yield
    except ExecError as error:
        if not was_stopped(error.exit_code):
            raise
        raise TookTooLong(
            f"{what} did not end within {durations.show(PROGRAM_LIMIT)}, the limit: the output "
            "above ends with where it was; correct what hangs.",
            last_lines(f"{error.stdout}\n{error.stderr}"),
        ) from None


def last_lines(printed: str) -> str:
    """The end of what was printed."""
    return "\n".join(printed.strip().splitlines()[-LAST_LINES:])
