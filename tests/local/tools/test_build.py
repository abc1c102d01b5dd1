"""Builds: whole or not at all, and once for all who ask."""

import multiprocessing
import os
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from local.host.errors import CommandFailed
from local.host.process import Process
from local.tools.build import Build, environment, flags, standard_library
from local.tools.catalogue import LATER, Tool
from local.tools.patch import Patch
from local.tools.source import Source
from tests.local.programs import Programs
from tests.local.tools.conftest import Go

# What stands in for the compiler writes one program, and the name of each package as it ends.
COMPILE = """
echo "$GOFLAGS|$GOEXPERIMENT|$*" >"$out/hammer"
echo example.com/nail
echo example.com/hammer
echo "go: finished in a while"
"""


def calls(programs: Programs) -> list[str]:
    """What `go` was called for."""
    file = programs.folder / "calls"
    return file.read_text().split() if file.exists() else []


def build(tool: Tool, go: Path, progress: Callable[[str], None]) -> None:
    """Fetches and compiles a tool."""
    building = Build(tool, go)
    building.fetch(progress)
    building.compile(progress)


def quiet(_: str) -> None:
    """Drops what a build tells of its progress."""


def wait_until(is_so: Callable[[], bool], seconds: float = 10) -> None:
    """Returns once something is so."""
    until = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < until
        time.sleep(0.01)


def test_tool_that_is_not_built(tool: Tool, go: Go, cache: Path, logs: Path) -> None:
    """Its programs are there, the folder it was made in is gone, and the log is kept."""
    build(tool, go(COMPILE), quiet)

    assert tool.built
    assert tool.program("hammer").is_file()
    assert list((cache / "work").iterdir()) == []
    assert "example.com/hammer" in (logs / "build-hammer.log").read_text()


def test_tool_that_is_built(tool: Tool, go: Go, programs: Programs) -> None:
    """Go is not called."""
    tool.home.mkdir(parents=True)

    build(tool, go(COMPILE), quiet)

    assert calls(programs) == []


def test_progress_counts_packages(tool: Tool, go: Go) -> None:
    """Each finished package is one more of all; other lines are not counted."""
    told: list[str] = []

    build(tool, go(COMPILE), told.append)

    assert told == [
        "its modules",
        "compiling, 1 of at most 2 packages",
        "compiling, 2 of at most 2 packages",
    ]


def test_build_that_fails(tool: Tool, go: Go, logs: Path) -> None:
    """The error has the compiler's last line and the log, and the next try makes it good."""
    with pytest.raises(CommandFailed, match="main.go:7: undefined: nail") as failed:
        build(tool, go('touch "$out/half"; echo "main.go:7: undefined: nail" >&2; exit 1'), quiet)

    assert failed.value.log == logs / "build-hammer.log"
    assert not tool.built
    build(tool, go(COMPILE), quiet)
    assert os.listdir(tool.home) == ["hammer"]


def test_build_that_is_killed(tool: Tool, go: Go, programs: Programs) -> None:
    """Its compiler ends too, nothing half done is taken for a tool, and the next run makes it."""
    pid = programs.folder / "pid"
    endless = go(f'touch "$out/half"; echo $$ >{pid}.part; mv {pid}.part {pid}; exec sleep 60')
    killed = multiprocessing.get_context("fork").Process(target=build, args=(tool, endless, quiet))
    killed.start()
    wait_until(pid.exists)
    compiler = Process.of(int(pid.read_text()))
    assert compiler and compiler.alive()

    killed.kill()
    killed.join()

    wait_until(lambda: not compiler.alive())
    assert not tool.built
    build(tool, go(COMPILE), quiet)
    assert os.listdir(tool.home) == ["hammer"]


def test_half_made_folder_of_an_earlier_run(tool: Tool, go: Go, cache: Path) -> None:
    """What a killed build left behind is not in the next one's result."""
    left = cache / "work" / tool.home.name / "bin"
    left.mkdir(parents=True)
    (left / "half").touch()

    build(tool, go(COMPILE), quiet)

    assert os.listdir(tool.home) == ["hammer"]


def test_two_builds_at_once(tool: Tool, go: Go, programs: Programs) -> None:
    """One is told that it waits for the other, and the compiler runs once."""
    waiting = programs.folder / "waiting"
    program = go(f"while [ ! -e {waiting} ]; do sleep 0.01; done; {COMPILE}")

    def tell(line: str) -> None:
        if line == "another run builds it, waiting":
            waiting.touch()

    with ThreadPoolExecutor() as pool:
        for done in [pool.submit(Build(tool, program).compile, tell) for _ in range(2)]:
            done.result(timeout=30)

    assert tool.built
    assert calls(programs) == ["build"]


def test_patched_source(tool: Tool, go: Go) -> None:
    """It is what is compiled."""
    source = Source("example.com/anvil", "v1.0.0", "h1:abc=")
    source.home.mkdir(parents=True)
    (source.home / "main.go").write_text("theirs")

    build(replace(tool, patch=Patch(source, removed=())), go('cp src/main.go "$out/"'), quiet)

    (home,) = tool.home.parent.iterdir()
    assert (home / "main.go").read_text() == "theirs"


def test_standard_library(tool: Tool, go: Go, programs: Programs, logs: Path) -> None:
    """It is compiled with the flags of all tools, or none of them would find it compiled."""
    program = programs.write("go", f'echo "$GOEXPERIMENT $*" >{programs.folder}/told')

    standard_library(program)

    experiment, verb, *told, what = (programs.folder / "told").read_text().split()
    assert (experiment, verb, what) == ("jsonv2", "build", "std")
    assert told == [flag for flag in flags(tool) if flag in told]
    links = "-ldflags=-s -w -X main.version=v1.0.0"
    assert set(flags(tool)) - set(told) == {"-mod=readonly", links}


def test_flags_make_the_same_programs_everywhere(tool: Tool) -> None:
    """Neither paths nor version control get in, modules are as locked, and variables are set."""
    told = flags(tool)

    assert {"-trimpath", "-buildvcs=false", "-mod=readonly"} <= set(told)
    assert "-ldflags=-s -w -X main.version=v1.0.0" in told


@pytest.mark.parametrize(
    ("niceness", "policy"), [(0, "SCHED_OTHER"), (8, "SCHED_OTHER"), (LATER, "SCHED_IDLE")]
)
def test_compiler_of_what_no_deploy_waits_for(
    tool: Tool, go: Go, niceness: int, policy: str
) -> None:
    """It gets what all others leave, and any other its share."""
    tool = replace(tool, niceness=niceness)

    build(tool, go('chrt --pid $$ >"$out/policy"; nice >"$out/niceness"'), quiet)

    assert policy in tool.program("policy").read_text()
    assert int(tool.program("niceness").read_text()) >= niceness


@pytest.mark.parametrize(
    ("tags", "told"), [((), []), (("steel",), ["-tags=steel"]), (("a", "b"), ["-tags=a,b"])]
)
def test_tags(tool: Tool, tags: tuple[str, ...], told: list[str]) -> None:
    """Given when there are some."""
    assert [flag for flag in flags(replace(tool, tags=tags)) if "tags" in flag] == told


def test_own_settings_of_go_do_not_count(
    tool: Tool, go: Go, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The caller's GOFLAGS are dropped, and what the tool asks for is set."""
    monkeypatch.setenv("GOFLAGS", "-mod=vendor")
    monkeypatch.setenv("GOAMD64", "v4")

    build(tool, go(COMPILE), quiet)

    said = tool.program("hammer").read_text()
    assert said.startswith("|jsonv2|build -v -mod=readonly ")
    assert said.endswith(" example.com/hammer ./nail\n")
    assert environment()["GOTOOLCHAIN"] == "local"
    assert environment()["CGO_ENABLED"] == "0"
    assert environment()["GOAMD64"] == "v1"
