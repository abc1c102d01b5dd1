"""Changes to the source of a module, before it is compiled."""

import re
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from local.host.errors import LocalError
from local.tools.source import Source


@dataclass(frozen=True)
class Patch:
    """A module that is taken from ./src beside go.mod, without what has no use or cannot be had.

    `removed` are files and folders, by pattern; `added` are files of ours, and where they go;
    `without` are lines that go, by file and by patterns; `instead` is what stands where a pattern
    matched. Each pattern has to match something.
    """

    source: Source
    removed: tuple[str, ...] = ()
    added: dict[str, str] = field(default_factory=dict)
    without: dict[str, tuple[str, ...]] = field(default_factory=dict)
    instead: dict[str, dict[str, str]] = field(default_factory=dict)

    def lay_out(self, folder: Path) -> None:
        """Lays the module out in a folder with a go.mod; raises LocalError where it is another."""
        source = folder / "src"
        _replace(self.source.module, folder / "go.mod")
        shutil.copytree(self.source.home, source)
        for pattern in self.removed:
            _remove(source, pattern)
        for name, target in self.added.items():
            (folder / name).rename(source / target)
        for name, patterns in self.without.items():
            (source / name).write_text(_without(patterns, (source / name).read_text(), name))
        for name, changes in self.instead.items():
            (source / name).write_text(_changed(changes, (source / name).read_text(), name))


def _replace(module: str, go_mod: Path) -> None:
    """Of two replacements for one module, Go takes neither."""
    other = rf"^(replace )?\t?{re.escape(module)} => .*\n"
    without = re.sub(other, "", go_mod.read_text(), flags=re.MULTILINE)
    go_mod.write_text(f"{without}\nreplace {module} => ./src\n")


def _remove(source: Path, pattern: str) -> None:
    found = list(source.glob(pattern))
    for path in found:
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    if not found:
        raise _misfit(f"there is no {pattern}")


def _without(patterns: Sequence[str], text: str, name: str) -> str:
    lines = text.splitlines(keepends=True)
    for pattern in patterns:
        kept = [line for line in lines if not re.search(pattern, line)]
        if len(kept) == len(lines):
            raise _misfit(f"{name} has no line with {pattern}")
        lines = kept
    return "".join(lines)


def _changed(changes: dict[str, str], text: str, name: str) -> str:
    for pattern, replacement in changes.items():
        text, count = re.subn(pattern, replacement, text)
        if not count:
            raise _misfit(f"{name} has nothing like {pattern}")
    return text


def _misfit(what: str) -> LocalError:
    return LocalError(
        f"A patch in local/tools/catalogue.py is for another version of its module: {what}."
    )
