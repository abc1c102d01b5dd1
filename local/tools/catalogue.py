"""Every built tool, once: its version, its packages and its compiler settings."""

import re
from dataclasses import dataclass, field
from pathlib import Path

from local.host.keys import digest
from local.host.paths import CACHE, ENGINE_SOCKET
from local.tools import golang
from local.tools.source import Source

HERE = Path(__file__).parent
_REQUIRED = re.compile(r"^(?:require |\t)(\S+) (v\S+)", re.MULTILINE)
_GO_LINE = re.compile(r"^go (\S+)$", re.MULTILINE)


@dataclass(frozen=True)
class Patch:
    """A module that is laid out beside go.mod as ./src, without what cannot be had."""

    source: Source
    removed: tuple[str, ...]
    added: dict[str, str]


@dataclass(frozen=True)
class Tool:
    """Programs built together from one go.mod.

    `packages` are what `go build` is given; `variables` are set by the linker. All tools build at
    once, and the one that is needed first has the lowest `niceness`: the others fill its pauses.
    Tools with the same `folder` share one go.mod, and so what is compiled of it.
    """

    name: str
    version: str
    packages: tuple[str, ...]
    variables: dict[str, str]
    niceness: int = field(default=0, repr=False)
    tags: tuple[str, ...] = ()
    env: dict[str, str] = field(default_factory=dict)
    patch: Patch | None = None
    folder: str = field(default="", repr=False)

    @property
    def sources(self) -> Path:
        """The folder with go.mod, go.sum and what else is the project's own."""
        return HERE / (self.folder or self.name)

    @property
    def go(self) -> tuple[int, ...]:
        """The oldest Go that its go.mod allows."""
        return golang.version(f"go{_GO_LINE.findall(self._go_mod)[0]}")

    @property
    def module(self) -> tuple[str, str]:
        """The module that its first package is of, and the version that go.mod requires of it."""
        required: list[tuple[str, str]] = _REQUIRED.findall(self._go_mod)
        return max(each for each in required if f"{self.packages[0]}/".startswith(f"{each[0]}/"))

    @property
    def _go_mod(self) -> str:
        return (self.sources / "go.mod").read_text()

    @property
    def home(self) -> Path:
        """Where the built programs lie: another version or setting is another folder."""
        return CACHE / "tools" / f"{self.name}-{self.version}-{digest(self.sources, repr(self))}"

    def program(self, name: str) -> Path:
        """One of the built programs."""
        return self.home / name

    @property
    def built(self) -> bool:
        """Whether the programs are there, whole."""
        return self.home.exists()


DAGGER_SOURCE = Source(
    "github.com/dagger/dagger",
    "v0.21.8",
    "h1:2BQXPly/KRgbjMLNjbh2kz5+zVOlIaFAk9A8t1oGCFk=",
)

DAGGER = Tool(
    name="dagger",
    version="v0.21.8",
    packages=tuple(
        f"github.com/dagger/dagger/cmd/{command}"
        for command in ("dagger", "dnsname", "engine", "init")
    ),
    variables={
        "github.com/dagger/dagger/engine.Version": "v0.21.8",
        "github.com/dagger/dagger/engine.Tag": "v0.21.8",
        "main.RunnerHost": f"unix://{ENGINE_SOCKET}",
    },
    tags=("dfexcludepatterns", "dfparents"),
    patch=Patch(
        source=DAGGER_SOURCE,
        removed=("core/sdk/dang/v2/*.go", "core/integration", "docs"),
        added={"dang_v2.go": "core/sdk/dang/v2/sdk.go"},
    ),
)

# Beside an engine in a pod: through it `kube-pod://` reaches the engine's socket. It is a tool of
# its own, because a laptop's deploy does without.
DIAL_STDIO = Tool(
    name="dial-stdio",
    version=DAGGER.version,
    folder=DAGGER.name,
    packages=("github.com/dagger/dagger/cmd/dialstdio",),
    variables=DAGGER.variables,
    patch=DAGGER.patch,
    niceness=15,
)

KUBERNETES = Tool(
    name="kubernetes",
    version="v1.36.3",
    packages=(
        *(
            f"k8s.io/kubernetes/cmd/{command}"
            for command in (
                "kube-apiserver",
                "kube-controller-manager",
                "kube-proxy",
                "kube-scheduler",
                "kubeadm",
                "kubectl",
                "kubelet",
            )
        ),
        "./coredns",
        "./pause",
    ),
    niceness=5,
    variables={"k8s.io/component-base/version.gitVersion": "v1.36.3"},
)

TRIVY = Tool(
    name="trivy",
    version="v0.72.0",
    packages=("github.com/aquasecurity/trivy/cmd/trivy", "./advisories"),
    niceness=10,
    variables={"github.com/aquasecurity/trivy/pkg/version/app.ver": "0.72.0"},
    env={"GOEXPERIMENT": "jsonv2"},
)

ORAS = Tool(
    name="oras",
    version="v1.3.4",
    packages=("oras.land/oras/cmd/oras",),
    variables={"oras.land/oras/internal/version.Version": "1.3.4"},
    niceness=10,
)

COSIGN = Tool(
    name="cosign",
    version="v3.1.3",
    packages=("github.com/sigstore/cosign/v3/cmd/cosign",),
    variables={"sigs.k8s.io/release-utils/version.gitVersion": "v3.1.3"},
    niceness=15,
)

OPENTOFU = Tool(
    name="opentofu",
    version="v1.12.6",
    packages=("github.com/opentofu/opentofu/cmd/tofu",),
    niceness=15,
    variables={"github.com/opentofu/opentofu/version.dev": "no"},
)

LIBVIRT_PROVIDER = Tool(
    name="libvirt-provider",
    version="v0.8.3",
    packages=("github.com/dmacvicar/terraform-provider-libvirt",),
    niceness=15,
    variables={"github.com/dmacvicar/terraform-provider-libvirt/version.ProviderVersion": "0.8.3"},
)

ENVOY_GATEWAY = Tool(
    name="envoy-gateway",
    version="v1.9.1",
    folder="platform",
    packages=("github.com/envoyproxy/gateway/cmd/envoy-gateway", "./chart"),
    niceness=10,
    variables={"github.com/envoyproxy/gateway/internal/cmd/version.envoyGatewayVersion": "v1.9.1"},
)

METRICS_SERVER = Tool(
    name="metrics-server",
    version="v0.9.0",
    folder="platform",
    packages=("sigs.k8s.io/metrics-server/cmd/metrics-server",),
    niceness=15,
    variables={"k8s.io/client-go/pkg/version.gitVersion": "v0.9.0"},
)

KUBE_ROUTER = Tool(
    name="kube-router",
    version="v2.10.0",
    packages=("github.com/cloudnativelabs/kube-router/v2/cmd/kube-router",),
    niceness=15,
    variables={"github.com/cloudnativelabs/kube-router/v2/pkg/version.Version": "v2.10.0"},
)

PROMETHEUS = Tool(
    name="prometheus",
    version="v3.16.0",
    packages=tuple(
        f"github.com/prometheus/prometheus/cmd/{command}" for command in ("prometheus", "promtool")
    ),
    niceness=15,
    variables={"github.com/prometheus/common/version.Version": "3.16.0"},
    tags=("remove_all_sd", "enable_kubernetes_sd"),
)

KUBE_SCORE = Tool(
    name="kube-score",
    version="v1.20.0",
    packages=("github.com/zegl/kube-score/cmd/kube-score",),
    niceness=15,
    variables={"main.version": "v1.20.0"},
)

KUBECONFORM = Tool(
    name="kubeconform",
    version="v0.8.0",
    packages=("github.com/yannh/kubeconform/cmd/kubeconform",),
    niceness=15,
    variables={"main.version": "v0.8.0"},
)

ACTIONLINT = Tool(
    name="actionlint",
    version="v1.7.12",
    packages=("github.com/rhysd/actionlint/cmd/actionlint",),
    niceness=15,
    variables={"github.com/rhysd/actionlint.version": "1.7.12"},
)

# Its version is a file of its module, which no linker sets.
ACT = Tool(
    name="act",
    version="v0.2.82",
    packages=("github.com/nektos/act",),
    niceness=15,
    variables={},
)

# What the engine, the cluster and the pipeline are; the parts on top of them name their own.
TOOLS = (DAGGER, KUBERNETES, TRIVY, ORAS)
PART_TOOLS = (
    ENVOY_GATEWAY,
    METRICS_SERVER,
    KUBE_ROUTER,
    PROMETHEUS,
    KUBE_SCORE,
    KUBECONFORM,
    COSIGN,
    OPENTOFU,
    LIBVIRT_PROVIDER,
    ACTIONLINT,
    ACT,
)

GATEWAY_API = Source(
    "sigs.k8s.io/gateway-api",
    "v1.6.1",
    "h1:mock6phZbI6rvZerwrVNk7hVNymQgHo+6sJ81Ia7ftY=",
)

ENVOY_GATEWAY_CHARTS = Source(
    "github.com/envoyproxy/gateway",
    "v1.9.1",
    "h1:vAVp6/AlBXJ1aOhp1mxL7fNEzVEfjADUguUhm2wzxQY=",
)
