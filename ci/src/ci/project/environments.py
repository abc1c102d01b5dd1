"""The environments: which branch feeds each, and where each lives."""

from dataclasses import dataclass
from enum import Enum

from ci.project.service import Commit, Health, Service
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
    service: Service

    @property
    def namespace(self) -> str:
        return self.name

    @property
    def overlay(self) -> str:
        return f"overlays/{self.name}"

    @property
    def app(self) -> str:
        """What its Lease and its releases are called after."""
        return f"{self.name}-{self.service.name}"


_SERVICE = Service("fastapi", Health(json={"status": "ok"}), Commit("/version"))
ENVIRONMENTS = {
    Env.dev: Environment("dev", "dev", _SERVICE),
    Env.stage: Environment("stage", "stage", _SERVICE),
    Env.prod: Environment("prod", "main", _SERVICE),
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
