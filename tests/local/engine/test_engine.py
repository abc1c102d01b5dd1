"""What the engine is configured with."""

import tomllib
from pathlib import Path

import pytest

from local.engine import engine
from local.host.paths import REGISTRY, SPARE_REGISTRY

CONFIG, CONTENT = "engine.toml", "engine-content"


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder for the engine's data."""
    folder = tmp_path / "state"
    monkeypatch.setattr(engine, "STATE", folder)
    monkeypatch.setattr(engine, "_CONFIG", folder / CONFIG)
    monkeypatch.setattr(engine, "CONTENT", folder / CONTENT)
    return folder


def sdk_digest() -> str:
    """The digest of the SDK that the engine is told to use."""
    return engine.service().env["DAGGER_PYTHON_SDK_MANIFEST_DIGEST"]


def test_engine_that_is_not_configured(state: Path) -> None:
    """It says so."""
    assert not engine.configured()


def test_engine_that_is_configured(state: Path) -> None:
    """It finds its SDK by digest, in a layout that is whole."""
    engine.configure()

    assert engine.configured()
    assert (state / CONTENT / "blobs" / sdk_digest().replace(":", "/")).is_file()
    assert sorted(path.name for path in state.iterdir()) == [CONTENT, CONFIG]


def test_images_come_from_the_stacks_registry(state: Path) -> None:
    """Every registry that the project names has it for a mirror, and it is spoken to in plain."""
    engine.configure()

    registries = tomllib.loads((state / CONFIG).read_text())["registry"]
    assert registries.pop(REGISTRY) == {"http": True}
    assert registries.pop(SPARE_REGISTRY) == {"http": True}
    assert registries.keys() >= {"docker.io", "ghcr.io", "registry.k8s.io"}
    assert all(registry == {"mirrors": [REGISTRY]} for registry in registries.values())


def test_disk_that_is_nearly_full(state: Path) -> None:
    """The engine keeps what it built until gigabytes are missing, not a share of the disk."""
    engine.configure()

    limits = tomllib.loads((state / CONFIG).read_text())["worker"]["oci"]
    assert set(limits) == {"maxUsedSpace", "reservedSpace", "minFreeSpace"}
    assert not any(limit.endswith("%") for limit in limits.values())


def test_engine_that_was_killed_while_it_was_configured(state: Path) -> None:
    """What is half done is made anew, and comes out the same."""
    engine.configure()
    before = sdk_digest()
    (state / CONTENT).rename(state / "engine-content.part")
    (state / "engine-content.part" / "index.json").unlink()
    assert not engine.configured()

    engine.configure()

    assert sdk_digest() == before
