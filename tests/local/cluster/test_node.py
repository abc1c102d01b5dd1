"""A node: when containerd takes pods, where its pods are, and how often the kubelet measures."""

import re

import pytest

from local.cluster import nodes
from local.cluster.node import (
    PAUSE_IMAGE,
    _kubelet_config,
    _pod_network,
    is_success,
    services,
)
from local.host.paths import REGISTRY
from local.images import cluster
from local.machines import cgroups
from local.platform.part import MANIFESTS


@pytest.mark.parametrize(
    ("headers", "success"),
    [
        ("HTTP/2 200\r\ncontent-type: application/grpc\r\n\r\ngrpc-status: 0\r\n", True),
        ("HTTP/2 200\r\ngrpc-status: 12\r\ngrpc-message: unknown service\r\n", False),
        ("HTTP/2 200\r\ngrpc-status: 2\r\ngrpc-message: server is not initialized yet\r\n", False),
        ("", False),
    ],
    ids=["answers", "without the plugin for pods", "still reading its state", "says nothing"],
)
def test_containerd_takes_pods_when_its_answer_is_a_success(headers: str, success: bool) -> None:
    """A socket that accepts is not enough: a kubelet that asks too early ends at once."""
    assert is_success(headers) is success


@pytest.mark.parametrize(
    ("unified", "said"),
    [(True, {}), (False, {"failCgroupV1": False})],
    ids=["version 2", "version 1"],
)
def test_kubelet_is_told_of_control_groups_that_it_would_refuse(
    monkeypatch: pytest.MonkeyPatch, unified: bool, said: dict[str, bool]
) -> None:
    """It is told to start on groups of version 1 on a machine that has them, and on no other."""
    monkeypatch.setattr(cgroups, "unified", lambda: unified)

    assert {k: v for k, v in _kubelet_config(nodes.of(1)[0]).items() if k == "failCgroupV1"} == said


def test_kubelet_has_measured_whenever_metrics_server_looks() -> None:
    """The kubelet's interval may double, and Metrics Server serves after two that differ."""
    [kubelet] = [each for each in services(nodes.of(1)[0]) if each.name == "kubelet"]
    overlay = MANIFESTS / "metrics-server" / "self-signed-kubelets" / "kustomization.yaml"
    [interval] = re.findall(
        r"--housekeeping-interval=(\d+)s", " ".join(map(str, kubelet.arguments))
    )
    *_, resolution = re.findall(r"--metric-resolution=(\d+)s", overlay.read_text())

    assert 2 * int(interval) <= int(resolution)


def test_nodes_share_nothing() -> None:
    """Neither programs and their logs, nor folders, nor control groups, nor addresses of pods."""
    told = [
        {
            *(each.name for each in services(node)),
            str(node.home),
            str(_kubelet_config(node)["cgroupRoot"]),
            str(_kubelet_config(node)["podLogsDir"]),
            str(_pod_network(node)["plugins"][0]["ipam"]["ranges"]),  # type: ignore[index]
        }
        for node in nodes.of(3)
    ]

    assert len(set.union(*told)) == sum(map(len, told)) == 3 * 7


@pytest.mark.parametrize(("size", "reserved"), [(1, [False]), (3, [True, False, False])])
def test_control_plane_takes_pods_only_where_it_is_alone(size: int, reserved: list[bool]) -> None:
    """It registers as it is to be, so that no pod gets there before that is said."""
    told = [_kubelet_config(node)["registerWithTaints"] for node in nodes.of(size)]

    assert [bool(taints) for taints in told] == reserved


def test_image_of_the_nodes_pause_is_there() -> None:
    """The kubelet's own image is one of the cluster's."""
    names = [f"{REGISTRY}/{image.repository}:{image.tag}" for image in cluster.images()]

    assert PAUSE_IMAGE in names
