"""Registries that refuse: a second one beside the stack's, for as long as a test needs it."""

import json
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from local.http import answers
from local.paths import RUN, SPARE_REGISTRY
from local.registry import NODE

# With characters that look different in each encoding.
USER, PASSWORD = "ci", "canary/4711+token=?"
# bcrypt of PASSWORD, the only kind of password file that the registry reads.
_ACCOUNTS = f"{USER}:$2b$05$abcdefghijklmnopqrstuu.pwS3.1yEpzhnPmw7gKw1IoE4XQHPHm\n"


@contextmanager
def running(tmp_path: Path, **settings: Any) -> Iterator[str]:
    """A registry at `SPARE_REGISTRY` with some settings of its own; gives a repository in it."""
    config = tmp_path / "registry.json"
    storage = {"filesystem": {"rootdirectory": str(tmp_path / "registry")}}
    config.write_text(
        json.dumps(
            {
                "version": "0.1",
                "log": {"accesslog": {"disabled": True}},
                "http": {"addr": SPARE_REGISTRY},
                **settings,
                "storage": {**storage, **settings.get("storage", {})},
            }
        )
    )
    pid_file = RUN / "spare-registry.pid"
    script = f"echo $$ >{pid_file}; exec docker-registry serve {config}"
    process = subprocess.Popen(NODE.enter("sh", "-c", script))
    try:
        until = time.monotonic() + 20
        while not answers(f"http://{SPARE_REGISTRY}/v2/", accept_unauthorized=True):
            assert time.monotonic() < until, "the spare registry does not start"
            time.sleep(0.1)
        yield f"{SPARE_REGISTRY}/fastapi"
    finally:
        subprocess.run(NODE.enter("kill", pid_file.read_text().strip()), check=False)
        process.wait(timeout=10)
        pid_file.unlink()


def with_accounts(tmp_path: Path) -> dict[str, Any]:
    """Settings of a registry that only `USER` with `PASSWORD` may use."""
    accounts = tmp_path / "accounts"
    accounts.write_text(_ACCOUNTS)
    return {"auth": {"htpasswd": {"realm": "spare", "path": str(accounts)}}}


READ_ONLY: dict[str, Any] = {"storage": {"maintenance": {"readonly": {"enabled": True}}}}
