"""Services that are none of ours, each in a repository of its own beside the pipeline's."""

import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local.host.paths import KUBECONFIG, REGISTRY, REPOSITORY
from local.tools.catalogue import DAGGER, KUBERNETES
from tests.e2e.conftest import QUICKLY, Result, run
from tests.project import NAME

SERVICES = Path(__file__).with_name("services")
NAMES = ("pages", "orders", "clock")
BESIDE = "pyproject.toml"
"""All that a service has for the pipeline, besides what is its own."""

ENV = "dev"
# A static program has no operating system around it: what the gate says of that is to name it.
_SCANNED = {"clock": ("--unsupported-system", "report")}


@dataclass(frozen=True)
class Foreign:
    """A service in its repository, and the report of its first release."""

    name: str
    folder: Path
    result: Result

    @property
    def report(self) -> dict[str, Any]:
        """Of its first release."""
        assert self.result.code == 0, self.result.error
        found: dict[str, Any] = json.loads(self.result.stdout)
        return found

    @property
    def image(self) -> str:
        """By digest."""
        return str(self.report["image"])

    def call(self, *arguments: str | Path) -> Result:
        """Run a verb of the pipeline here, whose module is elsewhere."""
        return call_from(self.folder, *arguments)

    def again(self, *arguments: str) -> Result:
        """Deploy the image of the first release, as its manifests are now."""
        return self.call("deploy", "--env", ENV, "--image", self.image, *QUICKLY, *arguments)

    @contextmanager
    def changed(self, path: str, before: str, after: str) -> Iterator[None]:
        """Have a file of it say something else meanwhile."""
        file = self.folder / path
        text = file.read_text()
        assert before in text
        file.write_text(text.replace(before, after))
        try:
            yield
        finally:
            file.write_text(text)


def call_from(folder: Path, *arguments: str | Path) -> Result:
    """Run a verb of this repository's module in another folder."""
    words = ("--progress=plain", "-m", REPOSITORY, "call", *arguments)
    return run(DAGGER.program("dagger"), *words, cwd=folder)


def brought(name: str, parent: Path) -> Foreign:
    """A service in a new repository, once it was deployed."""
    folder = parent / name
    shutil.copytree(SERVICES / name, folder)
    ours = f"{REGISTRY}/{NAME}"
    defaults = (REPOSITORY / ".env").read_text().replace(ours, f"{REGISTRY}/{name}")
    (folder / ".env").write_text(defaults)
    (folder / ".gitignore").write_text(".env\n")
    author = ("-c", "user.name=Somebody", "-c", "user.email=somebody@example.com")
    commit = ("commit", "--quiet", "--message", "Begin")
    for words in (("init", "--quiet", "--initial-branch=main"), ("add", "."), (*author, *commit)):
        assert run("git", *words, cwd=folder).code == 0
    shown = ("--format", "json", *_SCANNED.get(name, ()), *QUICKLY)
    return Foreign(name, folder, call_from(folder, "deploy", "--env", ENV, *shown))


def removed(service: Foreign) -> None:
    """Leave nothing of it in the environment."""
    rendered = kubectl("kustomize", str(service.folder / "manifests" / "overlays" / ENV))
    file = service.folder / "rendered.yaml"
    file.write_text(rendered)
    kubectl("delete", "--ignore-not-found", "--filename", str(file))
    app = f"{ENV}-{service.name}"
    kubectl("-n", ENV, "delete", "secrets", "-l", f"app.kubernetes.io/instance={app}")
    kubectl("-n", ENV, "delete", "lease", app, "--ignore-not-found")


def kubectl(*words: str) -> str:
    """What kubectl prints, as the cluster's administrator."""
    done = run(KUBERNETES.program("kubectl"), "--kubeconfig", KUBECONFIG, *words)
    assert done.code == 0, done.printed
    return done.stdout


Bring = Callable[[str], Foreign]
