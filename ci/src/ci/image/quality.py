"""Lints everything that is Python, and tests the service in its own image."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from itertools import product

from dagger import Directory, ExecError, ReturnType, dag

from ci.image import building
from ci.run import durations, images
from ci.run.errors import QualityError, TookTooLong
from ci.run.packages import with_packages
from ci.run.steps import PROGRAM_LIMIT, in_time, side_by_side, was_stopped
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
LINTED = "**/*.py"
# Where a test is after a minute is printed, and it goes on: it may only be slow.
PYTEST = [
    *("python", "-m", "pytest", "-p", "no:cacheprovider", "--quiet"),
    *("--override-ini=faulthandler_timeout=60", "--config-file=/src/pyproject.toml"),
    "/src/tests/service",
]
SETTINGS = "pyproject.toml"
LAST_LINES = 60
TOP = "the top folder"
TESTED = [SETTINGS, "tests/service"]
# The system's authorities, a proxy's among them; pip would take those that it brings along.


async def lint(source: Directory) -> str:
    """What flake8, black and isort have to say, all three even where the first fails.

    Each top-level folder apart, and the files beside them: what did not change since it was found
    clean is not run again.
    """
    linting = (
        dag.container()
        .from_(images.PYTHON)
        .with_(partial(with_packages, lock=source.file("ci/lint-requirements.txt")))
        .with_mounted_cache("/root/.cache/black", dag.cache_volume("black"))
        .with_workdir("/src")
    )
    findings: dict[tuple[str, str], str] = {}

    async def check(name: str, part: str) -> None:
        linted = linting.with_mounted_directory("/src", _python_files(source, part))
        run = linted.with_exec(in_time(LINTERS[name]), expect=ReturnType.ANY)
        with ended(f"{name} in {part or TOP}"):
            if await run.exit_code():
                findings[name, part] = await run.combined_output()

    found = parts(await source.glob(LINTED))
    await side_by_side(*(partial(check, *pair) for pair in product(LINTERS, found)))
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
    return f"Lint: {', '.join(sorted(LINTERS))} found nothing."


def parts(paths: Iterable[str]) -> list[str]:
    """The top-level folders of files; the files that are in none are the part with no name."""
    return sorted({path.partition("/")[0] if "/" in path else "" for path in paths})


def _python_files(source: Directory, part: str) -> Directory:
    """The Python files of a part, where they are in the sources, with how they are linted.

    A folder's name is a path here and no pattern, whatever characters it is made of.
    """
    only = source.filter(include=[SETTINGS] if part else [SETTINGS, "*.py"])
    if not part:
        return only
    return only.with_directory(part, source.directory(part).filter(include=[LINTED]))


async def test(source: Directory) -> str:
    """The last line of the service's tests, run in its image.

    The image names no commit here: a commit that leaves the service alone needs no new run.
    """
    built = await building.build(source, Revision(), version="test")
    tested = (
        built.with_(partial(with_packages, lock=source.file("tests/service/requirements.txt")))
        .with_mounted_directory("/src", source.filter(include=TESTED))
        .with_exec(in_time(PYTEST), expect=ReturnType.ANY)
    )
    with ended("The run of the service's tests"):
        printed = await tested.combined_output()
    last = printed.strip().rpartition("\n")[2].strip("= ")
    if await tested.exit_code():
        raise QualityError(
            f"The service's tests fail: {last}; the output above says which and why.", printed
        )
    return f"Tests: {last}."


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
