"""Control groups, in one hierarchy and in several."""

from pathlib import Path

import pytest

from local.host.paths import NAME
from local.machines import cgroups


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stands in for /sys/fs/cgroup."""
    folder = tmp_path / "cgroup"
    folder.mkdir()
    monkeypatch.setattr(cgroups, "ROOT", folder)
    return folder


@pytest.mark.parametrize(
    ("files", "unified"),
    [(("cgroup.controllers",), True), (("memory", "unified"), False)],
    ids=["version 2", "version 1, with one of version 2 beside it"],
)
def test_version_of_the_machines_groups(root: Path, files: tuple[str, ...], unified: bool) -> None:
    """It is 2 only where all controllers are in the one hierarchy at the root."""
    for name in files:
        (root / name).touch()

    assert cgroups.unified() is unified


def test_one_hierarchy(root: Path) -> None:
    """The group is made in it, and may limit what the machine can limit."""
    (root / "cgroup.controllers").write_text("cpu memory")

    cgroups.up("worker-1")

    assert (root / NAME / "worker-1").is_dir()
    assert (root / "cgroup.subtree_control").read_text() in ("+cpu", "+memory")


def test_several_hierarchies(root: Path) -> None:
    """The group is made in each, and once where one has two names."""
    for name in ("memory", "cpu,cpuacct"):
        (root / name).mkdir()
    (root / "cpu").symlink_to("cpu,cpuacct")

    cgroups.up("worker-1")

    assert sorted(path.parent.name for path in root.glob(f"*/{NAME}")) == [
        "cpu",
        "cpu,cpuacct",
        "memory",
    ]
    assert not (root / NAME).exists()


def test_group_of_processors_is_not_empty(root: Path) -> None:
    """A group without processors takes no process, so it starts with those of the machine."""
    own = root / "cpuset" / NAME
    own.mkdir(parents=True)
    (own.parent / "cpuset.cpus").write_text("0-1")
    (own / "cpuset.cpus").write_text("\n")

    cgroups.up("worker-1")

    assert (own / "cpuset.cpus").read_text() == "0-1"


def test_groups_of_one_node(root: Path) -> None:
    """Those of another stay, though no process is in them."""
    for node in ("worker-1", "worker-2"):
        (root / "memory" / NAME / node / "kubepods").mkdir(parents=True)

    cgroups.down("worker-1")

    assert [each.name for each in (root / "memory" / NAME).iterdir()] == ["worker-2"]


def test_groups_of_the_engine(root: Path) -> None:
    """They are where the engine makes them."""
    (root / "memory" / "buildkit" / "container").mkdir(parents=True)

    cgroups.down("engine")

    assert list((root / "memory").iterdir()) == []


def test_groups_are_taken_away(root: Path) -> None:
    """With all groups in them, and twice is no error."""
    pod = root / "memory" / NAME / "kubepods" / "pod1"
    pod.mkdir(parents=True)
    others = root / "memory" / "user.slice"
    others.mkdir()

    cgroups.down()
    cgroups.down()

    assert list((root / "memory").iterdir()) == [others]


def test_group_with_a_process_stays(root: Path) -> None:
    """What cannot be removed is left, without an error."""
    busy = root / "memory" / NAME / "kubepods"
    (busy / "idle").mkdir(parents=True)
    (busy / "stands-for-a-process").touch()

    cgroups.down()

    assert busy.exists()
    assert not (busy / "idle").exists()
