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
from local.tools.build import build, environment, flags
from local.tools.catalogue import Patch, Tool
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
        "fetching modules",
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
    left = cache / "work" / "hammer" / "bin"
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
        for done in [pool.submit(build, tool, program, tell) for _ in range(2)]:
            done.result(timeout=30)

    assert tool.built
    assert calls(programs) == ["list", "build"]


def test_patched_source_is_laid_out(tool: Tool, go: Go, cache: Path) -> None:
    """Beside go.mod, without what is removed, and with what is added in its place."""
    source = Source("example.com/anvil", "v1.0.0", "h1:abc=")
    for name in ("main.go", "docs/guide.md", "sdk/broken.go", "sdk/kept.txt"):
        (source.home / name).parent.mkdir(parents=True, exist_ok=True)
        (source.home / name).write_text("theirs")
    (tool.sources / "ours.go").write_text("ours")
    patch = Patch(source, removed=("docs", "sdk/*.go"), added={"ours.go": "sdk/working.go"})

    build(replace(tool, patch=patch), go('find src -type f | sort >"$out/files"'), quiet)

    (home,) = (cache / "tools").iterdir()
    assert (home / "files").read_text().split() == [
        "src/main.go",
        "src/sdk/kept.txt",
        "src/sdk/working.go",
    ]
    assert (source.home / "docs").exists()


def test_flags_make_the_same_programs_everywhere(tool: Tool) -> None:
    """Neither paths nor version control get in, modules are as locked, and variables are set."""
    told = flags(tool)

    assert {"-trimpath", "-buildvcs=false", "-mod=readonly"} <= set(told)
    assert "-ldflags=-s -w -X main.version=v1.0.0" in told


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
    tool = replace(tool, env={"GOEXPERIMENT": "jsonv2"})

    build(tool, go(COMPILE), quiet)

    said = tool.program("hammer").read_text()
    assert said.startswith("|jsonv2|build -v -mod=readonly ")
    assert said.endswith(" example.com/hammer ./nail\n")
    assert environment(tool)["GOTOOLCHAIN"] == "local"
    assert environment(tool)["CGO_ENABLED"] == "0"
    assert environment(tool)["GOAMD64"] == "v1"
    assert environment(replace(tool, env={}))["GOEXPERIMENT"] == ""
