"""The sources as a cluster gets to see them."""

import pytest
import yaml

from ci.manifests import applied
from ci.project.environments import Environment
from tests.project import ENVIRONMENTS, PROD
from tests.test_repository import REPOSITORY


def resource(origin: str) -> str:
    """A rendered resource that says where it comes from."""
    annotations = {"config.kubernetes.io/origin": origin}
    return yaml.safe_dump({"kind": "Service", "metadata": {"annotations": annotations}})


@pytest.mark.parametrize(
    ("origin", "files"),
    [
        ("path: ../base/service.yaml\n", ["manifests/base/service.yaml"]),
        ("path: ../overlays/prod/a.yaml\n", ["manifests/overlays/prod/a.yaml"]),
        ("path: a.yaml\nrepo: https://example.com/b\nref: v1\n", []),
        ("configuredIn: ../overlays/dev/kustomization.yaml\n", []),
    ],
)
def test_origin_of_a_resource(origin: str, files: list[str]) -> None:
    """It is a file of the repository, or none."""
    assert list(applied.origins(resource(origin))) == files


def test_origins_of_several_resources() -> None:
    """Each is named."""
    rendered = "---\n".join(resource(f"path: ../base/{name}.yaml") for name in "ab")
    assert list(applied.origins(rendered)) == ["manifests/base/a.yaml", "manifests/base/b.yaml"]


def test_rendered_overlay() -> None:
    """It has the environment's overlay, and an image that is pinned as a deploy pins it."""
    content = yaml.safe_load(applied.kustomization(PROD))
    assert content["resources"] == ["../overlays/prod"]
    assert content["images"][0]["digest"] == "sha256:" + "0" * 64


@pytest.mark.parametrize("environment", ENVIRONMENTS.values())
def test_file_in_whose_place_it_is(environment: Environment) -> None:
    """It is a file of the repository, so that a finding can be shown at it."""
    assert (REPOSITORY / applied.path(environment)).is_file()
