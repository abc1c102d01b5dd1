"""Installs a module's packages: install.py FOLDER, where its lock file lies."""

import subprocess
import sys
import tomllib
from pathlib import Path

UV = str(Path(sys.executable).parent / "uv")


def main(folder: Path) -> None:
    """Installs from requirements.lock, else uv.lock, else what pyproject.toml asks for."""
    if (folder / "requirements.lock").exists():
        install("--requirement", str(folder / "requirements.lock"))
    elif (folder / "uv.lock").exists():
        exported = folder / "exported.txt"
        subprocess.run(
            [UV, "export", "--quiet", "--frozen", "--no-dev", "--no-emit-project"]
            + ["--no-emit-package", "dagger-io", "--project", str(folder), "-o", str(exported)],
            check=True,
        )
        install("--requirement", str(exported))
    elif wanted := dependencies(folder / "pyproject.toml"):
        install(*wanted)


def install(*arguments: str) -> None:
    """Adds packages beside those of the SDK, whose versions stay as they are."""
    subprocess.run([UV, "pip", "install", "--quiet", *arguments], check=True)


def dependencies(project: Path) -> list[str]:
    """What a pyproject.toml depends on, but for dagger-io, which is here."""
    if not project.exists():
        return []
    listed = tomllib.loads(project.read_text()).get("project", {}).get("dependencies", [])
    return [one for one in listed if not one.replace("_", "-").startswith("dagger-io")]


if __name__ == "__main__":
    main(Path(sys.argv[1]))
