"""Every built tool, once: its version, its packages and its compiler settings."""

from dataclasses import dataclass, field
from pathlib import Path

from local.keys import digest
from local.paths import CACHE, ENGINE_SOCKET
from local.toolchain.source import Source

HERE = Path(__file__).parent


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
    """

    name: str
    version: str
    packages: tuple[str, ...]
    variables: dict[str, str]
    niceness: int = field(default=0, repr=False)
    tags: tuple[str, ...] = ()
    env: dict[str, str] = field(default_factory=dict)
    patch: Patch | None = None

    @property
    def sources(self) -> Path:
        """The folder with go.mod, go.sum and what else is the project's own."""
        return HERE / self.name

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
        source=Source(
            "github.com/dagger/dagger",
            "v0.21.8",
            "h1:2BQXPly/KRgbjMLNjbh2kz5+zVOlIaFAk9A8t1oGCFk=",
        ),
        removed=("core/sdk/dang/v2/*.go", "core/integration", "docs"),
        added={"dang_v2.go": "core/sdk/dang/v2/sdk.go"},
    ),
)

KUBERNETES = Tool(
    name="kubernetes",
    version="v1.34.4",
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
    variables={"k8s.io/component-base/version.gitVersion": "v1.34.4"},
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

TOOLS = (DAGGER, KUBERNETES, TRIVY, ORAS, COSIGN)

INFRA_TOOLS = (OPENTOFU, LIBVIRT_PROVIDER)

GATEWAY_API = Source(
    "sigs.k8s.io/gateway-api",
    "v1.6.1",
    "h1:mock6phZbI6rvZerwrVNk7hVNymQgHo+6sJ81Ia7ftY=",
)
