"""The sources as a cluster gets to see them: overlays rendered, not what they are made of.

Only there can be seen what a patch does; and a base on its own has neither namespace nor tag.
"""

import re
from collections.abc import Collection, Iterator
from posixpath import join, normpath

from dagger import Directory, ExecError

from ci.manifests import redaction
from ci.manifests.manifest import documents
from ci.manifests.rendering import ROOT, all_rendered, output
from ci.project.environments import Environment
from ci.run import confidential
from ci.run.errors import ScanBlocked

_ORIGIN = "config.kubernetes.io/origin"
_DIGEST = f"sha256:{0:064}"
# Files, as a folder may have such a name, too.
_CONFIGURES_NOTHING = ["**/*.py", "**/*.md", "!**/*.py/**", "!**/*.md/**"]
_PATTERN = re.compile(r"[\\*?\[\]]")


def path(environment: Environment) -> str:
    """The file that a rendered overlay takes the place of."""
    return f"manifests/{environment.overlay}/kustomization.yaml"


async def applied(
    source: Directory, environments: Collection[Environment], dockerfile: str
) -> Directory:
    """What the sources configure, with each overlay rendered in place of what it is made of.

    No configuration is written in Python or Markdown, but for a Dockerfile of such a name: after a
    change to the program alone this is what it was before, and the engine knows what was found.
    """
    overlays = await _rendered(source, environments)
    texts = await confidential.texts(overlays, [path(each) for each in environments])
    replaced = {file for text in texts for file in origins(text)}
    # Filtered first: the engine knows a part of the sources by what is in it, and what is made of
    # one by the whole that it was made of.
    named = _PATTERN.sub(r"\\\g<0>", dockerfile)
    configuring = source.filter(exclude=[*_CONFIGURES_NOTHING, f"!{named}"])
    return configuring.without_files(sorted(replaced)).with_directory("/", overlays)


def origins(text: str) -> Iterator[str]:
    """The files of the repository that rendered resources come from.

    What a generator makes or another repository holds comes from none.
    """
    for each in documents(text):
        (origin,) = documents(each["metadata"]["annotations"][_ORIGIN])
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


async def _rendered(source: Directory, environments: Collection[Environment]) -> Directory:
    wanted = {path(each): kustomization(each) for each in environments}
    try:
        return await all_rendered(source.directory("manifests"), wanted)
    except ExecError as error:
        overlay = next(each.overlay for each in environments if output(path(each)) in error.command)
        raise ScanBlocked(
            f"The scan is blocked: manifests/{overlay} does not render, so what it "
            "applies cannot be looked at.",
            redaction.without_quotes(error.stderr),
        ) from None
