"""Sources that come as Go modules: fetched once, and checked against the checksum written here."""

import json
import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from local.host import command, lock
from local.host.errors import LocalError
from local.host.paths import CACHE


@dataclass(frozen=True)
class Source:
    """A version of a Go module, and its checksum as go.sum writes it."""

    module: str
    version: str
    checksum: str

    @property
    def home(self) -> Path:
        """Where its files lie."""
        return CACHE / "sources" / f"{self.module.replace('/', '-')}-{self.version}"

    def fetch(self, go: Path, log: Path) -> None:
        """Lays its files out in the cache, where they are not there yet."""
        with lock.held(self.home.name):
            if not self.home.exists():
                self._lay_out(go, log)

    def _lay_out(self, go: Path, log: Path) -> None:
        wanted = f"{self.module}@{self.version}"
        env = {"GOFLAGS": "-mod=mod", "GOTOOLCHAIN": "local"}
        download = (go, "mod", "download")
        command.run(*download, wanted, env=env, cwd=Path("/"), log=log)
        found = json.loads(command.run(*download, "-json", wanted, env=env, cwd=Path("/"), log=log))
        if found["Sum"] != self.checksum:
            raise LocalError(
                f"{wanted} has the checksum {found['Sum']} and not {self.checksum}: the proxy "
                "serves something else than was reviewed, so it is not used."
            )
        self.home.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=self.home.parent) as work:
            half = Path(work, "half")
            shutil.copytree(found["Dir"], half)
            for folder, _, files in os.walk(half):
                os.chmod(folder, 0o755)
                for name in files:
                    os.chmod(Path(folder, name), 0o644)
            half.rename(self.home)
