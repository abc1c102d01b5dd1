"""Every built tool, once: its version, its packages and its compiler settings."""

import re
from dataclasses import dataclass, field
from pathlib import Path

from local.host.keys import digest
from local.host.paths import CACHE, ENGINE_SOCKET
from local.tools.patch import Patch
from local.tools.source import Source

HERE = Path(__file__).parent
STAND_INS = HERE / "standins"
_REQUIRED = re.compile(r"^(?:require |\t)(\S+) (v\S+)", re.MULTILINE)
# What is compiled with another experiment is another package, the standard library's too. Trivy
# needs this one, so all have it.
EXPERIMENT = "jsonv2"
# The niceness of what no deploy waits for.
LATER = 15


@dataclass(frozen=True)
class Tool:
    """Programs of one module, built together.

    `packages` are what `go build` is given; `variables` are set by the linker. The first program
    is called by each of `names`, too. Tools with the same `folder` share one go.mod, and so what is
    compiled of it: they build one after the other. The others build beside them, and the one that
    is needed first has the lowest `niceness`.
    """

    name: str
    module: str
    version: str
    packages: tuple[str, ...]
    variables: dict[str, str]
    names: tuple[str, ...] = ()
    niceness: int = field(default=0, repr=False)
    tags: tuple[str, ...] = ()
    patch: Patch | None = None
    folder: str = field(default="", repr=False)

    @property
    def sources(self) -> Path:
        """The folder with go.mod, go.sum and what else is the project's own."""
        return HERE / (self.folder or self.name)

    @property
    def module_version(self) -> str:
        """The version of its module that go.mod requires."""
        required: list[tuple[str, str]] = _REQUIRED.findall(self._go_mod)
        return dict(required)[self.module]

    @property
    def _go_mod(self) -> str:
        return (self.sources / "go.mod").read_text()

    @property
    def home(self) -> Path:
        """Where the built programs lie: another version or setting is another folder."""
        return CACHE / "tools" / f"{self.name}-{self.version}-{self._recipe}"

    @property
    def _recipe(self) -> str:
        return digest(self.sources, STAND_INS, f"{self} {EXPERIMENT}")

    def program(self, name: str) -> Path:
        """One of the built programs."""
        return self.home / name

    @property
    def built(self) -> bool:
        """Whether the programs are there, whole."""
        return self.home.exists()

    def install(self, programs: Path) -> None:
        """Moves a folder with its programs to where they lie, once they have all their names."""
        first = self.packages[0].rpartition("/")[2]
        for name in self.names:
            (programs / name).symlink_to(first)
        self.home.parent.mkdir(parents=True, exist_ok=True)
        programs.rename(self.home)


# One set of versions for all that can do with the same: docs/adr/0044 has the list.
ALIGNED = "aligned"

DAGGER_SOURCE = Source(
    "github.com/dagger/dagger",
    "v0.21.8",
    "h1:2BQXPly/KRgbjMLNjbh2kz5+zVOlIaFAk9A8t1oGCFk=",
)

DAGGER = Tool(
    name="dagger",
    module="github.com/dagger/dagger",
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
        removed=(
            "core/sdk/dang/v2/*.go",
            "core/integration",
            "docs",
            *(f"core/llm_{name}.go" for name in ("anthropic", "google", "openai")),
            *(f"engine/client/secretprovider/{name}*.go" for name in ("aws", "gcp", "op")),
        ),
        added={
            "dang_v2.go": "core/sdk/dang/v2/sdk.go",
            "llm_left_out.go": "core/llm_left_out.go",
        },
        # A fifth of its source is clients of language models and of clouds that keep secrets, of
        # which `cmd://` asks their own programs.
        without={
            "core/llm.go": (
                r'^\t"github.com/anthropics/anthropic-sdk-go"$',
                r"^\tmodelDefaultAnthropic = ",
            ),
            "engine/client/secretprovider/secretprovider.go": (
                r"\bopProvider\b",
                r"\bgcpProvider\b",
                r"\bawsSecretManagerProvider\b",
                r"\bawsParameterStoreProvider\b",
            ),
        },
    ),
)

# Beside an engine in a pod: through it `kube-pod://` reaches the engine's socket. It is a tool of
# its own, because a laptop's deploy does without.
DIAL_STDIO = Tool(
    name="dial-stdio",
    module="github.com/dagger/dagger",
    version=DAGGER.version,
    folder=DAGGER.name,
    packages=("github.com/dagger/dagger/cmd/dialstdio",),
    variables=DAGGER.variables,
    patch=DAGGER.patch,
    niceness=LATER,
)

CLIENT_GO_SOURCE = Source(
    "k8s.io/client-go",
    "v0.36.3",
    "h1:M4JdVzXxYcZk4fGpfDdYnxSwhLKWCFoQsHW6t+z8Hfg=",
)

KUBERNETES = Tool(
    name="kubernetes",
    folder=ALIGNED,
    module="k8s.io/kubernetes",
    version="v1.36.3",
    packages=("./kubernetes", "k8s.io/kubernetes/cmd/kubectl", "./coredns", "./pause"),
    names=(
        "kube-apiserver",
        "kube-controller-manager",
        "kube-proxy",
        "kube-scheduler",
        "kubeadm",
        "kubelet",
    ),
    niceness=5,
    variables={"k8s.io/component-base/version.gitVersion": "v1.36.3"},
    # The client for tests is two thirds as much to compile as kubectl.
    patch=Patch(
        source=CLIENT_GO_SOURCE,
        removed=("kubernetes/fake/*.go",),
        added={"clientset.go": "kubernetes/fake/clientset.go"},
    ),
)

TRIVY = Tool(
    name="trivy",
    folder=ALIGNED,
    module="github.com/aquasecurity/trivy",
    version="v0.72.0",
    packages=("github.com/aquasecurity/trivy/cmd/trivy", "./advisories"),
    niceness=8,
    variables={"github.com/aquasecurity/trivy/pkg/version/app.ver": "0.72.0"},
)

ORAS = Tool(
    name="oras",
    folder=ALIGNED,
    module="oras.land/oras",
    version="v1.3.4",
    packages=("oras.land/oras/cmd/oras",),
    variables={"oras.land/oras/internal/version.Version": "1.3.4"},
    niceness=7,
)

COSIGN = Tool(
    name="cosign",
    folder=ALIGNED,
    module="github.com/sigstore/cosign/v3",
    version="v3.1.3",
    packages=("github.com/sigstore/cosign/v3/cmd/cosign",),
    variables={"sigs.k8s.io/release-utils/version.gitVersion": "v3.1.3"},
    niceness=LATER,
)

OPENTOFU_SOURCE = Source(
    "github.com/opentofu/opentofu",
    "v1.12.6",
    "h1:0VT4P8pMmGcCUnQ9JDrJ+Qg2d35Vzm4FFd/9+H7oF98=",
)

OPENTOFU = Tool(
    name="opentofu",
    module="github.com/opentofu/opentofu",
    version="v1.12.6",
    packages=("github.com/opentofu/opentofu/cmd/tofu",),
    niceness=LATER,
    variables={"github.com/opentofu/opentofu/version.dev": "no"},
    # Half of its source is what keeps a state, and its keys, in clouds and clusters: infra/ keeps
    # none there.
    patch=Patch(
        source=OPENTOFU_SOURCE,
        removed=(
            "internal/encryption/default_registry.go",
            *(
                f"internal/encryption/keyprovider/{name}"
                for name in ("aws_kms", "azure_vault", "gcp_kms")
            ),
            *(
                f"internal/backend/remote-state/{name}"
                for name in ("azure", "cos", "gcs", "kubernetes", "oss", "s3")
            ),
        ),
        added={"encryption.go": "internal/encryption/default_registry.go"},
        without={
            "internal/backend/init/init.go": (
                r"\bbackendAzure\b",
                r"\bbackendCos\b",
                r"\bbackendGCS\b",
                r"\bbackendKubernetes\b",
                r"\bbackendOSS\b",
                r"\bbackendS3\b",
            )
        },
        # It names the conventions that its OpenTelemetry goes by, which here is the aligned one.
        instead={
            "internal/tracing/traceattrs/semconv.go": {r"semconv/v1\.40\.0": "semconv/v1.43.0"}
        },
    ),
)

LIBVIRT_PROVIDER = Tool(
    name="libvirt-provider",
    module="github.com/dmacvicar/terraform-provider-libvirt",
    version="v0.8.3",
    packages=("github.com/dmacvicar/terraform-provider-libvirt",),
    niceness=LATER,
    variables={"github.com/dmacvicar/terraform-provider-libvirt/version.ProviderVersion": "0.8.3"},
)

ENVOY_GATEWAY_SOURCE = Source(
    "github.com/envoyproxy/gateway",
    "v1.9.1",
    "h1:vAVp6/AlBXJ1aOhp1mxL7fNEzVEfjADUguUhm2wzxQY=",
)

ENVOY_GATEWAY = Tool(
    name="envoy-gateway",
    folder=ALIGNED,
    module="github.com/envoyproxy/gateway",
    version="v1.9.1",
    packages=("github.com/envoyproxy/gateway/cmd/envoy-gateway", "./chart"),
    niceness=6,
    variables={"github.com/envoyproxy/gateway/internal/cmd/version.envoyGatewayVersion": "v1.9.1"},
    # A quarter of its source is settings of Envoy that only a patch of a route could ask for.
    patch=Patch(
        source=ENVOY_GATEWAY_SOURCE, removed=("internal/xds/extensions/extensions.gen.go",)
    ),
)

METRICS_SERVER = Tool(
    name="metrics-server",
    folder=ALIGNED,
    module="sigs.k8s.io/metrics-server",
    version="v0.9.0",
    packages=("sigs.k8s.io/metrics-server/cmd/metrics-server",),
    niceness=LATER,
    variables={"k8s.io/client-go/pkg/version.gitVersion": "v0.9.0"},
)

KUBE_ROUTER = Tool(
    name="kube-router",
    folder=ALIGNED,
    module="github.com/cloudnativelabs/kube-router/v2",
    version="v2.10.0",
    packages=("github.com/cloudnativelabs/kube-router/v2/cmd/kube-router",),
    niceness=LATER,
    variables={"github.com/cloudnativelabs/kube-router/v2/pkg/version.Version": "v2.10.0"},
)

PROMETHEUS_SOURCE = Source(
    "github.com/prometheus/prometheus",
    "v0.316.0",
    "h1:f1GRFerhTMKQma+awCoC9T820ecWeGSdF+xAlMHzZzM=",
)

PROMETHEUS = Tool(
    name="prometheus",
    folder=ALIGNED,
    module="github.com/prometheus/prometheus",
    version="v3.16.0",
    packages=tuple(
        f"github.com/prometheus/prometheus/cmd/{command}" for command in ("prometheus", "promtool")
    ),
    niceness=LATER,
    variables={"github.com/prometheus/common/version.Version": "3.16.0"},
    tags=("remove_all_sd", "enable_kubernetes_sd"),
    patch=Patch(
        source=PROMETHEUS_SOURCE,
        removed=("web/api/v1/openapi*.go",),
        added={"openapi.go": "web/api/v1/openapi.go"},
    ),
)

KUBE_SCORE_SOURCE = Source(
    "github.com/zegl/kube-score",
    "v1.20.0",
    "h1:J1VqK86SunV4Gg8emPTmwUVxe0rmXnAs5K9ZUbGMKR8=",
)

KUBE_SCORE = Tool(
    name="kube-score",
    folder=ALIGNED,
    module="github.com/zegl/kube-score",
    version="v1.20.0",
    packages=("github.com/zegl/kube-score/cmd/kube-score",),
    niceness=LATER,
    variables={"main.version": "v1.20.0"},
    # Kubernetes' libraries have dropped two versions of the autoscaler, which it need not know.
    patch=Patch(
        source=KUBE_SCORE_SOURCE,
        added={"labels.go": "score/internal/labels.go"},
        instead={
            name: {r"k8s\.io/api/autoscaling/v2beta[12]": "k8s.io/api/autoscaling/v2"}
            for name in ("parser/parse.go", "parser/internal/hpa.go")
        },
    ),
)

KUBECONFORM = Tool(
    name="kubeconform",
    folder=ALIGNED,
    module="github.com/yannh/kubeconform",
    version="v0.8.0",
    packages=("github.com/yannh/kubeconform/cmd/kubeconform",),
    niceness=LATER,
    variables={"main.version": "v0.8.0"},
)

ACTIONLINT = Tool(
    name="actionlint",
    module="github.com/rhysd/actionlint",
    version="v1.7.12",
    packages=("github.com/rhysd/actionlint/cmd/actionlint",),
    niceness=LATER,
    variables={"github.com/rhysd/actionlint.version": "1.7.12"},
)

# Its version is a file of its module, which no linker sets.
ACT = Tool(
    name="act",
    module="github.com/nektos/act",
    version="v0.2.82",
    packages=("github.com/nektos/act",),
    niceness=LATER,
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
