"""Builds a tool into the cache: whole or not at all, once for all who ask at the same time."""

import shutil
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

from local.host import command, lock
from local.host.errors import CommandFailed
from local.host.paths import CACHE, LOGS
from local.tools.catalogue import EXPERIMENT, LATER, STAND_INS, Tool

# Memory is cheaper than time here: the compiler collects garbage four times later than usual.
_LAZY_COLLECTOR = {"GOGC": "400"}
# What is compiled otherwise is another package.
_COMPILED_ALIKE = ("-trimpath", "-buildvcs=false", "-pgo=off", "-gcflags=all=-dwarf=false")
# A compiler that outlived a killed run would write into the folder of the next one.
_ENDS_WITH_THIS_RUN = ("setpriv", "--pdeathsig", "KILL")


def standard_library(go: Path) -> None:
    """Compiles what every tool needs, before two of them would do it at once."""
    log = LOGS / "build-go.log"
    build = (*_ENDS_WITH_THIS_RUN, go, "build", *_COMPILED_ALIKE, "std")
    command.run(*build, cwd=Path("/"), env=environment(), log=log)


class Build:
    """One tool on its way from a go.mod to programs."""

    def __init__(self, tool: Tool, go: Path) -> None:
        self.tool = tool
        self._go = go
        self._work = CACHE / "work" / tool.home.name
        self._module = self._work / tool.sources.name
        self._log = LOGS / f"build-{tool.name}.log"
        self._packages = 0

    def fetch(self, progress: Callable[[str], None]) -> None:
        """Fetches all that it is compiled of; `progress` is told of what."""
        with self._alone(progress):
            if self.tool.built:
                return
            self._log.unlink(missing_ok=True)
            if patch := self.tool.patch:
                progress("its source")
                patch.source.fetch(self._go, self._log)
            progress("its modules")
            shutil.rmtree(self._work, ignore_errors=True)
            self._lay_out()
            self._packages = len(self._listed())

    def compile(self, progress: Callable[[str], None]) -> None:
        """Makes the programs of what was fetched; `progress` is told how far it is."""
        with self._alone(progress):
            if self.tool.built:
                return
            if not self._work.exists():
                self._lay_out()
            try:
                command.run(
                    *_ENDS_WITH_THIS_RUN, *_yields(self.tool), self._go, "build", "-v",
                    *flags(self.tool), "-o", f"{self._work}/bin/", *self.tool.packages,
                    cwd=self._module, env=environment(), log=self._log,
                    on_line=_Counter(self._packages, progress),
                )  # fmt: skip
            except CommandFailed:
                raise CommandFailed(
                    f"{self.tool.name} {self.tool.version} was not built: "
                    f"{_complaint(self._log)}; "
                    "call it again to go on with what is compiled already.",
                    self._log,
                ) from None
            self.tool.install(self._work / "bin")
            shutil.rmtree(self._work, ignore_errors=True)

    def _alone(self, progress: Callable[[str], None]) -> AbstractContextManager[None]:
        return lock.held(self.tool.name, lambda: progress("another run builds it, waiting"))

    def _lay_out(self) -> None:
        shutil.copytree(STAND_INS, self._work / STAND_INS.name)
        shutil.copytree(self.tool.sources, self._module)
        if patch := self.tool.patch:
            patch.lay_out(self._module)

    def _listed(self) -> list[str]:
        return command.run(
            self._go, "list", "-mod=readonly", *_tags(self.tool), "-deps", *self.tool.packages,
            cwd=self._module, env=environment(), log=self._log,
        ).splitlines()  # fmt: skip


def _yields(tool: Tool) -> tuple[str, ...]:
    """What lets a tool's compilers wait for others: for all, where no deploy waits for it."""
    idle = ("chrt", "--idle", "0") if tool.niceness >= LATER else ()
    return (*idle, "nice", "-n", str(tool.niceness))


def flags(tool: Tool) -> list[str]:
    """What `go build` is told: static, small and the same wherever it is built."""
    variables = [f"-X {name}={value}" for name, value in tool.variables.items()]
    return [
        "-mod=readonly",
        *_COMPILED_ALIKE,
        "-ldflags=" + " ".join(["-s", "-w", *variables]),
        *_tags(tool),
    ]


def environment() -> dict[str, str]:
    """The compiler's environment: nothing of the caller's Go settings but caches and proxies."""
    return {
        **_LAZY_COLLECTOR,
        "CGO_ENABLED": "0",
        "GOAMD64": "v1",
        "GOEXPERIMENT": EXPERIMENT,
        "GOFIPS140": "off",
        "GOFLAGS": "",
        "GOTOOLCHAIN": "local",
        "GOWORK": "off",
    }


def _tags(tool: Tool) -> list[str]:
    return [f"-tags={','.join(tool.tags)}"] if tool.tags else []


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
