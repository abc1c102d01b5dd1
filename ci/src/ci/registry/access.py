"""Repositories in registries, and who asks them: nobody in particular without a token."""

from dataclasses import dataclass
from functools import partial

from dagger import Container, File, Secret, dag

from ci.registry import references
from ci.registry.trust import trusting
from ci.run import confidential, credentials
from ci.run.errors import InvalidInput


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
        return cls(references.repository(address), username, token, authority)

    async def client(self, tool: str) -> Container:
        """A tool's container, in which its programs are this user to the registry."""
        container = dag.container().from_(tool).with_user("0:0")
        container = container.with_(partial(trusting, authority=self.authority))
        if self.token is None or self.username is None:
            return container
        host = references.host(self.repository)
        token = await (await credentials.token(self.token, "--token")).plaintext()
        login = references.login(host, self.username, token)
        secret = confidential.secret(f"login to {host}", login)
        return container.with_env_variable("DOCKER_CONFIG", "/run/docker").with_mounted_secret(
            "/run/docker/config.json", secret
        )

    async def login(self, container: Container) -> Container:
        """The container, pulling and pushing as this user."""
        if self.token is None or self.username is None:
            return container
        host = references.host(self.repository)
        token = await credentials.token(self.token, "--token")
        return container.with_registry_auth(host, self.username, token)
