"""Measures the laptop stack and its deploys, and prints a table.

Every figure is the time of a command as a person types it, from its start to its end. Deploys run
from a temporary clone of the repository that has its uncommitted changes too, so the working tree
stays as it is. The stack is brought up first where it is down, and is up at the end.

measured always, the median of several runs:
  up                          `python3 -m local up`, on a stack that is up
  status                      `./daggerw call status`
  deploy, nothing changed     `./daggerw call deploy --env stage`, right after the same
  deploy, one line changed    the same, with one more line in service/app/main.py

measured once, when asked for:
  deploy, stack down          the same after `python3 -m local down`: tools and images are cached
  deploy, from nothing        the same with empty caches and no state, as on a fresh machine: what
                              is installed stays installed (Debian packages, Go)
  deploy, from built tools    the same, with tools that `python3 -m local tools export` wrote

Before them the machine itself: the CPU seconds that its Go takes for one package.
"""

import argparse
import os
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPOSITORY))

from local.host.paths import CACHE, LOGS, STATE  # noqa: E402
from local.tools import golang  # noqa: E402
from tests.bench.figures import Figure, median, pipeline_steps, setup_steps, table  # noqa: E402

CHANGED = Path("service", "app", "main.py")
PACKAGE = "go/types"
"""What the machine is measured by: of Go itself, so that nothing has to be fetched."""
LOCAL = (sys.executable, "-m", "local")


class CannotMeasure(Exception):
    """One sentence: what failed, so that there is no figure."""


@contextmanager
def clone(repository: Path) -> Iterator[Path]:
    """A temporary clone with the repository's files as they are now, committed or not."""
    with tempfile.TemporaryDirectory(prefix="deploy-") as folder:
        copy = Path(folder, "clone")
        git("clone", "--quiet", str(repository), str(copy), cwd=repository)
        listed = git("ls-files", "-z", "--cached", "--others", "--exclude-standard", cwd=repository)
        for name in filter(None, listed.split("\0")):
            (copy / name).unlink(missing_ok=True)
            if (repository / name).is_file():
                (copy / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(repository / name, copy / name)
        yield copy


def git(*arguments: str, cwd: Path) -> str:
    """What git prints."""
    done = subprocess.run(["git", *arguments], cwd=cwd, capture_output=True, text=True)
    if done.returncode:
        raise CannotMeasure(f"git {arguments[0]} failed: {done.stderr.strip()}")
    return done.stdout


def change_one_line(file: Path, stamp: int) -> None:
    """Ends a file with a comment that was never there before, in place of the one of last time."""
    begins = "# Measured at "
    kept = [line for line in file.read_text().splitlines() if not line.startswith(begins)]
    file.write_text("\n".join([*kept, f"{begins}{stamp}."]) + "\n")


class Measurement:
    """Runs commands in a clone, and times them."""

    def __init__(self, folder: Path, environment: str, repeat: int) -> None:
        self.folder = folder
        self.deploy = ("./daggerw", "call", "deploy", "--env", environment)
        self.repeat = repeat

    def always(self) -> Iterator[Figure]:
        """What changes neither caches nor state."""
        self.run(*LOCAL, "up")
        yield self.repeated("up", 2, *LOCAL, "up")
        yield self.repeated("status", 8, "./daggerw", "call", "status")
        self.run(*self.deploy)
        yield self.repeated("deploy, nothing changed", 15, *self.deploy)
        # New pods have to stay for 15 s, and the rest takes 25.
        yield self.repeated("deploy, one line changed", 40, *self.deploy, before=self.change)

    def cold_stack(self) -> Figure:
        """A deploy that brings the stack up."""
        self.run(*LOCAL, "down")
        return self.timed("deploy, stack down", 90, *self.deploy)

    def from_nothing(self) -> Figure:
        """A deploy that builds everything; then all is as it was."""
        return self._without_caches("deploy, from nothing", 1200, {})

    def from_tools(self, folder: Path) -> Figure:
        """A deploy for which nothing is built; then all is as it was."""
        tools = {"DAGGERW_TOOLS": str(folder.absolute())}
        return self._without_caches("deploy, from built tools", 300, tools)

    def _without_caches(self, name: str, target: int, env: Mapping[str, str]) -> Figure:
        aside = STATE.with_name(f"{STATE.name}-aside")
        empty = CACHE.with_name(f"{CACHE.name}-empty")
        if aside.exists():
            raise CannotMeasure(
                f"{aside} holds the stack's state since a measurement was killed: call "
                f"`python3 -m local down --purge`, move it back to {STATE}, and try again."
            )
        self.run(*LOCAL, "down")
        shutil.rmtree(empty, ignore_errors=True)
        STATE.rename(aside)
        caches = {
            "XDG_CACHE_HOME": str(empty),
            "GOCACHE": str(empty / "go-build"),
            "GOMODCACHE": str(empty / "go-modules"),
            **env,
        }
        try:
            return self.timed(name, target, *self.deploy, env=caches)
        finally:
            self.run(*LOCAL, "down", "--purge", env=caches)
            aside.rename(STATE)
            shutil.rmtree(empty, ignore_errors=True)
            self.run(*LOCAL, "up")

    def change(self) -> None:
        """Changes one line of the service."""
        change_one_line(self.folder / CHANGED, time.time_ns())

    def repeated(
        self, name: str, target: int, *command: str, before: Callable[[], None] = lambda: None
    ) -> Figure:
        """The median of several runs, each with something done before it, outside the clock."""
        figures = []
        for _ in range(self.repeat):
            before()
            figures.append(self.timed(name, target, *command))
        return median(figures)

    def timed(
        self, name: str, target: int, *command: str, env: Mapping[str, str] | None = None
    ) -> Figure:
        """How long a command takes; its own progress is shown."""
        begun, used = time.monotonic(), children()
        done = self.run(*command, env=env)
        seconds, cpu = time.monotonic() - begun, children() - used
        tell(f"{name}: {seconds:.1f} s, {cpu:.1f} CPU seconds")
        steps = (setup_steps(done.stderr), pipeline_steps(done.stdout))
        return Figure(name, target, seconds, cpu, *steps)

    def run(
        self, *command: str, env: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Runs a command in the clone, and shows what it tells of a set-up.

        Raises:
            CannotMeasure: it fails.
        """
        with tempfile.TemporaryFile("w+") as output:
            process = subprocess.Popen(
                command,
                cwd=self.folder,
                env={**os.environ, "DAGGERW": "laptop", **(env or {})},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.PIPE,
                text=True,
                errors="replace",
            )
            told = []
            with process, ended_with_this_one(process):
                for line in process.stderr or ():
                    told.append(line)
                    if line.startswith(("[", " " * 8)) and line.endswith((" s)\n", " so far)\n")):
                        tell(line.rstrip())
            output.seek(0)
            done = subprocess.CompletedProcess(
                command, process.returncode, output.read(), "".join(told)
            )
        if done.returncode:
            tell("".join(told[-20:]))
            raise CannotMeasure(f"{' '.join(command)} exited with {done.returncode}: see above.")
        return done


def children() -> float:
    """CPU seconds of all programs that were called and have ended, compilers among them."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def machine() -> str:
    """How fast this machine is, by what it takes to compile one package and what that imports."""
    LOGS.mkdir(parents=True, exist_ok=True)
    go = golang.find_or_install(LOGS / "bench.log")
    with tempfile.TemporaryDirectory(prefix="deploy-") as cache:
        used = children()
        env = {**os.environ, "GOCACHE": cache, "GOTOOLCHAIN": "local", "GOFLAGS": ""}
        done = subprocess.run([go, "build", PACKAGE], cwd=cache, env=env, capture_output=True)
        if done.returncode:
            raise CannotMeasure(f"{go} does not build {PACKAGE}: {done.stderr.decode().strip()}")
        took = children() - used
    return f"{golang.named(go)} takes {took:.1f} CPU seconds for {PACKAGE}, {os.cpu_count()} cores"


@contextmanager
def ended_with_this_one(process: subprocess.Popen[str]) -> Iterator[None]:
    """Ends a process that an interruption would leave behind."""
    try:
        yield
    except BaseException:
        process.terminate()
        process.wait()
        raise


def tell(line: str) -> None:
    """Shows progress, apart from the table."""
    print(line, file=sys.stderr, flush=True)


def parse(arguments: list[str] | None) -> argparse.Namespace:
    """What the command line asks for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--env", default="stage", help="environment to deploy to: dev, stage or prod (stage)"
    )
    parser.add_argument(
        "--repeat", type=int, default=3, metavar="N", help="runs to take the median of (3)"
    )
    parser.add_argument(
        "--cold-stack", action="store_true", help="measure a deploy on a stack that is down, too"
    )
    parser.add_argument(
        "--from-nothing",
        action="store_true",
        help="measure a deploy with empty caches and no state, too: takes some 20 minutes and 20 "
        "GiB; the stack's state is moved to a folder beside it and back at the end, the caches "
        "stay where they are and are not used; needs --yes",
    )
    parser.add_argument(
        "--from-tools",
        type=Path,
        metavar="FOLDER",
        help="measure the same with the built tools of a folder, too; needs --yes",
    )
    parser.add_argument("--yes", action="store_true", help="the state may be moved aside")
    chosen = parser.parse_args(arguments)
    if chosen.repeat < 1:
        parser.error("--repeat must be 1 or more")
    if (chosen.from_nothing or chosen.from_tools) and not chosen.yes:
        parser.error(
            "--from-nothing and --from-tools take the stack down and move its state aside while "
            "they run: add --yes if that may be"
        )
    return chosen


def main(arguments: list[str] | None = None) -> int:
    """Measures what is asked for and prints it; gives the exit code."""
    chosen = parse(arguments)
    figures: list[Figure] = []
    try:
        tell(machine())
        with clone(REPOSITORY) as folder:
            measurement = Measurement(folder, chosen.env, chosen.repeat)
            for figure in measurement.always():
                figures.append(figure)
            if chosen.cold_stack:
                figures.append(measurement.cold_stack())
            if chosen.from_nothing:
                figures.append(measurement.from_nothing())
            if chosen.from_tools:
                figures.append(measurement.from_tools(chosen.from_tools))
    except CannotMeasure as error:
        tell(f"Error: {error}")
        return 1
    except KeyboardInterrupt:
        tell("Interrupted.")
        return 130
    finally:
        if figures:
            print(table(figures))
    return 0


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    sys.exit(main())
