"""The Dagger engine, in a sandbox of its own: it takes over what it runs in."""

import json
import shutil
import socket
from pathlib import Path
from typing import Any

from local.engine import python_sdk
from local.host.paths import ENGINE_SOCKET, NODE_ADDRESS, REGISTRY, SPARE_REGISTRY, STATE
from local.images import oci
from local.machines.sandbox import ENGINE
from local.machines.service import Service
from local.tools.catalogue import DAGGER

SDK_VARIABLE = "DAGGER_PYTHON_SDK_MANIFEST_DIGEST"
START = Path(__file__).parent / "engine.sh"
_TEMPORARY = STATE / "engine-tmp"
CONTENT = STATE / "engine-content"
_CONFIG = STATE / "engine.toml"
_DATA = STATE / "engine"
_MIRRORED = ("docker.io", "ghcr.io", "registry.k8s.io")
# By default the engine drops what it has built whenever a fifth of the disk is not free, so that on
# a full laptop every call starts from nothing.
_SPACE = '[worker.oci]\nmaxUsedSpace = "30GB"\nreservedSpace = "5GB"\nminFreeSpace = "2GB"\n'


def configure() -> None:
    """Writes the engine's configuration and its built-in SDK."""
    STATE.mkdir(parents=True, exist_ok=True)
    described = (
        f'[registry."{name}"]\n{key} = {json.dumps(value)}\n'
        for name, registry in registries().items()
        for key, value in registry.items()
    )
    _CONFIG.write_text("".join([_SPACE, *described]))
    half = CONTENT.with_suffix(".part")
    shutil.rmtree(half, ignore_errors=True)
    half.mkdir()
    layer = oci.pack(python_sdk.files(), half / "sdk.tar.gz")
    if oci.write_layout(half, [layer]) != sdk_digest():
        shutil.rmtree(CONTENT, ignore_errors=True)
        half.rename(CONTENT)


def registries() -> dict[str, dict[str, Any]]:
    """How an engine gets at registries: the stack's has the images of all, and no certificate."""
    mirrored = {name: {"mirrors": [REGISTRY]} for name in _MIRRORED}
    plain = {name: {"http": True} for name in (REGISTRY, SPARE_REGISTRY)}
    return {**mirrored, **plain}


def configured() -> bool:
    """Whether the engine was configured, and can be spoken of."""
    return CONTENT.exists()


def has_worked() -> bool:
    """Whether the engine has run before, and may know what it did."""
    return _DATA.exists()


def sdk_digest() -> str:
    """The digest by which the engine finds its built-in SDK; none where there is no SDK yet."""
    if not configured():
        return ""
    index = json.loads((CONTENT / "index.json").read_text())
    return str(index["manifests"][0]["digest"])


def service() -> Service:
    """The engine; it listens on `ENGINE_SOCKET`."""
    return Service(
        name="engine",
        sandbox=ENGINE,
        # The script's text and not its path: every clone of the repository starts the same engine.
        arguments=(
            *("sh", "-c", START.read_text(), "engine.sh"),
            *(DAGGER.home, CONTENT, _CONFIG, _DATA, ENGINE_SOCKET),
        ),
        ready=_listens,
        # After a kill it first clears away what it had: minutes, where that was much.
        patience=300,
        env={
            SDK_VARIABLE: sdk_digest(),
            "TMPDIR": str(_TEMPORARY),
            # Half of its CPU time went to collecting garbage; it takes memory instead, to a bound.
            "GOGC": "400",
            "GOMEMLIMIT": "2GiB",
            "NO_PROXY": f"{NODE_ADDRESS},localhost,127.0.0.1",
        },
        config=(_CONFIG,),
    )


def _listens() -> bool:
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(2)
        try:
            client.connect(str(ENGINE_SOCKET))
        except OSError:
            return False
    return True
