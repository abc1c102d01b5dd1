"""Registries that refuse: a second one beside the stack's, for as long as a test needs it."""

import json
import shlex
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from local.host.http import answers
from local.host.paths import NODE_ADDRESS, RUN, SPARE_REGISTRY
from local.machines.sandbox import CONTROL_PLANE
from tests.e2e import unkind as unkind_front
from tests.project import NAME

BEHIND = f"{NODE_ADDRESS}:5099"

# With characters that look different in each encoding.
USER, PASSWORD = "ci", "canary/4711+token=?"
# bcrypt of PASSWORD, the only kind of password file that the registry reads.
_ACCOUNTS = f"{USER}:$2b$05$abcdefghijklmnopqrstuu.pwS3.1yEpzhnPmw7gKw1IoE4XQHPHm\n"


@contextmanager
def running(tmp_path: Path, address: str = SPARE_REGISTRY, **settings: Any) -> Iterator[str]:
    """A registry at an address, with some settings of its own; gives a repository in it."""
    config = tmp_path / "registry.json"
    storage = {"filesystem": {"rootdirectory": str(tmp_path / "registry")}}
    config.write_text(
        json.dumps(
            {
                "version": "0.1",
                "log": {"accesslog": {"disabled": True}},
                "http": {"addr": address},
                **settings,
                "storage": {**storage, **settings.get("storage", {})},
            }
        )
    )
    with _listening(address, "docker-registry", "serve", config):
        yield f"{address}/{NAME}"


@contextmanager
def unkind(tmp_path: Path, *rules: Sequence[object]) -> Iterator[str]:
    """A registry that does to requests what the rules say; gives a repository in it."""
    front = (sys.executable, Path(unkind_front.__file__), SPARE_REGISTRY, BEHIND, json.dumps(rules))
    with running(tmp_path, BEHIND), _listening(SPARE_REGISTRY, *front):
        yield f"{SPARE_REGISTRY}/{NAME}"


@contextmanager
def _listening(address: str, *command: str | Path) -> Iterator[None]:
    """A program of the node that listens at an address, for as long as it is needed."""
    pid_file = RUN / f"{address}.pid"
    script = f"echo $$ >{pid_file}; exec {shlex.join(map(str, command))}"
    process = subprocess.Popen(CONTROL_PLANE.enter("sh", "-c", script))
    try:
        until = time.monotonic() + 20
        while not answers(f"http://{address}/v2/", accept_unauthorized=True):
            assert time.monotonic() < until, f"{command[0]} does not start"
            time.sleep(0.1)
        yield
    finally:
        subprocess.run(CONTROL_PLANE.enter("kill", pid_file.read_text().strip()), check=False)
        process.wait(timeout=10)
        pid_file.unlink()


def with_accounts(tmp_path: Path) -> dict[str, Any]:
    """Settings of a registry that only `USER` with `PASSWORD` may use."""
    accounts = tmp_path / "accounts"
    accounts.write_text(_ACCOUNTS)
    return {"auth": {"htpasswd": {"realm": "spare", "path": str(accounts)}}}


READ_ONLY: dict[str, Any] = {"storage": {"maintenance": {"readonly": {"enabled": True}}}}
