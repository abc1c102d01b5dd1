"""Lints everything that is Python, and tests the service in its own image."""

from functools import partial
from itertools import product

from dagger import Container, Directory, File, ReturnType, dag

from ci import image, images
from ci.errors import QualityError
from ci.revision import Revision
from ci.steps import side_by_side

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
TESTED = ["pyproject.toml", "tests/service"]


async def lint(source: Directory) -> str:
    """What flake8, black and isort have to say, all three even where the first fails.

    Each top-level folder apart: one that did not change since it was found clean is not run again.
    """
    linting = (
        _python()
        .with_(partial(_with_packages, lock=source.file("ci/lint-requirements.txt")))
        .with_mounted_cache("/root/.cache/black", dag.cache_volume("black"))
        .with_workdir("/src")
    )
    findings: dict[tuple[str, str], str] = {}

    async def check(name: str, part: str) -> None:
        files = part if part.endswith(".py") else f"{part}/{LINTED}"
        only = source.filter(include=["pyproject.toml", files])
        linted = linting.with_mounted_directory("/src", only)
        run = linted.with_exec(LINTERS[name], expect=ReturnType.ANY)
        if await run.exit_code():
            findings[name, part] = await run.combined_output()

    parts = {path.partition("/")[0] for path in await source.glob(LINTED)}
    await side_by_side(*(partial(check, *pair) for pair in product(LINTERS, sorted(parts))))
    if findings:
        names = sorted({name for name, _ in findings})
        raise QualityError(
            f"Lint fails: {', '.join(names)} found something; correct it, "
            "`black .` and `isort .` do their part.",
            "\n\n".join(
                f"{name} in {part}:\n{findings[name, part]}" for name, part in sorted(findings)
            ),
        )
    return f"Lint: {', '.join(sorted(LINTERS))} found nothing."


async def test(source: Directory) -> str:
    """The last line of the service's tests, run in its image.

    The image names no commit here: a commit that leaves the service alone needs no new run.
    """
    built = await image.build(source, Revision(), version="test")
    tested = (
        built.with_(partial(_with_packages, lock=source.file("tests/service/requirements.txt")))
        .with_mounted_directory("/src", source.filter(include=TESTED))
        .with_exec(
            ["python", "-m", "pytest", "-p", "no:cacheprovider", "--quiet"]
            + ["--config-file=/src/pyproject.toml", "/src/tests/service"],
            expect=ReturnType.ANY,
        )
    )
    printed = await tested.combined_output()
    last = printed.strip().rpartition("\n")[2].strip("= ")
    if await tested.exit_code():
        raise QualityError(
            f"The service's tests fail: {last}; the output above says which and why.", printed
        )
    return f"Tests: {last}."


def _with_packages(container: Container, lock: File) -> Container:
    """The container with what a lock file names, installed apart so that only the lock counts."""
    packages = (
        _python()
        .with_mounted_cache("/root/.cache/pip", dag.cache_volume("pip"))
        .with_exec(["python3", "-m", "venv", "/opt/pip"])
        .with_mounted_file("/requirements.txt", lock)
        .with_exec(
            ["/opt/pip/bin/pip", "install", "--quiet", "--disable-pip-version-check"]
            + ["--no-deps", "--require-hashes", "--target=/opt/packages"]
            + ["--requirement=/requirements.txt"]
        )
        .directory("/opt/packages")
    )
    return container.with_mounted_directory("/opt/packages", packages).with_env_variable(
        "PYTHONPATH", "/opt/packages"
    )


def _python() -> Container:
    return dag.container().from_(images.PYTHON)
