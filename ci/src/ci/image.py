"""Builds the service's image and pushes it: what comes out is a digest."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from dagger import BuildArg, Container, Directory, ExecError, QueryError, Secret, dag

from ci import confidential, credentials, registry
from ci.errors import BuildError, InvalidInput, cause
from ci.revision import Revision
from ci.steps import side_by_side

CONTEXT = ["Dockerfile", ".dockerignore", "service"]
REVISION_LABEL = "org.opencontainers.image.revision"


@dataclass(frozen=True)
class Registry:
    """A repository in a registry, and who pushes to it: nobody in particular without a token."""

    repository: str
    username: str | None = None
    token: Secret | None = None

    @classmethod
    def at(cls, address: str, username: str | None, token: Secret | None) -> "Registry":
        """The repository at an address, as an argument gives it."""
        if token is not None and not username:
            raise InvalidInput("A --token needs the --username that it belongs to.")
        return cls(registry.repository(address), username, token)

    async def client(self, tool: str) -> Container:
        """A tool's container, in which its programs are this user to the registry."""
        container = dag.container().from_(tool).with_user("0:0")
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


def context(source: Directory) -> Directory:
    """What the image is made of, and nothing else: other changes leave it as it is."""
    return source.filter(include=CONTEXT)


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


async def publish(image: Container, to: Registry, tags: Sequence[str]) -> str:
    """Push the image under each tag; its reference by digest."""
    pushed: list[str] = []
    image = await to.login(image)

    async def push(tag: str) -> None:
        try:
            pushed.append(registry.untagged(await image.publish(f"{to.repository}:{tag}")))
        except QueryError as error:
            raise registry.refusal(to.repository, str(error)) from None

    await push(tags[0])
    await side_by_side(*(partial(push, tag) for tag in tags[1:]))
    return pushed[0]


async def revision_of(image: str, of: Registry) -> str:
    """The commit that a pushed image says it was built from."""
    try:
        label = await (await of.login(dag.container())).from_(image).label(REVISION_LABEL)
    except QueryError as error:
        raise registry.refusal(image, str(error)) from None
    return label or "unknown"
