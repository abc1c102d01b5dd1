"""Tools that were built once: handed on as wheels, and used on a machine that has built none."""

import sys
from pathlib import Path

import pytest

from local.host.paths import NAME, REPOSITORY
from local.tools.catalogue import PART_TOOLS, TOOLS
from tests.e2e.conftest import run

pytestmark = [pytest.mark.e2e, pytest.mark.soak, pytest.mark.usefixtures("stack")]

# What `up` does for each tool, on a machine without a compiler.
TAKES_ALL = """
import os
from local.tools import golang
from local.tools.catalogue import PART_TOOLS, TOOLS
from local.tools.get import get
from local.tools.team import elsewhere

def find_or_install(*_):
    raise SystemExit("a compiler was asked for")

golang.find_or_install = find_or_install
for tool in (*TOOLS, *PART_TOOLS):
    get(tool, elsewhere.place(os.environ), print, lambda _: None)
"""


class TestToolsOfATeam:
    def test_are_used_where_nothing_is_built(self, tmp_path: Path) -> None:
        """All of this machine's, by the checksums of the repository, and no compiler is called."""
        wheels, cache = tmp_path / "wheels", tmp_path / "cache"
        exported = run(sys.executable, "-m", "local", "tools", "export", wheels)
        assert exported.code == 0, exported.error
        assert len(list(wheels.glob("*.whl"))) == len((*TOOLS, *PART_TOOLS)), exported.error

        elsewhere = {"XDG_CACHE_HOME": str(cache), "DAGGERW_TOOLS": str(wheels)}
        taken = run(sys.executable, "-c", TAKES_ALL, cwd=REPOSITORY, env=elsewhere)

        assert (taken.code, taken.stdout) == (0, ""), taken.error
        made = {home.name for home in (cache / NAME / "tools").iterdir()}
        assert made == {tool.home.name for tool in (*TOOLS, *PART_TOOLS)}
