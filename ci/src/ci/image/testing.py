"""Runs the service's tests."""

from functools import partial

from dagger import Directory, ExecError, ExistsType, QueryError, ReturnType, dag

from ci.image import building
from ci.image.ending import ended
from ci.project.settings import Suite
from ci.project.table import FILE
from ci.run.errors import CiError, InvalidInput, QualityError, cause
from ci.run.packages import is_installation, with_packages
from ci.run.steps import in_time
from ci.source.context import Context
from ci.source.revision import Revision


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
    try:
        with ended("The run of the service's tests"):
            printed = await tested.combined_output()
    except QueryError as error:
        raise await _unusable(source, suite, error) from None
    last = printed.strip().rpartition("\n")[2].strip("= ")
    if await tested.exit_code():
        raise QualityError(
            f"The service's tests fail: {last}; the output above says which and why.", printed
        )
    return f"Tests: {last or 'they passed'}."


async def _unusable(source: Directory, suite: Suite, error: QueryError) -> CiError | QueryError:
    """Why the tests could not begin, where it is for what the table says of them."""
    lock, key = suite.requirements, f"tool.ci.test.requirements in {FILE}"
    if lock and not await source.exists(lock, expected_type=ExistsType.REGULAR_TYPE):
        return InvalidInput(
            f"The sources have no file {lock}, of what the tests need: write it, or correct {key}."
        )
    if isinstance(error, ExecError):
        if not lock or not is_installation(error.command):
            return error
        return QualityError(
            f"What the tests need cannot be installed from {lock}: correct it, as "
            "`uv pip compile --generate-hashes` writes one.",
            error.stderr,
        )
    if suite.image:
        return InvalidInput(
            f"The tests' image {suite.image} is not to be had: {cause(str(error))}; correct "
            f"tool.ci.test.image in {FILE}."
        )
    return error
