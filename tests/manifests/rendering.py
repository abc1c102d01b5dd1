"""Renders an overlay as a deploy does."""

import os
import shutil
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

MANIFESTS = Path(__file__).parents[2] / "manifests"
OVERLAYS = MANIFESTS / "overlays"
NAMESPACES = MANIFESTS / "platform" / "namespaces"

Object = dict[str, Any]


class NoKubectl(Exception):
    """There is no kubectl to render with."""


@dataclass(frozen=True)
class Overlay:
    """An environment's objects, as the cluster would get them."""

    name: str
    objects: list[Object]

    def only(self, kind: str) -> Object:
        """The one object of that kind."""
        (found,) = [each for each in self.objects if each["kind"] == kind]
        return found

    @property
    def pod(self) -> Object:
        """The Deployment's pod template."""
        template: Object = self.only("Deployment")["spec"]["template"]
        return template

    @property
    def container(self) -> Object:
        """The pod's only container."""
        (container,) = self.pod["spec"]["containers"]
        found: Object = container
        return found


def render(name: str) -> Overlay:
    """Render the overlay of environment `name`; raises what `objects_of` does."""
    return Overlay(name, objects_of(OVERLAYS / name))


@cache
def objects_of(folder: Path) -> list[Object]:
    """Render a folder with a kustomization.

    Raises:
        NoKubectl: neither KUBECTL nor PATH has one.
        subprocess.CalledProcessError: kustomize refuses the folder.
    """
    kubectl = os.environ.get("KUBECTL") or shutil.which("kubectl")
    if not kubectl:
        raise NoKubectl("No kubectl in PATH: name one in the environment variable KUBECTL.")
    rendered = subprocess.run(
        [kubectl, "kustomize", folder], check=True, capture_output=True, text=True
    )
    return list(yaml.safe_load_all(rendered.stdout))


def verbs(role: Object, resource: Object) -> set[str]:
    """What a Role allows to be done to a resource of such a kind."""
    group = resource["apiVersion"].rpartition("/")[0]
    plural = f"{resource['kind'].lower()}s".replace("ys", "ies")
    return {
        verb
        for rule in role["rules"]
        if group in rule["apiGroups"] and plural in rule["resources"]
        for verb in rule["verbs"]
    }
