"""Runs a module's functions: the entrypoint of its container."""

import os
import re
import sys
import tomllib
from pathlib import Path


def main() -> int | None:
    """Points dagger-io at the module's package and hands over to it."""
    source = Path(os.environ["DAGGER_MODULE_SOURCE"])
    package, main_object = entry_point(source / "pyproject.toml", os.environ["DAGGER_MODULE"])
    os.environ.setdefault("DAGGER_DEFAULT_PYTHON_PACKAGE", package)
    os.environ.setdefault("DAGGER_MAIN_OBJECT", main_object)
    sys.path[:0] = [str(folder) for folder in (source / "src", source) if folder.is_dir()]

    from dagger.mod.cli import app

    return app(None, "--register" in sys.argv[1:])


def entry_point(project: Path, module: str) -> tuple[str, str]:
    """The package and the main object of a module.

    As in the official SDK, both follow from names unless pyproject.toml has the entry point
    `main_object` in the group `dagger.mod`.
    """
    described = tomllib.loads(project.read_text()) if project.exists() else {}
    described = described.get("project", {})
    chosen = described.get("entry-points", {}).get("dagger.mod", {}).get("main_object")
    if chosen:
        package, _, main_object = chosen.partition(":")
        return package, main_object
    name = described.get("name", module)
    return re.sub(r"[-.\s]+", "_", name).lower(), pascal_case(module)


def pascal_case(name: str) -> str:
    """The name of a class: `my-module` is MyModule."""
    words = re.findall(r"[A-Z]*[a-z0-9]+|[A-Z]+", name)
    return "".join(word[:1].upper() + word[1:] for word in words)


if __name__ == "__main__":
    sys.exit(main())
