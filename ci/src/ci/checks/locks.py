"""Writes the lock files of Python packages anew: what each is made of, and with which uv."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath

from dagger import Changeset, Container, Directory, ExecError, dag

from ci.run import images
from ci.run.errors import InvalidInput, QualityError
from ci.run.packages import with_packages

UV, UV_LOCK = ("python3", "-m", "uv"), "uv.txt"
# As the runtime of the SDK does it: its own packages count, and it has other platforms, too.
_OF_A_MODULE = ("--universal", "pyproject.toml", "sdk/pyproject.toml")
_OF_THE_SDK = ("pyproject.toml", "codegen/pyproject.toml")


@dataclass(frozen=True)
class Lock:
    """A lock file, and what uv is given to write it, in its own folder."""

    path: str
    made_of: tuple[str, ...]

    @property
    def folder(self) -> str:
        return str(PurePosixPath(self.path).parent)

    def command(self, upgrade: Sequence[str] = ()) -> list[str]:
        """The call of uv; without `upgrade`, what is locked stays as far as it may."""
        name = PurePosixPath(self.path).name
        return [*UV, "pip", "compile", "--quiet", *upgrade, "-o", name, *self.made_of]


def _of_requirements(folder: str, name: str = "requirements") -> Lock:
    how = ("--generate-hashes", "--python-version=3.11", "--no-emit-index-url")
    said = ("--no-emit-find-links", "--custom-compile-command=dagger generate")
    return Lock(f"{folder}/{name}.txt", (*how, *said, f"{name}.in"))


LOCKS = (
    _of_requirements("service"),
    Lock("ci/requirements.lock", _OF_A_MODULE),
    _of_requirements("ci", "lint-requirements"),
    _of_requirements("ci", "uv"),
    _of_requirements("tests/service"),
    _of_requirements("tests"),
    Lock("tests/e2e/greeter/requirements.lock", _OF_A_MODULE),
)
"""Each after those whose versions it takes."""


async def written(source: Directory, upgrade: bool) -> Changeset:
    """What changes in the sources when each lock file is written anew."""
    locks = await present(source)
    only = source.filter(include=["**/*.in", "**/pyproject.toml", *(each.path for each in locks)])
    locking = _uv().with_mounted_directory("/src", only)
    for lock in locks:
        if lock.made_of == _OF_A_MODULE:
            locking = locking.with_mounted_directory(f"/src/{lock.folder}/sdk", _sdk())
        command = lock.command(["--upgrade"] if upgrade else [])
        locking = locking.with_workdir(f"/src/{lock.folder}").with_exec(command)
    after = source
    for lock in locks:
        after = after.with_file(lock.path, locking.file(f"/src/{lock.path}"))
    try:
        return await after.changes(source).sync()
    except ExecError as error:
        raise InvalidInput(
            "The lock files cannot be written: no versions are to be had that fit what the "
            "requirements ask for; correct those.",
            error.stderr,
        ) from None


async def check(source: Directory) -> str:
    """That every lock file is what its requirements make it."""
    changes = await written(source, upgrade=False)
    if stale := await changes.modified_paths():
        raise QualityError(
            f"Lock files are stale: {', '.join(sorted(stale))}; `dagger generate` writes them anew."
        )
    return f"Locks: {len(await present(source))} lock files are up to date."


async def present(source: Directory) -> list[Lock]:
    """Those of the lock files that the sources have; another project has few of them, or none."""
    paths = await source.filter(include=[each.path for each in LOCKS]).glob("**")
    return [each for each in LOCKS if each.path in paths]


def _uv() -> Container:
    return (
        dag.container()
        .from_(images.PYTHON)
        .with_(partial(with_packages, lock=dag.current_module().source().file(UV_LOCK)))
        .with_env_variable("UV_NATIVE_TLS", "1")
        .with_mounted_cache("/root/.cache/uv", dag.cache_volume("uv"))
    )


def _sdk() -> Directory:
    """What the SDK that runs this asks for, as it lies beside the module."""
    sdk = Path(__file__).parents[3] / "sdk"
    folder = dag.directory()
    for name in _OF_THE_SDK:
        folder = folder.with_new_file(name, (sdk / name).read_text())
    return folder
