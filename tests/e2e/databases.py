"""Vulnerability databases that are not what they should be, in a registry."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from local.images import oci
from local.tools.catalogue import TRIVY
from tests.e2e.conftest import run

_LAYER = "application/vnd.aquasec.trivy.db.layer.v1.tar+gzip"
_CONFIG = "application/vnd.aquasec.trivy.config.v1+json"
_SCHEMA = 2


def garbage(folder: Path) -> None:
    """A database of today that is no database."""
    now = datetime.now(UTC).isoformat()
    dates = {name: now for name in ("UpdatedAt", "NextUpdate", "DownloadedAt")}
    (folder / "metadata.json").write_text(json.dumps({"Version": _SCHEMA, **dates}))
    (folder / "trivy.db").write_bytes(b"garbage" * 4096)


def empty(folder: Path) -> None:
    """A whole database of today that knows no vulnerability."""
    _write(folder, {}, "{}")


def without_debian(folder: Path) -> None:
    """A whole database of today that knows what is wrong with Python's packages only."""
    jinja = {"advisory": "ReDoS.", "cve": "CVE-2020-28493", "id": "1", "specs": ["<2.11.3"]}
    _write(folder, {"jinja2": [jinja]}, "{}")


def _write(folder: Path, python: dict[str, Any], more: str) -> None:
    source, added = folder.with_name("advisories.json"), folder.with_name("advisories.yaml")
    meta = {"$meta": {"timestamp": int(datetime.now(UTC).timestamp())}}
    source.write_text(json.dumps({**meta, **python}))
    added.write_text(more)
    written = run(TRIVY.program("advisories"), source, added, folder)
    assert written.code == 0, written.printed


def push(folder: Path, repository: str) -> str:
    """Pushes a folder with a database; its reference, as an argument."""
    layout, reference = folder.with_name("layout"), f"{repository}:{_SCHEMA}"
    layer = oci.pack(oci.tree(folder), folder.with_name("db.tar.gz"))
    layer = replace(layer, media_type=_LAYER, title="db.tar.gz")
    oci.write_layout(layout, [layer], config_type=_CONFIG)
    source, target = f"oci:{layout}:image", f"docker://{reference}"
    pushed = run("skopeo", "copy", "--quiet", "--dest-tls-verify=false", source, target)
    assert pushed.code == 0, pushed.printed
    return reference
