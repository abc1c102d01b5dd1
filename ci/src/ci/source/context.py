"""What of the sources the image is made of."""

from dataclasses import dataclass
from pathlib import PurePosixPath

from dagger import BuildArg, Container, Directory, QueryError

from ci.project.settings import Settings
from ci.run.errors import InvalidInput

DOCKERIGNORE = ".dockerignore"


@dataclass(frozen=True)
class Context:
    """What the image is made of, and nothing else: other changes leave it as it is."""

    directory: Directory
    folder: str
    """Where it is in the repository."""

    dockerfile: str
    """Within the directory."""

    name: str
    """What the image is called."""

    def image(self, arguments: dict[str, str]) -> Container:
        """What the Dockerfile makes of it, not yet built."""
        named = [BuildArg(name, value) for name, value in arguments.items()]
        return self.directory.docker_build(dockerfile=self.dockerfile, build_args=named)

    async def shipped(self) -> list[str]:
        """The paths of the repository that the image may be made of."""
        paths = await self.directory.glob("**")
        return [placed(self.folder, path) for path in paths if not path.endswith("/")]


async def context(source: Directory, settings: Settings) -> Context:
    """The build context that the settings name, without what its .dockerignore leaves out."""
    folder = source.directory(settings.context)
    try:
        text = await folder.file(DOCKERIGNORE).contents()
    except QueryError:  # Which has no such file, or no such folder.
        text = ""
    dockerfile = within(settings.context, settings.dockerfile)
    made_of = folder.filter(exclude=patterns(text)) if text else folder
    made_of = made_of.with_file(dockerfile, source.file(settings.dockerfile))
    try:
        return Context(await made_of.sync(), settings.context, dockerfile, settings.service.name)
    except QueryError:
        lacks, key = f"folder {settings.context}", "context"
        if await source.exists(settings.context):
            lacks, key = f"file {settings.dockerfile}", "dockerfile"
        raise InvalidInput(
            f"The sources have no {lacks}, of which the image is built: write one, or say in "
            f"pyproject.toml where it is, as tool.ci.{key}."
        ) from None


def patterns(dockerignore: str) -> list[str]:
    """The patterns of a .dockerignore, as they are for any other copy."""
    lines = (line.strip() for line in dockerignore.splitlines())
    return [_unrooted(line) for line in lines if line and not line.startswith("#")]


def within(folder: str, path: str) -> str:
    """The place of the Dockerfile in a context; on top, where it lies elsewhere."""
    found = PurePosixPath(path)
    return str(found.relative_to(folder) if found.is_relative_to(folder) else found.name)


def placed(folder: str, path: str) -> str:
    """The path of the repository that is at `path` in a folder of it."""
    return str(PurePosixPath(folder, path))


def _unrooted(pattern: str) -> str:
    unless = "!" if pattern.startswith("!") else ""
    return unless + pattern.removeprefix("!").lstrip("/")
