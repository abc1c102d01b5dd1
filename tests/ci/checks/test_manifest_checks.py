"""What is looked at of the manifests, and which lines of kube-score count."""

import re

import pytest

from ci.checks.manifest_checks import KUBERNETES, MONITORING, PLATFORM, faults
from ci.run import images
from tests.test_repository import REPOSITORY

MANIFESTS = REPOSITORY / "manifests"


def test_every_part_of_the_platform_is_looked_at() -> None:
    """Each kustomization that somebody may apply is rendered, alone or in another."""
    folders = {each.parent for each in (MANIFESTS / "platform").rglob("kustomization.yaml")}
    rendered = {MANIFESTS / "platform" / name for name in PLATFORM}

    assert rendered <= folders
    for folder in folders - rendered:
        assert folder.parent in rendered, folder


def test_kubernetes_that_manifests_are_scored_for() -> None:
    """It is the one that they are applied with, without its patch."""
    assert re.fullmatch(r"v1\.\d+", KUBERNETES)
    assert images.KUBECTL.startswith(f"registry.k8s.io/kubectl:{KUBERNETES}.")


def test_rules_are_where_they_are_looked_for() -> None:
    """promtool gets the folder that Prometheus is configured from."""
    assert (MANIFESTS / "platform" / MONITORING / "rules" / "tests.yml").is_file()


@pytest.mark.parametrize(
    ("printed", "counts"),
    [
        ("[OK] prod-web/prod apps/v1/Deployment\n", ""),
        ("[SKIPPED] prod-web/prod apps/v1/Deployment: reason\n", ""),
        ("[CRITICAL] a: bad\n[OK] b\n", "[CRITICAL] a: bad"),
        ("[WARNING] a: odd\n", "[WARNING] a: odd"),
        ("panic: no such file\n", "panic: no such file"),
    ],
)
def test_lines_that_count(printed: str, counts: str) -> None:
    """Warnings do too, and so does whatever nobody expects."""
    assert faults(printed) == counts
