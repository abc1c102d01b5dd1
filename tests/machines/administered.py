"""A cluster whose administrator the tests are."""

import json
from abc import ABC, abstractmethod
from pathlib import Path
from typing import Any

from local.host import command


class Administered(ABC):
    """It is asked, and told, by kubectl."""

    @property
    @abstractmethod
    def _kubectl(self) -> list[str | Path]:
        """kubectl, where the cluster is reached, as its administrator."""

    def kubectl(self, *arguments: str, stdin: str | None = None) -> str:
        """Runs kubectl; gives what it printed."""
        return command.run(*self._kubectl, *arguments, stdin=stdin)

    def objects(self, *arguments: str) -> list[dict[str, Any]]:
        """The objects that a question of kubectl's finds."""
        found: list[dict[str, Any]] = json.loads(self.kubectl("get", *arguments, "-o", "json"))[
            "items"
        ]
        return found
