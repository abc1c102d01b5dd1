"""Renders an environment's overlay with the image it is to run."""

from dagger import Directory, ExecError

from ci.manifests import manifest, redaction
from ci.manifests.containers import running
from ci.manifests.manifest import Manifest
from ci.manifests.rendering import rendered
from ci.project.environments import Environment
from ci.registry.candidate import Candidate
from ci.registry.references import pinned
from ci.run import confidential
from ci.run.errors import InvalidInput


async def render(manifests: Directory, environment: Environment, candidate: Candidate) -> Manifest:
    """The overlay's resources, the service's image pinned to the candidate's digest."""
    repository, digest = pinned(candidate.image)
    overlay = f"../{environment.overlay}"
    name = environment.service.name
    release = manifest.kustomization(overlay, name, repository, digest, candidate.revision)
    try:
        text = await confidential.text(await rendered(manifests, release))
    except ExecError as error:
        raise InvalidInput(
            f"manifests/{environment.overlay} does not render: correct it, "
            f"`kubectl kustomize manifests/{environment.overlay}` shows the same.",
            redaction.without_quotes(error.stderr),
        ) from None
    found = Manifest.parse(text)
    if not any(running(each, candidate.image.strip()) for each in found.objects):
        raise InvalidInput(
            f"manifests/{environment.overlay} has no container of the service: name its image "
            f"`{name}` in a container, which the release gives its digest."
        )
    return found
