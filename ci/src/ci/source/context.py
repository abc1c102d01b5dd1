"""What of the sources the image is made of."""

from dagger import Directory

DOCKERIGNORE = ".dockerignore"
CONTEXT = ["Dockerfile", DOCKERIGNORE, "service"]


def context(source: Directory) -> Directory:
    """What the image is made of, and nothing else: other changes leave it as it is."""
    return source.filter(include=CONTEXT)


async def shipped(source: Directory) -> list[str]:
    """The paths that the image may be made of, as .dockerignore says."""
    made_of = context(source)
    if DOCKERIGNORE in await made_of.entries():
        lines = (await source.file(DOCKERIGNORE).contents()).splitlines()
        patterns = [line.strip() for line in lines if line.strip() and not line.startswith("#")]
        made_of = made_of.filter(exclude=patterns)
    return [path for path in await made_of.glob("**") if not path.endswith("/")]
