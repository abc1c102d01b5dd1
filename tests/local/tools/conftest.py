"""A tool to build, and what stands in for its compiler."""

from collections.abc import Callable
from pathlib import Path

import pytest

from local.tools.catalogue import Tool
from tests.local.programs import Programs

Go = Callable[[str], Path]


@pytest.fixture
def tool(cache: Path, logs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tool:
    """A tool that is not built."""
    monkeypatch.setattr("local.tools.catalogue.HERE", tmp_path / "tools")
    sources = tmp_path / "tools" / "hammer"
    sources.mkdir(parents=True)
    (sources / "go.mod").write_text("module hammer\n\ngo 1.26\n")
    return Tool(
        name="hammer",
        module="example.com/hammer",
        version="v1.0.0",
        packages=("example.com/hammer", "./nail"),
        variables={"main.version": "v1.0.0"},
    )


@pytest.fixture
def go(programs: Programs) -> Go:
    """Makes a `go` whose `build` does what a script says, with the output folder in $out."""

    def write(compiling: str) -> Path:
        return programs.write(
            "go",
            f"""echo "$1" >>{programs.folder}/calls
            if [ "$1" = list ]; then echo example.com/nail; echo example.com/hammer; exit; fi
            for word; do out=$next; next=$word; [ "$out" != -o ] || break; done
            out=$word; mkdir -p "$out"
            {compiling}""",
        )

    return write
