"""Data of another Kubernetes, found where the stack comes up."""

import json
from pathlib import Path

import pytest

from local.cluster import control_plane, takeover
from local.host.errors import Conflict
from local.stack import stack
from local.stack.stack import Standing
from local.tools.catalogue import KUBERNETES


@pytest.mark.parametrize(
    ("found", "wanted", "change"),
    [
        ("", "v1.36.3", ""),
        ("v1.36.3", "v1.36.3", ""),
        ("v1.36.1", "v1.36.3", ""),
        ("v1.36.5", "v1.36.3", ""),
        (
            "v1.34.4",
            "v1.36.3",
            "Kubernetes v1.34.4 becomes v1.36.3, and goes on with the data that is there.",
        ),
    ],
    ids=["no data", "of the same", "of an earlier patch", "of a later patch", "of an older minor"],
)
def test_data_that_can_be_read(found: str, wanted: str, change: str) -> None:
    """A new cluster, a patch and a tried upgrade go on; only the last is worth a sentence."""
    assert takeover.examine(found, wanted) == change


@pytest.mark.parametrize(
    ("found", "reason"),
    [
        ("v1.37.2", "is of Kubernetes v1.37.2, and v1.36.3 cannot be trusted to read it"),
        ("v2.0.0", "is of Kubernetes v2.0.0, and v1.36.3 cannot be trusted to read it"),
        ("v1.33.13", "is of Kubernetes v1.33.13, and v1.36.3 goes on with that of v1.34 and later"),
        ("v1.9.11", "is of Kubernetes v1.9.11, and v1.36.3 goes on with that of v1.34 and later"),
    ],
    ids=["newer minor", "newer major", "older than was tried", "minor of one digit"],
)
def test_data_that_cannot_be_read(found: str, reason: str) -> None:
    """It is refused, and the sentence has both ways on."""
    with pytest.raises(Conflict, match=reason) as refused:
        takeover.examine(found, "v1.36.3")

    assert "python3 -m local down --purge" in str(refused.value)


def test_version_of_the_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is the one in the configuration that the stack itself writes for kubeadm."""
    config = tmp_path / "kubeadm.yaml"
    assert takeover.written_by(config) == ""

    config.write_text(control_plane._kubeadm_config())

    assert takeover.written_by(config) == KUBERNETES.version


def test_nothing_is_started_on_data_that_cannot_be_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cache: Path
) -> None:
    """`up` refuses before its first step."""
    config = tmp_path / "kubeadm.yaml"
    config.write_text(json.dumps({"kubernetesVersion": "v9.0.0"}))
    monkeypatch.setattr(control_plane, "KUBEADM_CONFIG", config)
    monkeypatch.setattr("local.host.preflight.check_this_machine", lambda: None)
    monkeypatch.setattr("local.host.preflight.check_disks", lambda tools_are_built: None)
    monkeypatch.setattr(stack, "standing", lambda: Standing(core=False))
    monkeypatch.setattr(stack, "run", lambda steps, tell: pytest.fail("a step was taken"))

    with pytest.raises(Conflict, match="of Kubernetes v9.0.0"):
        stack.up(lambda line: None, ())


def test_what_the_only_node_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It goes, and who it was; what the cluster and the registry keep stays."""
    monkeypatch.setattr(takeover, "STATE", tmp_path)
    for name in ("containerd/root", "kubelet/pods", "kubeconfigs", "etcd", "registry", "nodes"):
        (tmp_path / name).mkdir(parents=True)
    for name in ("kubelet.json", "kubeconfigs/kubelet.conf", "kubeconfigs/scheduler.conf"):
        (tmp_path / name).touch()

    takeover.drop_abandoned()
    takeover.drop_abandoned()

    left = {str(each.relative_to(tmp_path)) for each in tmp_path.rglob("*")}
    assert left == {"kubeconfigs", "kubeconfigs/scheduler.conf", "etcd", "registry", "nodes"}
