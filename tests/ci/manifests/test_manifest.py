"""What is read from a rendered overlay, and how its image is pinned."""

import yaml

from ci.manifests.manifest import Manifest, kustomization

RENDERED = """
apiVersion: v1
kind: Service
metadata: {name: stage-web}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: stage-web}
spec:
  template:
    spec:
      containers: [{name: web, image: r.io/a/b@sha256:12}]
---
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: stage-web-route}
spec: {hostnames: [stage.web.local]}
"""


def test_environment_with_a_route() -> None:
    """The route is found, empty documents are not counted."""
    found = Manifest.parse(RENDERED)
    assert len(found.objects) == 3
    assert found.routes == ["stage-web-route"]
    assert found.http_routes[0]["spec"] == {"hostnames": ["stage.web.local"]}


def test_environment_without_a_route() -> None:
    """Then none is found."""
    assert Manifest.parse(RENDERED.rpartition("---")[0]).http_routes == []


def test_some_of_the_resources() -> None:
    """They are as they were rendered, to the letter."""
    rendered = Manifest.parse(RENDERED)
    found = rendered.only(lambda each: each["kind"] != "Deployment")
    assert [each["kind"] for each in found.objects] == ["Service", "HTTPRoute"]
    assert Manifest.parse(found.text).objects == found.objects
    assert "metadata: {name: stage-web-route}" in found.text
    assert rendered.only(lambda each: False).objects == ()


def test_nothing_rendered() -> None:
    """An empty rendering has no resources."""
    assert Manifest.parse("").objects == ()


def test_image_pinned() -> None:
    """The overlay gets the image by digest, and its resources the commit."""
    written = yaml.safe_load(
        kustomization("../overlays/dev", "web", "r.io/a/b", "sha256:12", "abc")
    )
    assert written["resources"] == ["../overlays/dev"]
    assert written["images"] == [{"name": "web", "newName": "r.io/a/b", "digest": "sha256:12"}]
    assert written["labels"] == [{"pairs": {"app.kubernetes.io/version": "abc"}}]
