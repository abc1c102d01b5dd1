"""The machine that all tests here examine: it is made once, and the last of them destroys it."""

from collections.abc import Iterator

import pytest

from tests.e2e.conftest import Result
from tests.machines.emulated import host
from tests.machines.emulated.alone import Alone, prepared


@pytest.fixture(scope="module")
def alone(built: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Alone]:
    """The host of a machine that is yet to be made."""
    host.install()
    with prepared(tmp_path_factory.mktemp("emulated")) as machine:
        yield machine


@pytest.fixture(scope="module")
def applied(alone: Alone) -> Result:
    """What OpenTofu said of making it, which takes nine minutes on a fast host."""
    return alone.tofu("apply", "-input=false", "-auto-approve")


@pytest.fixture(scope="module")
def booted(alone: Alone, applied: Result) -> Alone:
    """The machine, which is a cluster."""
    assert applied.code == 0, applied.stdout
    alone.kubectl(
        *("-n", "kube-system", "wait", "--for=condition=Ready", "pods", "--all", "--timeout=30m")
    )
    return alone
