"""Trivy, and a vulnerability database for it, made of advisories that come as packages."""

import tempfile
from dataclasses import replace
from pathlib import Path

from local.host import command
from local.host.keys import digest
from local.host.paths import LOGS
from local.images import oci
from local.images.program import program_image
from local.images.stand_in import StandIn
from local.tools import wheels
from local.tools.catalogue import HERE, TRIVY

_ADVISORIES = HERE / "advisories-requirements.txt"
_MORE_ADVISORIES = HERE / "advisories.yaml"
_TRIVY_DB_LAYER = "application/vnd.aquasec.trivy.db.layer.v1.tar+gzip"
_TRIVY_DB_FILE = "db.tar.gz"
_TRIVY_DB_CONFIG = "application/vnd.aquasec.trivy.config.v1+json"


def images() -> list[StandIn]:
    """Trivy's own, and the database as the artifact that it asks a registry for."""
    trivy = TRIVY.program("trivy")
    return [
        program_image(
            "aquasecurity/trivy", TRIVY.version.removeprefix("v"), trivy, "/usr/local/bin/trivy"
        ),
        StandIn(
            "aquasecurity/trivy-db",
            "2",
            digest(_ADVISORIES, _MORE_ADVISORIES, TRIVY.home.name, _TRIVY_DB_FILE),
            _write_database,
        ),
    ]


def _write_database(layout: Path) -> None:
    log = LOGS / "images.log"
    source = wheels.unpacked(_ADVISORIES, log) / "safety_db" / "insecure_full.json"
    with tempfile.TemporaryDirectory(dir=layout.parent) as work:
        command.run(TRIVY.program("advisories"), source, _MORE_ADVISORIES, work, log=log)
        layer = oci.pack(oci.tree(Path(work)), layout.parent / "trivy-db.tar.gz")
        layer = replace(layer, media_type=_TRIVY_DB_LAYER, title=_TRIVY_DB_FILE)
        oci.write_layout(layout, [layer], config_type=_TRIVY_DB_CONFIG)
