"""Sandboxes that are up, that are down, and that were there before a crash."""

import os
import re
from pathlib import Path

import pytest

from local.host.errors import LocalError
from local.host.process import Process
from local.machines.sandbox import CONTROL_PLANE, ENGINE, WORKERS, Sandbox, others
from tests.e2e import processes

NODE = Sandbox("node", "10.0.0.2")
ALL = (CONTROL_PLANE, *WORKERS, ENGINE)


@pytest.fixture
def init(run_folder: Path) -> Process:
    """The first process of a sandbox that is up: this one stands in for it."""
    run_folder.mkdir()
    mine = Process.of(os.getpid())
    assert mine
    mine.save(run_folder / "node.sandbox")
    return mine


def test_sandbox_that_is_up(init: Process) -> None:
    """It is not made again, and a program enters its namespaces by the id of its first process."""
    assert NODE.init == init
    assert NODE.up() is False
    entered = NODE.enter("ls", Path("/run"))
    assert entered[:3] == ["nsenter", "--target", str(init.pid)]
    assert entered[-3:] == ["--", "ls", "/run"]


def test_sandbox_whose_id_was_reused(init: Process, run_folder: Path) -> None:
    """After a crash another process may have the id: the sandbox is down."""
    Process(init.pid, init.started - 1).save(run_folder / "node.sandbox")

    assert NODE.init is None


def test_sandbox_that_is_down(run_folder: Path) -> None:
    """Nothing can enter it, and the sentence says how to bring it up."""
    assert NODE.init is None
    told = "The sandbox node is down: call `python -m local up`."
    with pytest.raises(LocalError, match=re.escape(told)):
        NODE.enter("ls")


def test_sandbox_that_is_down_has_no_cable(run_folder: Path) -> None:
    """There is nothing to plug in."""
    NODE.connect("no-such-bridge", mtu=1500)


def test_cables_fit_in_the_kernels_names() -> None:
    """An interface has a name of at most 15 characters, which differs between sandboxes."""
    names = {each.interface for each in ALL}
    assert len(names) == len(ALL)
    assert max(map(len, names)) <= 15


def test_sandbox_of_another_version(init: Process) -> None:
    """It is found by what it has left, and can be taken down."""
    assert [each.name for each in others(ALL)] == ["node"]
    assert others([NODE]) == []
    assert others(ALL)[0].init == init


def test_processes_of_a_namespace_are_found(init: Process) -> None:
    """This process is among those that share its namespace."""
    assert os.getpid() in processes.inside(init)
