"""What machines that boot need and the stack does not: etcd and Calico.

They are built as the stack's programs are, and by nobody but these tests.
"""

import json
from functools import cache
from pathlib import Path

from local.host import command
from local.host.paths import LOGS
from local.terminal.steps import Progress
from local.tools import golang
from local.tools.build import environment
from local.tools.catalogue import Tool
from local.tools.get import FromSource

_HERE = Path(__file__).parent

# kubeadm gives etcd flags of 3.6; Debian has 3.4.
ETCD = Tool(
    name="etcd",
    folder=str(_HERE / "etcd"),
    module="go.etcd.io/etcd/server/v3",
    version="v3.6.15",
    packages=("./etcd",),
    variables={},
)

_CALICO = "github.com/projectcalico/calico"
# The module has no tag of this version, but its commit.
CALICO = Tool(
    name="calico",
    folder=str(_HERE / "calico"),
    module=_CALICO,
    version="v3.31.0",
    packages=tuple(
        f"{_CALICO}/{program}"
        for program in (
            "node/cmd/calico-node",
            "cni-plugin/cmd/calico",
            "cni-plugin/cmd/install",
            "kube-controllers/cmd/kube-controllers",
            "kube-controllers/cmd/check-status",
        )
    ),
    variables={f"{_CALICO}/pkg/buildinfo.Version": "v3.31.0"},
)


def build(progress: Progress) -> None:
    """Builds both, where they are not there yet."""
    for tool in (ETCD, CALICO):
        source = FromSource(tool, progress)
        source.fetch(progress)
        source.build(progress)


@cache
def calico_source() -> Path:
    """The folder with Calico's source, whose checksum is beside its go.mod."""
    log = LOGS / "go.log"
    printed = command.run(
        golang.find_or_install(log), "mod", "download", "-json", _CALICO,
        cwd=CALICO.sources, env=environment(), log=log,
    )  # fmt: skip
    return Path(json.loads(printed)["Dir"])
