"""The images that the stack serves, all together."""

import pytest

from ci.run import images as pipeline
from local.images import cluster, debian
from local.pipeline import publishing, scanning
from local.stack.parts import PARTS


@pytest.mark.parametrize("reference", [v for name, v in vars(pipeline).items() if name.isupper()])
def test_images_of_the_pipeline_are_there(reference: str) -> None:
    """Whatever the pipeline runs, the stack has under the same repository and tag."""
    stand_ins = [
        debian.python(),
        *cluster.images(),
        *scanning.images(),
        *publishing.images(),
        *(image for part in PARTS if part.images for image in part.images()),
    ]
    # A mirror is asked for what follows the registry's name, and for Docker Hub's own by `library`.
    host, slash, path = reference.partition("/")
    asked = f"library/{reference}" if not slash else path if "." in host else reference

    assert asked in [f"{image.repository}:{image.tag}" for image in stand_ins]
