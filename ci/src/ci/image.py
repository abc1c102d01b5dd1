"""Builds the service's image and pushes it: what comes out is a digest."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

from dagger import BuildArg, Container, Directory, ExecError, File, QueryError, Secret, dag

from ci import confidential, credentials, denials, registry, transport, trivy
from ci.errors import BuildError, InvalidInput, RegistryError, cause
from ci.persistence import persistently
from ci.revision import Revision
from ci.steps import side_by_side
from ci.trust import trusting

DOCKERIGNORE = ".dockerignore"
CONTEXT = ["Dockerfile", DOCKERIGNORE, "service"]
DIGITS = 12
REVISION_LABEL = "org.opencontainers.image.revision"


@dataclass(frozen=True)
class Registry:
    """A repository in a registry, and who pushes to it: nobody in particular without a token."""

    repository: str
    username: str | None = None
    token: Secret | None = None
    authority: File | None = None
    """The certificate of who vouches for it, where the system's authorities do not."""

    @classmethod
    def at(
        cls,
        address: str,
        username: str | None,
        token: Secret | None,
        authority: File | None = None,
    ) -> "Registry":
        """The repository at an address, as an argument gives it."""
        if token is not None and not username:
            raise InvalidInput("A --token needs the --username that it belongs to.")
        return cls(registry.repository(address), username, token, authority)

    async def client(self, tool: str) -> Container:
        """A tool's container, in which its programs are this user to the registry."""
        container = dag.container().from_(tool).with_user("0:0")
        container = container.with_(partial(trusting, authority=self.authority))
        if self.token is None or self.username is None:
            return container
        host = registry.host(self.repository)
        token = await (await credentials.token(self.token, "--token")).plaintext()
        login = registry.login(host, self.username, token)
        secret = confidential.secret(f"login to {host}", login)
        return container.with_env_variable("DOCKER_CONFIG", "/run/docker").with_mounted_secret(
            "/run/docker/config.json", secret
        )

    async def login(self, container: Container) -> Container:
        """The container, pulling and pushing as this user."""
        if self.token is None or self.username is None:
            return container
        host = registry.host(self.repository)
        token = await credentials.token(self.token, "--token")
        return container.with_registry_auth(host, self.username, token)


@dataclass(frozen=True)
class Pushed:
    """An image in its registry, by digest, and what is to be said of its tags."""

    reference: str
    remarks: tuple[str, ...] = ()


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


async def build(source: Directory, revision: Revision, version: str | None = None) -> Container:
    """The image, labelled with what it was built from."""
    arguments = {
        "VERSION": version or revision.name,
        "REVISION": revision.name,
        "CREATED": revision.created,
        "SOURCE": revision.origin or "",
    }
    image = context(source).docker_build(
        build_args=[BuildArg(name, value) for name, value in arguments.items()]
    )
    try:
        return await image.sync()
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


async def publish(image: Container, to: Registry, tags: Sequence[str]) -> Pushed:
    """Push the image under its own tag, the first, and move the others to it."""
    pushed = await push(image, to, tags[0])
    return replace(pushed, remarks=(*pushed.remarks, *await move(image, to, tags[1:])))


async def push(image: Container, to: Registry, tag: str) -> Pushed:
    """Push the image under a tag of its own, or beside what a tag that does not move holds."""
    await transport.refuse_plain(to.repository)
    if reference := await _push(image, to, tag):
        return Pushed(reference)
    identity = (await trivy.image_id(image.as_tarball())).partition(":")[2]
    beside = f"{tag}.{identity[:DIGITS]}"
    reference = await _push(image, to, beside)
    if reference is None:
        raise RegistryError(
            f"The registry {registry.host(to.repository)} has {to.repository}:{beside} already, "
            "and another image under it: remove that tag, or allow tags to move."
        )
    return Pushed(
        reference,
        (
            f"Tag {tag} does not move, and holds another image of the same sources: this one is "
            f"tagged {beside}.",
        ),
    )


async def move(image: Container, to: Registry, tags: Sequence[str]) -> tuple[str, ...]:
    """Move tags to a pushed image; a line for each that stays where it is."""
    stayed: list[str] = []

    async def one(tag: str) -> None:
        if await _push(image, to, tag) is None:
            stayed.append(tag)

    await side_by_side(*(partial(one, tag) for tag in tags))
    return tuple(
        f"Tag {tag} does not move in this registry, and still holds an older image."
        for tag in sorted(stayed)
    )


async def _push(image: Container, to: Registry, tag: str) -> str | None:
    """The digest reference of the image, pushed under a tag; None where the tag does not move."""
    pushed = partial((await to.login(image)).publish, f"{to.repository}:{tag}")
    try:
        return registry.untagged(await persistently(pushed, to.repository))
    except QueryError as error:
        if denials.is_immutable(to.repository, str(error)):
            return None
        raise denials.refusal(to.repository, str(error)) from None


async def revision_of(image: str, of: Registry) -> str:
    """The commit that a pushed image says it was built from."""

    await transport.refuse_plain(image)

    async def ask() -> str | None:
        return await (await of.login(dag.container())).from_(image).label(REVISION_LABEL)

    try:
        return await persistently(ask, image) or "unknown"
    except QueryError as error:
        raise denials.refusal(image, str(error)) from None
