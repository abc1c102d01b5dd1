"""Runs the linters on a folder, beside each other, and prints as JSON what those that fail said.

Runs by itself, with nothing but Python and the linters, where the folder is.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

LINTERS = {
    "flake8": ["flake8", "."],
    "black": ["black", "--check", "--diff", "--quiet", "."],
    "isort": ["isort", "--check-only", "--diff", "--quiet", "."],
}
MODULE = (".py", ".pyi")

STOPPED, ENDED = 137, "It was ended at its limit."
"""How this ends where a linter took too long: so that the engine does not keep the result."""


def findings(folder: Path, seconds: float) -> dict[str, str]:
    """What each linter has against a folder; raises TimeoutExpired for one that takes longer."""
    with ThreadPoolExecutor(max_workers=len(LINTERS)) as pool:
        said = pool.map(partial(_against, folder, seconds), LINTERS)
        return {name: text for name, text in zip(LINTERS, said, strict=True) if text}


def put_empty(folder: Path, modules: Iterable[str]) -> None:
    """Put modules with nothing in them where the others are, so that imports of them are known."""
    for name in modules:
        if not os.path.lexists(folder / name):
            file = folder / (name if name.endswith(MODULE) else f"{name}/__init__.py")
            file.parent.mkdir(parents=True, exist_ok=True)
            file.touch()


def _against(folder: Path, seconds: float, name: str) -> str:
    done = subprocess.run(
        # -P: a module of the folder is not taken for the linter's own, or for Python's.
        [sys.executable, "-P", "-m", *LINTERS[name]],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        timeout=seconds,
    )
    if not done.returncode:
        return ""
    return done.stdout or f"{name} exits with {done.returncode}.\n"


def main(limit: str, *modules: str) -> int:
    """Lint the folder that this is started in; the exit code."""
    put_empty(Path(), modules)
    try:
        print(json.dumps(findings(Path(), float(limit))))
    except subprocess.TimeoutExpired as error:
        print(f"{error.cmd[3]} took too long. {ENDED}")
        return STOPPED
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
