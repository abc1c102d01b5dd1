"""The commands of the guides, run as they stand there."""

import os

import pytest

from local.host.paths import KUBECONFIG
from local.tools.catalogue import DAGGER, KUBERNETES
from tests.docs.commands import RUN
from tests.e2e.conftest import run

pytestmark = [pytest.mark.e2e, pytest.mark.usefixtures("stack")]

PROGRAMS = f"{DAGGER.home}:{KUBERNETES.home}"


@pytest.mark.parametrize("command", RUN)
def test_command_of_the_guides(command: str) -> None:
    """It does what it is there for, typed in the repository by the cluster's administrator."""
    env = {"PATH": f"{PROGRAMS}:{os.environ['PATH']}", "KUBECONFIG": str(KUBECONFIG)}
    done = run("bash", "-c", command, env=env)
    assert done.code == 0, done.printed
    assert done.printed.strip()
