"""Renders a Kustomization that stands beside the overlays."""

from dagger import Directory, dag

from ci import images

ROOT = "manifests/rendered"
"""Where in the repository the Kustomization would be; overlays are at `../overlays`."""


async def rendered(manifests: Directory, kustomization: str) -> str:
    """The resources of a Kustomization, as YAML; raises ExecError where kubectl refuses it."""
    return await (
        dag.container()
        .from_(images.KUBECTL)
        .with_directory("/src/manifests", manifests)
        .with_new_file(f"/src/{ROOT}/kustomization.yaml", kustomization)
        .with_exec(["kubectl", "kustomize", f"/src/{ROOT}"])
        .stdout()
    )
