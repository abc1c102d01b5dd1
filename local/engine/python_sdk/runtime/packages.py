"""Installs a module's packages: packages.py prepare | update | install, beside its lock file.

The commands are those of the official runtime, in its order. Source: sdk/python/runtime/main.go of
Dagger v0.21.8, WithUpdates and WithInstall.
"""

import subprocess
import sys
from pathlib import Path

LOCK, UV_LOCK = "requirements.lock", "uv.lock"
PROJECTS = ("pyproject.toml", "sdk/pyproject.toml")
LOCKED = ("--no-deps", "-r", LOCK)


def prepares(module: Path) -> list[list[str]]:
    """The commands that install what a lock file names, before its module is there."""
    if (module / UV_LOCK).exists() or not (module / LOCK).exists():
        return []
    return [["uv", "pip", "install", *LOCKED]]


def updates(module: Path) -> list[list[str]]:
    """The commands that bring a module's lock file up to date, where it has one."""
    if (module / UV_LOCK).exists():
        return [["uv", "lock"]]
    if (module / LOCK).exists():
        return [["uv", "pip", "compile", "-q", "--universal", "-o", LOCK, *PROJECTS]]
    return []


def installs(module: Path) -> list[list[str]]:
    """The commands that install the module, the SDK and what both need."""
    if (module / UV_LOCK).exists():
        return [["uv", "sync", "--no-dev"]]
    locked = LOCKED if (module / LOCK).exists() else ()
    return [["uv", "pip", "install", "-e", "./sdk", "-e", ".", *locked], ["uv", "pip", "check"]]


def main(command: str, module: Path) -> None:
    """Runs the commands of a step; the first that fails ends it."""
    steps = {"prepare": prepares, "update": updates, "install": installs}
    run(steps[command](module))
    if command == "install":
        # The SDK and the module are used where they lie, and would be compiled at each call.
        run([[sys.executable, "-m", "compileall", "-q", "--invalidation-mode=unchecked-hash", "."]])


def run(commands: list[list[str]]) -> None:
    for command in commands:
        if code := subprocess.run(command).returncode:
            sys.exit(code)


if __name__ == "__main__":
    main(sys.argv[1], Path.cwd())
