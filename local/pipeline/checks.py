"""What looks at the manifests: images only, nothing that runs in the cluster."""

from local.images.program import program_image
from local.images.stand_in import StandIn
from local.platform.part import Part
from local.tools.catalogue import KUBE_SCORE, KUBECONFORM


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
