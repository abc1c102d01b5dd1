"""What a rendered overlay says, without asking a cluster."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

Object = dict[str, Any]

_SEPARATOR = re.compile(r"^---\s*$", re.MULTILINE)


@dataclass(frozen=True)
class Manifest:
    """The resources of one environment, as Kustomize rendered them."""

    text: str
    objects: tuple[Object, ...]

    @classmethod
    def parse(cls, text: str) -> "Manifest":
        return cls(text, tuple(filter(None, documents(text))))

    @classmethod
    def of(cls, objects: Iterable[Object]) -> "Manifest":
        import yaml

        wanted = tuple(objects)
        return cls(yaml.safe_dump_all(wanted, sort_keys=False), wanted)

    def only(self, wanted: Callable[[Object], bool]) -> "Manifest":
        """Those of the resources that are wanted, as they were rendered."""
        each = map(Manifest.parse, _SEPARATOR.split(self.text))
        kept = [one for one in each if any(map(wanted, one.objects))]
        objects = tuple(resource for one in kept for resource in one.objects)
        return Manifest("---\n".join(one.text.strip("\n") + "\n" for one in kept), objects)

    @property
    def routes(self) -> list[str]:
        return [each["metadata"]["name"] for each in self._of("HTTPRoute")]

    @property
    def http_routes(self) -> list[Object]:
        """The HTTPRoutes themselves."""
        return list(self._of("HTTPRoute"))

    def _of(self, kind: str) -> Iterator[Object]:
        return (each for each in self.objects if each.get("kind") == kind)


def documents(text: str) -> Iterator[Any]:
    """What the documents of a YAML text say, in the C of libyaml where Python's package has it."""
    import yaml

    return iter(yaml.load_all(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)))


def name_of(resource: Object) -> str:
    """Kind and name, as a person calls a resource."""
    return f"{resource['kind']} {resource['metadata']['name']}"


def kustomization(overlay: str, image: str, repository: str, digest: str, version: str) -> str:
    """A Kustomization of an overlay with image `image` pinned and its resources labelled."""
    import yaml

    return yaml.safe_dump(
        {
            "apiVersion": "kustomize.config.k8s.io/v1beta1",
            "kind": "Kustomization",
            "resources": [overlay],
            "images": [{"name": image, "newName": repository, "digest": digest}],
            "labels": [{"pairs": {"app.kubernetes.io/version": version}}],
        },
        sort_keys=False,
    )
