"""What a call is about: the repository of whoever makes it, and the environment that it is for."""

from dataclasses import dataclass

from dagger import Container, Directory

from ci.arguments.groups import Target
from ci.image import building
from ci.project.environments import Environment, named
from ci.project.settings import Settings
from ci.source import sources
from ci.source.context import Context
from ci.source.revision import Revision
from ci.source.sources import Repository
from ci.verbs import remark


@dataclass(frozen=True)
class Subject:
    """What the pipeline was given before the verb, or nothing where the caller stands in it."""

    source: Directory | None
    history: Directory | None
    git_dir: Directory | None

    async def repository(self) -> Repository:
        """All of it."""
        return await sources.opened(self.source, self.history, self.git_dir)

    async def settings(self) -> Settings:
        """What it says of itself, and nothing else."""
        return await sources.settings(self.source)

    async def named(self, env: str) -> Environment:
        """The environment of that name."""
        return named((await self.settings()).environments, env)

    async def environment(self, target: Target) -> Environment:
        """The environment; the whole repository is fetched only where it has to say which."""
        if target.is_said:
            return target.chosen((await self.settings()).environments)
        return await environment(target, await self.repository())


async def environment(target: Target, repository: Repository) -> Environment:
    """The environment that was asked for, or the one that the checked out branch feeds."""
    known = repository.settings.environments
    if target.is_said:
        return target.chosen(known)
    return target.chosen(known, await revision(repository, await repository.made_of()))


async def built(repository: Repository, version: str | None = None) -> Container:
    """Its image, labelled with its commit."""
    made_of = await repository.made_of()
    return await building.build(made_of, await revision(repository, made_of), version)


async def revision(repository: Repository, made_of: Context) -> Revision:
    """Its commit; where it is not, or not only, that of a commit, the call's progress says so."""
    found = await repository.revision(made_of)
    remark(*filter(None, [found.remark]))
    return found
