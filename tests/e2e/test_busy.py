"""An API server that has too many requests: it is waited for, whatever it was asked."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.e2e import api_proxy
from tests.e2e.conftest import Result
from tests.e2e.releases import ENV, serves

pytestmark = [pytest.mark.e2e, pytest.mark.soak]

Call = Callable[..., Result]


def test_deploy_to_a_busy_cluster(call: Call, good: str, tmp_path: Path) -> None:
    """The first request, the Lease, the dry run and the apply are each refused for seconds."""
    with api_proxy.busy(tmp_path) as (proxy, config):
        deployed = call("deploy", "--env", ENV, "--image", good, "--kubeconfig", config)
    assert deployed.code == 0, deployed.error
    assert set(proxy.refused) == set(api_proxy.BUSY_SECONDS)
    assert min(proxy.refused.values()) > 0
    serves(good)
