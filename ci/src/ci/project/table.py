"""Reads a table of pyproject.toml, so that whatever is wrong in it is said in a sentence."""

import re
from collections.abc import Callable, Iterator, Mapping
from difflib import get_close_matches
from pathlib import PurePosixPath
from typing import Any

from ci.run.errors import InvalidInput

FILE = "pyproject.toml"
_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")


def wrong(key: str, what: str, remedy: str) -> InvalidInput:
    """What is wrong with a key, and what to write instead."""
    return InvalidInput(f"{key} in {FILE} {what}: {remedy}.")


class Table:
    """A table whose keys are taken out one by one; what is left over nobody asked for."""

    def __init__(self, name: str, values: Mapping[str, Any]) -> None:
        self.name = name
        self._values = dict(values)
        self._known: list[str] = []

    def text(self, key: str) -> str | None:
        """A text that is not empty, or None where the key is absent."""
        value = self._take(key)
        if value is None or (isinstance(value, str) and value.strip()):
            return value
        raise self.wrong(key, f"is {_shown(value)}", "give a text in quotes")

    def label(self, key: str) -> str | None:
        """A text that Kubernetes takes as a name, or None where the key is absent."""
        value = self.text(key)
        return value if value is None else named(self.key(key), value)

    def path(self, key: str) -> str | None:
        """A path of the repository, or None where the key is absent."""
        value = self.text(key)
        return value if value is None else self._inside(key, value)

    def address(self, key: str) -> str | None:
        """A path that is asked for over HTTP, or None where the key is absent."""
        value = self.text(key)
        if value is None or re.fullmatch(r"/[^\s#]*", value):
            return value
        raise self.wrong(key, f"is {_shown(value)}", "begin the path with a slash, such as /health")

    def flag(self, key: str) -> bool:
        """True or false; false where the key is absent."""
        value = self._take(key)
        if value is None or isinstance(value, bool):
            return bool(value)
        raise self.wrong(key, f"is {_shown(value)}", "give true or false, without quotes")

    def words(self, key: str) -> tuple[str, ...] | None:
        """A list of texts, or None where the key is absent."""
        value = self._take(key)
        if value is None:
            return None
        if isinstance(value, list) and all(isinstance(each, str) and each for each in value):
            return tuple(value)
        raise self.wrong(key, f"is {_shown(value)}", 'give a list of texts, such as ["a", "b"]')

    def paths(self, key: str) -> tuple[str, ...] | None:
        """A list of paths of the repository, or None where the key is absent."""
        value = self.words(key)
        return value and tuple(self._inside(key, each) for each in value)

    def values(self, key: str) -> Mapping[str, Any] | None:
        """A table of anything, or None where the key is absent."""
        value = self._take(key)
        if value is None or isinstance(value, dict):
            return value
        raise self.wrong(key, f"is {_shown(value)}", "make it a table")

    def table(self, key: str) -> "Table | None":
        """A table within this one, or None where the key is absent."""
        values = self.values(key)
        return values if values is None else Table(self.key(key), values)

    def tables(self, key: str) -> Iterator[tuple[str, "Table"]]:
        """The tables within a table of this one, by name; none where the key is absent."""
        within = Table(self.key(key), self.values(key) or {})
        for name in list(within._values):
            yield name, Table(within.key(name), within.values(name) or {})

    def needed(self, read: Callable[[str], Any], key: str, remedy: str) -> Any:
        """What a key says that must be there, as `read` reads it."""
        value = read(key)
        if not value:
            raise self.absent(key, "is missing" if value is None else "is empty", remedy)
        return value

    def absent(self, key: str, what: str, remedy: str) -> InvalidInput:
        """What is wrong with a key that says nothing; a misspelt one in its place is named."""
        for misspelt in get_close_matches(key, self._values, n=1):
            return self.wrong(misspelt, "is not known", f"write {key}, if that is meant")
        return self.wrong(key, what, remedy)

    def ended(self) -> None:
        """Refuse the keys that nobody asked for."""
        for key in self._values:
            raise self.wrong(
                key, "is not known", f"remove it, or give one of {', '.join(sorted(self._known))}"
            )

    def key(self, key: str) -> str:
        return f"{self.name}.{key}"

    def wrong(self, key: str, what: str, remedy: str) -> InvalidInput:
        return wrong(self.key(key), what, remedy)

    def _take(self, key: str) -> Any:
        self._known.append(key)
        return self._values.pop(key, None)

    def _inside(self, key: str, value: str) -> str:
        path = PurePosixPath(value)
        if path.is_absolute() or ".." in path.parts:
            raise self.wrong(
                key, f"is {_shown(value)}", "give a path of the repository, from its top"
            )
        return str(path)


def named(key: str, value: str) -> str:
    """A value that Kubernetes takes as a name; raises InvalidInput for any other."""
    if _LABEL.fullmatch(value):
        return value
    raise wrong(
        key,
        f"is {_shown(value)}, which Kubernetes takes for no name",
        "use small letters, digits and dashes, 63 at most",
    )


def _shown(value: object) -> str:
    return f'"{value}"' if isinstance(value, str) else str(value)
