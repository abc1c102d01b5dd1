"""An image that the stack serves under the name of the one it stands in for.

Each becomes an OCI layout in the cache, keyed by what went into it, and is pushed to the stack's
registry, which stands in for the registries in the names.
"""

import http.client
import json
import tempfile
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from local.host import command
from local.host.paths import CACHE, LOGS, REGISTRY
from local.images import oci


@dataclass(frozen=True)
class StandIn:
    """An image under the repository and tag of the one it stands in for.

    `write` puts an OCI layout into an empty folder; `key` changes with what goes in.
    """

    repository: str
    tag: str
    key: str
    write: Callable[[Path], object]

    @property
    def layout(self) -> Path:
        """Where its OCI layout lies."""
        return CACHE / "images" / f"{self.repository.replace('/', '-')}-{self.tag}-{self.key}"

    def build(self) -> None:
        """Makes the layout, where it is not in the cache."""
        if self.layout.exists():
            return
        self.layout.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=self.layout.parent) as work:
            half = Path(work, "layout")
            half.mkdir()
            self.write(half)
            half.rename(self.layout)

    @property
    def pushed(self) -> bool:
        """Whether the registry holds the layout."""
        return self.layout.exists() and self._digest_in_registry() == _digest_in(self.layout)

    def push(self) -> None:
        """Pushes the layout, where the registry does not hold it."""
        self.build()
        reference = f"{REGISTRY}/{self.repository}:{self.tag}"
        if not self.pushed:
            command.run(
                "skopeo", "copy", "--quiet", "--dest-tls-verify=false",
                f"oci:{self.layout}:image", f"docker://{reference}", log=LOGS / "images.log",
            )  # fmt: skip

    def _digest_in_registry(self) -> str:
        question = urllib.request.Request(
            f"http://{REGISTRY}/v2/{self.repository}/manifests/{self.tag}",
            method="HEAD",
            headers={"Accept": oci.MANIFEST},
        )
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(question, timeout=10) as answer:
                return str(answer.headers["Docker-Content-Digest"])
        except (OSError, http.client.HTTPException):  # Also where it says that it has none.
            return ""


def _digest_in(layout: Path) -> str:
    return str(json.loads((layout / "index.json").read_text())["manifests"][0]["digest"])
