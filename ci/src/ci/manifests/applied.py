"""The sources as a cluster gets to see them: overlays rendered, not what they are made of.

Only there can be seen what a patch does; and a base on its own has neither namespace nor tag.
"""

from collections.abc import Iterable, Iterator
from functools import partial
from posixpath import join, normpath

from dagger import Directory, ExecError, File

from ci.manifests.rendering import ROOT, rendered
from ci.project.environments import Environment
from ci.run import confidential
from ci.run.errors import ScanBlocked
from ci.run.steps import side_by_side

_ORIGIN = "config.kubernetes.io/origin"
_DIGEST = f"sha256:{0:064}"


def path(environment: Environment) -> str:
    """The file that a rendered overlay takes the place of."""
    return f"manifests/{environment.overlay}/kustomization.yaml"


async def applied(source: Directory, environments: Iterable[Environment]) -> Directory:
    """The sources with each overlay rendered, in place of the files that it is made of."""
    overlays: dict[str, File] = {}
    replaced: set[str] = set()

    async def render(environment: Environment) -> None:
        overlay = overlays[path(environment)] = await _render(source, environment)
        replaced.update(origins(await confidential.text(overlay)))

    await side_by_side(*(partial(render, each) for each in environments))
    tree = source.without_files(sorted(replaced))
    for name, overlay in sorted(overlays.items()):
        tree = tree.with_file(name, overlay)
    return tree


def origins(text: str) -> Iterator[str]:
    """The files of the repository that rendered resources come from.

    What a generator makes or another repository holds comes from none.
    """
    import yaml

    for each in yaml.safe_load_all(text):
        origin = yaml.safe_load(each["metadata"]["annotations"][_ORIGIN])
        if "path" in origin and "repo" not in origin:
            yield normpath(join(ROOT, origin["path"]))


def kustomization(environment: Environment) -> str:
    """An overlay with its image pinned, as a deploy does, and with the origin of its resources."""
    import yaml

    name = environment.service.name
    return yaml.safe_dump(
        {
            "apiVersion": "kustomize.config.k8s.io/v1beta1",
            "kind": "Kustomization",
            "resources": [f"../{environment.overlay}"],
            "images": [{"name": name, "newName": name, "digest": _DIGEST}],
            "buildMetadata": ["originAnnotations"],
        }
    )


async def _render(source: Directory, environment: Environment) -> File:
    try:
        return await rendered(source.directory("manifests"), kustomization(environment))
    except ExecError as error:
        raise ScanBlocked(
            f"The scan is blocked: manifests/{environment.overlay} does not render, so what it "
            "applies cannot be looked at.",
            error.stderr,
        ) from None
