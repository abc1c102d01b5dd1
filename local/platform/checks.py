"""What looks at the manifests: images only, nothing that runs in the cluster."""

from local.images import StandIn, program_image
from local.platform.part import Part
from local.toolchain.catalogue import KUBE_SCORE, KUBECONFORM


def images() -> list[StandIn]:
    """kube-score and kubeconform; promtool comes with Prometheus."""
    score, conform = KUBE_SCORE.program("kube-score"), KUBECONFORM.program("kubeconform")
    return [
        program_image("zegl/kube-score", KUBE_SCORE.version, score, "/usr/bin/kube-score"),
        program_image("yannh/kubeconform", KUBECONFORM.version, conform, "/kubeconform"),
    ]


PART = Part(
    name="manifest-checks",
    bring_up=lambda progress: None,
    ready=lambda: True,
    words=("manifests",),
    tools=(KUBE_SCORE, KUBECONFORM),
    images=images,
)
