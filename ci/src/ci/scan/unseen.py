"""What Trivy does not look at in a repository, and why. Started as a program, it says so as JSON.

It runs beside the sources, in an image of Python's own: no import but the standard library's.
"""

import json
import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

PINNED = r"(^|/)([^/]*(requirements|constraints)[^/]*\.(txt|lock)|requirements/[^/]+\.txt)$"
"""Files with a package and its version in each line, as a regular expression that Go knows too."""
BINARY = "for secrets, for it is binary"
RANGES = "for vulnerabilities, for no lock file beside it names a version"
_LOCKS = {
    "pyproject.toml": ("uv.lock", "poetry.lock", "pylock.toml"),
    "Pipfile": ("Pipfile.lock",),
    "package.json": ("package-lock.json", "yarn.lock", "pnpm-lock.yaml", "bun.lock"),
    "Cargo.toml": ("Cargo.lock",),
    "Gemfile": ("Gemfile.lock",),
    "composer.json": ("composer.lock",),
}
"""What names ranges, and where Trivy finds the versions: beside it or in a folder above."""
_HEAD, _SMALLEST = 300, 10
_NAME = re.compile(r"\s*([A-Za-z0-9][\w.-]*)\s*(?:\[[^\]]*\])?\s*(===?[^,;*]+(?=[\s;\\#]|$))?")


def unseen(root: Path) -> dict[str, list[str]]:
    """Each reason, with the files that it is about; of ranges also the packages."""
    files = sorted(path for path in root.rglob("*") if path.is_file() and not path.is_symlink())
    found = {
        BINARY: [_name(each, root) for each in files if _is_binary(each)],
        RANGES: [f"{_name(each, root)} ({told})" for each in files if (told := _open(each, root))],
    }
    return {reason: names for reason, names in found.items() if names}


def remarks(text: str, shown: int = 10) -> list[str]:
    """A sentence for each reason in the JSON that this program prints."""
    return [
        f"Not looked at {reason}: {', '.join(names[:shown])}"
        + (f" and {len(names) - shown} more." if len(names) > shown else ".")
        for reason, names in json.loads(text).items()
    ]


def _name(path: Path, root: Path) -> str:
    return path.relative_to(root).as_posix()


def _is_binary(path: Path) -> bool:
    """As Trivy tells: control characters in the first bytes."""
    with path.open("rb") as file:
        head = file.read(_HEAD)
    text = {7, 8, 9, 10, 12, 13, 27}
    return len(head) >= _SMALLEST and any(
        (byte < 0x20 and byte not in text) or byte == 0x7F for byte in head
    )


def _open(path: Path, root: Path) -> str:
    """What a file asks for without a version that Trivy finds beside it."""
    name = _name(path, root)
    if re.search(PINNED, name) or path.suffix == ".in" and "requirements" in path.name:
        asked = list(_lines(path))
    elif path.name in _LOCKS:
        if any(
            (folder / lock).exists() for folder in _above(path, root) for lock in _LOCKS[path.name]
        ):
            return ""
        if path.name != "pyproject.toml":
            return "all that it names"
        asked = list(_project(path))
    else:
        return ""
    pinned = {
        package
        for beside in path.parent.iterdir()
        if beside.is_file() and re.search(PINNED, _name(beside, root))
        for package, version in map(_requirement, _lines(beside))
        if version
    }
    names = (package for package, version in map(_requirement, asked) if package and not version)
    return ", ".join(sorted({each for each in names if each not in pinned}))


def _above(path: Path, root: Path) -> Iterator[Path]:
    folder = path.parent
    yield folder
    while folder != root:
        folder = folder.parent
        yield folder


def _lines(path: Path) -> Iterator[str]:
    """The requirements in a file of pip's, without its options."""
    for line in path.read_text(errors="replace").splitlines():
        if line.strip() and line.lstrip()[0] not in "#-":
            yield line


def _project(path: Path) -> Iterator[str]:
    """The requirements in a pyproject.toml, as far as it is one."""
    try:
        content = tomllib.loads(path.read_text(errors="replace"))
    except (tomllib.TOMLDecodeError, RecursionError):
        return
    project = _table(content.get("project"))
    yield from _texts(project.get("dependencies"))
    groups = [project.get("optional-dependencies"), content.get("dependency-groups")]
    for group in map(_table, groups):
        for asked in group.values():
            yield from _texts(asked)
    yield from _texts(_table(content.get("build-system")).get("requires"))


def _table(value: object) -> dict[str, object]:
    return value if isinstance(value, dict) else {}


def _texts(value: object) -> list[str]:
    return [each for each in value if isinstance(each, str)] if isinstance(value, list) else []


def _requirement(line: str) -> tuple[str, str]:
    """The normalised name, and the version if there is exactly one."""
    match = _NAME.match(line)
    if not match:
        return "", ""
    return re.sub(r"[-_.]+", "-", match[1]).lower(), match[2] or ""


if __name__ == "__main__":
    print(json.dumps(unseen(Path(sys.argv[1]))))
