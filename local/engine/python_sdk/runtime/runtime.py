#!/usr/bin/env python3
"""Runs a module's functions: the entrypoint of its container."""

import gc
import os
import re
import sys
import tomllib
from pathlib import Path


def main() -> int | None:
    """Tells dagger-io what the module is called, and hands over to it."""
    os.environ.setdefault(
        "DAGGER_DEFAULT_PYTHON_PACKAGE",
        package(Path(os.environ["DAGGER_MODULE_SOURCE"], "pyproject.toml")),
    )
    os.environ.setdefault("DAGGER_MAIN_OBJECT", pascal_case(os.environ["DAGGER_MODULE"]))

    # What is imported stays: there is nothing to collect in it.
    gc.disable()
    from dagger.mod.cli import app

    gc.enable()

    return app(None, "--register" in sys.argv[1:])


def package(project: Path) -> str:
    """The package that a module's functions are in, where no entry point names it."""
    name = tomllib.loads(project.read_text()).get("project", {}).get("name", "")
    return re.sub(r"[-.\s]+", "_", name or os.environ["DAGGER_MODULE"]).lower()


def pascal_case(name: str) -> str:
    """The name of a class: `my-module` is MyModule."""
    words = re.findall(r"[A-Z]*[a-z0-9]+|[A-Z]+", name)
    return "".join(word[:1].upper() + word[1:] for word in words)


if __name__ == "__main__":
    sys.exit(main())
