"""Builds the service's image."""

from dagger import Container, ExecError, QueryError

from ci.run.errors import BuildError, cause
from ci.source.context import Context
from ci.source.revision import Revision

REVISION_LABEL = "org.opencontainers.image.revision"
CREATED_LABEL = "org.opencontainers.image.created"


async def build(made_of: Context, revision: Revision, version: str | None = None) -> Container:
    """The image, labelled with what it was built from."""
    arguments = {
        "NAME": made_of.name,
        "VERSION": version or revision.name,
        "REVISION": revision.name,
        "CREATED": revision.created,
        "SOURCE": revision.origin or "",
    }
    try:
        built = made_of.image(arguments).with_label(REVISION_LABEL, revision.name)
        if revision.commit:
            built = built.with_label(CREATED_LABEL, revision.created)
        return await built.sync()
    except ExecError as error:
        raise BuildError(
            f"The image does not build: `{' '.join(error.command)}` exits with "
            f"{error.exit_code}; correct the Dockerfile or what it copies.",
            f"{error.stdout}\n{error.stderr}",
        ) from None
    except QueryError as error:
        raise BuildError(
            f"The image does not build: {cause(str(error))}; correct the Dockerfile "
            "or what it copies."
        ) from None
