"""Renders a Kustomization that stands beside the overlays."""

from dagger import Directory, File, dag

from ci.run import images

ROOT = "manifests/rendered"
"""Where in the repository the Kustomization would be; overlays are at `../overlays`."""
_RENDERED = "/src/rendered.yaml"


async def rendered(manifests: Directory, kustomization: str) -> File:
    """The resources of a Kustomization, as YAML; raises ExecError where kubectl refuses it.

    It is a file, and not a text, as Secrets may be among them.
    """
    return await (
        dag.container()
        .from_(images.KUBECTL)
        .with_user("0:0")
        .with_directory("/src/manifests", manifests)
        .with_new_file(f"/src/{ROOT}/kustomization.yaml", kustomization)
        .with_exec(["kubectl", "kustomize", f"--output={_RENDERED}", f"/src/{ROOT}"])
        .file(_RENDERED)
        .sync()
    )
