"""From sources to an image in the registry that passed every check."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from dagger import Container

from ci.image import building, linting, pushing, sbom, testing
from ci.image.pushing import Pushed
from ci.image.signature import Signer
from ci.registry.access import Registry
from ci.registry.candidate import Candidate
from ci.run.steps import Steps, Task, side_by_side
from ci.scan import scanning, trivy
from ci.scan.scanning import Scanner
from ci.source.context import Context
from ci.source.revision import Revision, is_commit, tags
from ci.source.sources import Repository


@dataclass(frozen=True)
class Made:
    """An image that passed every check, and is pushed by its commit's tag and by no other."""

    candidate: Candidate
    built: Container
    registry: Registry
    names: Sequence[str]
    """The tags that are still to move to it."""

    async def move_tags(self, steps: Steps) -> Sequence[str]:
        """Let its branch's tags name it, which only who releases the branch may; what to say."""
        if not self.names:
            return ()
        with steps.step("tag"):
            return await pushing.move(self.built, self.registry, self.names)


async def existing(pushed: str, registry: Registry, beside: Task | None = None) -> Candidate:
    """An image that was pushed before, with `beside` next to asking for it."""
    origins: list[tuple[str, str]] = []

    async def ask() -> None:
        origins.append(await pushing.origin_of(pushed, registry))

    await side_by_side(*([beside] if beside else []), ask)
    [(revision, created)] = origins
    return Candidate(pushed, revision, committed=created if is_commit(revision) else "")


async def make(
    repository: Repository,
    made_of: Context,
    revision: Revision,
    branch: str | None,
    registry: Registry,
    scanner: Scanner,
    signer: Signer | None,
    steps: Steps,
    beside: Task,
) -> Made:
    """Lint, test, build and scan with `beside` next to them; push and sign what passed them all."""
    files, settings = repository.files, repository.settings
    checks: dict[str, str] = {}
    built: list[Container] = []

    async def lint() -> None:
        with steps.step("lint"):
            checks["lint"] = await linting.lint(files, settings)

    async def test() -> None:
        with steps.step("test"):
            checks["test"] = await testing.test(files, made_of, settings.tests)

    async def build_and_scan() -> None:
        with steps.step("build"):
            built.append(await building.build(made_of, revision))
        await side_by_side(scan_it, partial(trivy.sbom, built[0].as_tarball()))

    async def scan_it() -> None:
        with steps.step("scan"):
            verdict = await scanning.passed(built[0], repository, scanner)
            checks["scan"] = verdict.line

    await side_by_side(beside, lint, test, build_and_scan)
    commit, *others = tags(revision, branch, settings.latest)
    with steps.step("push"):
        pushed = await publish(built[0], registry, [commit], signer)
    found = [*(checks[name] for name in sorted(checks)), revision.remark, *pushed.remarks]
    told = tuple(filter(None, found))
    committed = revision.created if is_commit(revision.name) else ""
    candidate = Candidate(pushed.reference, revision.name, told, committed)
    return Made(candidate, built[0], registry, others)


async def publish(
    built: Container, registry: Registry, names: Sequence[str], signer: Signer | None
) -> Pushed:
    """Push an image under its tags, with its SBOM and its signature beside it."""
    pushed = await pushing.publish(built, registry, names)
    # One after the other: where a registry has no API for referrers, both write the same index.
    await sbom.attach(pushed.reference, await trivy.sbom(built.as_tarball()), registry)
    if signer:
        await signer.sign(pushed.reference, registry)
    return pushed
