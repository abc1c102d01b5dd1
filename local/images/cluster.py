"""What the cluster itself runs, at the versions that its kubeadm names."""

from local.images.program import program_image
from local.images.stand_in import StandIn
from local.tools.catalogue import KUBERNETES

COREDNS_VERSION = "v1.14.2"
PAUSE_VERSION = "3.10.2"


def images() -> list[StandIn]:
    """DNS server, pause, and kubectl for Jobs in the cluster."""
    return [
        program_image(
            "pause", PAUSE_VERSION, KUBERNETES.program("pause"), "/pause", user="65535:65535"
        ),
        program_image(
            "coredns/coredns", COREDNS_VERSION, KUBERNETES.program("coredns"), "/coredns"
        ),
        program_image("kubectl", KUBERNETES.version, KUBERNETES.program("kubectl"), "/bin/kubectl"),
    ]
