"""The environments: which branch feeds each, and where each lives."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from ci.project.service import Service
from ci.run.errors import InvalidInput


@dataclass(frozen=True)
class Environment:
    """Everything that differs between environments and is not in their overlays."""

    name: str
    service: Service
    namespace: str
    branch: str | None = None
    """The branch that feeds it; none where images only come by promotion."""

    promoted_from: str | None = None
    """The environment that must run an image before this one takes it without its sources."""

    signed: bool = False
    """Whether it only takes images whose signature was verified."""

    canary: int | None = None
    """The share of requests, in percent, by which a release is judged first; None for none."""

    bake: timedelta | None = None
    """How long a release is judged by all requests once it is there; None for not at all."""

    @property
    def insists(self) -> bool:
        """Whether it takes no release that was to be judged by requests and could not be."""
        return self.signed or self.canary is not None or self.bake is not None

    @property
    def overlay(self) -> str:
        return f"overlays/{self.name}"

    @property
    def app(self) -> str:
        """What its Lease and its releases are called after."""
        return f"{self.name}-{self.service.name}"


Environments = Mapping[str, Environment]


def named(environments: Environments, name: str) -> Environment:
    """The environment of a name; raises InvalidInput where the project has none of it."""
    if name in environments:
        return environments[name]
    raise InvalidInput(
        f"There is no environment {name}: name one of {', '.join(environments)}, or add "
        f"[tool.ci.environments.{name}] to pyproject.toml and its overlay."
    )


def choose(
    environments: Environments, name: str | None, branch: str | None, unknown: str = ""
) -> Environment:
    """The environment that was asked for, or the one the branch feeds.

    `unknown` says why no commit of the sources is known, where none is.
    """
    if name:
        return named(environments, name)
    for environment in environments.values():
        if branch and environment.branch == branch:
            return environment
    choices = ", ".join(environments)
    where = f"Branch {branch} feeds no environment" if branch else "No branch is known"
    why = "" if branch else unknown
    raise InvalidInput(" ".join(filter(None, [why, f"{where}: name one with --env ({choices})."])))


def feeder(environments: Environments, of: Environment) -> Environment | None:
    """The environment that must run an image before this one takes it; None where none must."""
    return environments[of.promoted_from] if of.promoted_from else None
