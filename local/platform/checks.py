"""What looks at the manifests: an image only, nothing that runs in the cluster."""

from local.images import StandIn, program_image
from local.platform.part import Part
from local.toolchain.catalogue import KUBE_SCORE


def images() -> list[StandIn]:
    """kube-score; promtool comes with Prometheus."""
    program = KUBE_SCORE.program("kube-score")
    return [program_image("zegl/kube-score", KUBE_SCORE.version, program, "/usr/bin/kube-score")]


PART = Part(
    name="manifest-checks",
    bring_up=lambda progress: None,
    ready=lambda: True,
    words=("manifests",),
    tools=(KUBE_SCORE,),
    images=images,
)
