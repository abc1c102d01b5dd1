"""oras, which attaches an SBOM to an image in a registry."""

from local.images.program import program_image
from local.images.stand_in import StandIn
from local.tools.catalogue import ORAS


def images() -> list[StandIn]:
    """Its own."""
    return [program_image("oras-project/oras", ORAS.version, ORAS.program("oras"), "/bin/oras")]
