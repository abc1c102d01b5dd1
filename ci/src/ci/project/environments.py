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
    branch: str

    @property
    def namespace(self) -> str:
        return self.name

    @property
    def overlay(self) -> str:
        return f"overlays/{self.name}"

    @property
    def app(self) -> str:
        """The name that the Deployment and its Service carry."""
        return f"{self.name}-fastapi"

    @property
    def route(self) -> str:
        """The name that its HTTPRoute carries."""
        return f"{self.app}-route"


ENVIRONMENTS = {
    Env.dev: Environment("dev", branch="dev"),
    Env.stage: Environment("stage", branch="stage"),
    Env.prod: Environment("prod", branch="main"),
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
