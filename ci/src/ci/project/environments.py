"""The environments: which branch feeds each, and where each lives."""

from dataclasses import dataclass
from enum import Enum

from ci.run.errors import InvalidInput


class Env(Enum):
    """An environment the service is deployed to."""

    dev = "dev"
    """Fed by branch dev."""

    stage = "stage"
    """Fed by branch stage."""

    prod = "prod"
    """Fed by branch main."""


@dataclass(frozen=True)
class Environment:
    """Everything that differs between environments and is not in their overlays."""

    name: str
    service: str
    namespace: str
    branch: str | None = None
    """The branch that feeds it; none where images only come by promotion."""

    promoted_from: str | None = None
    """The environment that must run an image before this one takes it without its sources."""

    signed: bool = False
    """Whether it only takes images whose signature was verified."""

    @property
    def overlay(self) -> str:
        return f"overlays/{self.name}"

    @property
    def app(self) -> str:
        """The name that the Deployment and its Service carry."""
        return f"{self.name}-{self.service}"

    @property
    def route(self) -> str:
        """The name that its HTTPRoute carries."""
        return f"{self.app}-route"


ENVIRONMENTS = {
    Env.dev: Environment("dev", "fastapi", "dev", "dev"),
    Env.stage: Environment("stage", "fastapi", "stage", "stage"),
    Env.prod: Environment("prod", "fastapi", "prod", "main", promoted_from="stage", signed=True),
}


def choose(env: Env | None, branch: str | None, unknown: str = "") -> Environment:
    """The environment that was asked for, or the one the branch feeds.

    `unknown` says why no commit of the sources is known, where none is.
    """
    if env is not None:
        return ENVIRONMENTS[env]
    for environment in ENVIRONMENTS.values():
        if environment.branch == branch:
            return environment
    choices = ", ".join(each.value for each in Env)
    where = f"Branch {branch} feeds no environment" if branch else "No branch is known"
    why = "" if branch else unknown
    raise InvalidInput(" ".join(filter(None, [why, f"{where}: name one with --env ({choices})."])))
