"""Builds a tool into the cache: whole or not at all, once for all who ask at the same time."""

import shutil
from collections.abc import Callable
from pathlib import Path

from local.host import command, lock
from local.host.errors import CommandFailed
from local.host.paths import CACHE, LOGS
from local.tools.catalogue import Patch, Tool

# Memory is cheaper than time here: the compiler collects garbage four times later than usual.
_LAZY_COLLECTOR = {"GOGC": "400"}
# A compiler that outlived a killed run would write into the folder of the next one.
_ENDS_WITH_THIS_RUN = ("setpriv", "--pdeathsig", "KILL")


def build(tool: Tool, go: Path, progress: Callable[[str], None]) -> None:
    """Builds a tool that is not in the cache yet; `progress` is told how far it is."""
    with lock.held(tool.name, lambda: progress("another run builds it, waiting")):
        if tool.built:
            return
        work = CACHE / "work" / tool.name
        shutil.rmtree(work, ignore_errors=True)
        shutil.copytree(tool.sources, work)
        log = LOGS / f"build-{tool.name}.log"
        log.unlink(missing_ok=True)
        env = environment(tool)
        if tool.patch:
            progress("fetching its source")
            tool.patch.source.fetch(go, log)
            _lay_out(tool.patch, work)
        progress("fetching modules")
        packages = tool.packages
        listing = command.run(
            go,
            "list",
            "-mod=readonly",
            *_tags(tool),
            "-deps",
            *packages,
            cwd=work,
            env=env,
            log=log,
        )
        counted = _Counter(len(listing.splitlines()), progress)
        try:
            command.run(
                *_ENDS_WITH_THIS_RUN, "nice", "-n", str(tool.niceness), go, "build", "-v",
                *flags(tool), "-o", f"{work}/bin/", *packages,
                cwd=work, env=env, log=log, on_line=counted,
            )  # fmt: skip
        except CommandFailed:
            raise CommandFailed(
                f"{tool.name} {tool.version} was not built: {_complaint(log)}; "
                "call it again to go on with what is compiled already.",
                log,
            ) from None
        tool.home.parent.mkdir(parents=True, exist_ok=True)
        (work / "bin").rename(tool.home)
        shutil.rmtree(work, ignore_errors=True)


def flags(tool: Tool) -> list[str]:
    """What `go build` is told: static, small and the same wherever it is built."""
    variables = [f"-X {name}={value}" for name, value in tool.variables.items()]
    return [
        "-mod=readonly",
        "-trimpath",
        "-buildvcs=false",
        "-pgo=off",
        "-gcflags=all=-dwarf=false",
        "-ldflags=" + " ".join(["-s", "-w", *variables]),
        *_tags(tool),
    ]


def environment(tool: Tool) -> dict[str, str]:
    """The compiler's environment: nothing of the caller's Go settings but caches and proxies."""
    return {
        **_LAZY_COLLECTOR,
        "CGO_ENABLED": "0",
        "GOAMD64": "v1",
        "GOEXPERIMENT": "",
        "GOFIPS140": "off",
        "GOFLAGS": "",
        "GOTOOLCHAIN": "local",
        "GOWORK": "off",
        **tool.env,
    }


def _tags(tool: Tool) -> list[str]:
    return [f"-tags={','.join(tool.tags)}"] if tool.tags else []


def _lay_out(patch: Patch, work: Path) -> None:
    source = work / "src"
    shutil.copytree(patch.source.home, source)
    for pattern in patch.removed:
        for path in source.glob(pattern):
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    for name, target in patch.added.items():
        (work / name).rename(source / target)


def _complaint(log: Path) -> str:
    """The compiler's first complaint, which is a line that is not a package's name."""
    lines = log.read_text(errors="replace").splitlines()
    begun = max(place for place, line in enumerate(lines) if line.startswith("$ "))
    said = (line for line in lines[begun + 1 :] if " " in line and not line.startswith("#"))
    return next(said, "the compiler was ended").strip()


class _Counter:
    """Counts the lines in which `go build -v` names a finished package."""

    def __init__(self, total: int, progress: Callable[[str], None]) -> None:
        self._total = total
        self._done = 0
        self._progress = progress

    def __call__(self, line: str) -> None:
        if line and " " not in line:
            self._done += 1
            self._progress(f"compiling, {self._done} of at most {self._total} packages")
