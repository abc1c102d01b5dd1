"""Renders Kustomizations that stand beside the overlays."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from dagger import Directory, ExecError, File, QueryError, dag

from ci.run import images
from ci.run.errors import InvalidInput

ROOT = "manifests/rendered"
"""Where in the repository a Kustomization would be; overlays are at `../overlays`."""
_RENDERED = "/rendered"


async def rendered(manifests: Directory, kustomization: str) -> File:
    """The resources of a Kustomization, as YAML; raises ExecError where kubectl refuses it.

    It is a file, and not a text, as Secrets may be among them.
    """
    return (await all_rendered(manifests, {"rendered.yaml": kustomization})).file("rendered.yaml")


async def all_rendered(manifests: Directory, kustomizations: Mapping[str, str]) -> Directory:
    """The same of several, each in a file of its own; that of the first which is refused."""
    run = (
        dag.container()
        .from_(images.KUBECTL)
        .with_user("0:0")
        .with_directory("/src/manifests", manifests)
    )
    for path, text in kustomizations.items():
        run = (
            run.with_new_file(f"/src/{ROOT}/kustomization.yaml", text)
            .with_new_file(f"{_RENDERED}/{path}", "")
            .with_exec(["kubectl", "kustomize", output(path), f"/src/{ROOT}"])
        )
    with there():
        return await run.directory(_RENDERED).sync()


@contextmanager
def there() -> Iterator[None]:
    """Say of a repository without manifests that it has none."""
    try:
        yield
    except QueryError as error:
        if isinstance(error, ExecError) or "stat manifests: no such file" not in str(error):
            raise
        raise InvalidInput(
            "The sources have no folder manifests, which says what the service is made of: write "
            "one with a base and overlays, as docs/your-service.md shows."
        ) from None


def output(path: str) -> str:
    """The argument of kubectl by which a file of the rendered ones is known."""
    return f"--output={_RENDERED}/{path}"
