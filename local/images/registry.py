"""The OCI registry: Debian's docker-registry, beside the control plane."""

import json

from local.host.http import answers
from local.host.paths import REGISTRY, REGISTRY_PORT, STATE
from local.machines.sandbox import CONTROL_PLANE
from local.machines.service import Service

_CONFIG = STATE / "registry.json"

SERVICE = Service(
    name="registry",
    sandbox=CONTROL_PLANE,
    arguments=("docker-registry", "serve", _CONFIG),
    ready=lambda: answers(f"http://{REGISTRY}/v2/"),
    port=REGISTRY_PORT,
    env={"OTEL_TRACES_EXPORTER": "none"},
    config=(_CONFIG,),
)


def configure() -> None:
    """Writes the registry's configuration; JSON is YAML too."""
    _CONFIG.parent.mkdir(parents=True, exist_ok=True)
    _CONFIG.write_text(
        json.dumps(
            {
                "version": "0.1",
                "log": {"level": "warn", "accesslog": {"disabled": True}},
                "storage": {
                    "filesystem": {"rootdirectory": str(STATE / "registry")},
                    "delete": {"enabled": True},
                },
                "http": {"addr": f":{REGISTRY_PORT}"},
            }
        )
    )
