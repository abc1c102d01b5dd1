"""From sources to an image in the registry that passed every check."""

from dataclasses import dataclass

from dagger import Container, Directory

from ci import image, quality, scan
from ci.image import Registry
from ci.revision import Revision, tags
from ci.scan import Scanner
from ci.steps import Steps, Task, side_by_side


@dataclass(frozen=True)
class Candidate:
    """An image by digest, the commit it says it is of, and what was found on the way."""

    image: str
    revision: str
    checks: tuple[str, ...] = ()


async def existing(pushed: str, registry: Registry, beside: Task | None = None) -> Candidate:
    """An image that was pushed before, with `beside` next to asking for it."""
    revisions: list[str] = []

    async def ask() -> None:
        revisions.append(await image.revision_of(pushed, registry))

    await side_by_side(*([beside] if beside else []), ask)
    return Candidate(pushed, revisions[0])


async def make(
    source: Directory,
    revision: Revision,
    branch: str | None,
    registry: Registry,
    scanner: Scanner,
    steps: Steps,
    beside: Task,
) -> Candidate:
    """Lint, test, build and scan with `beside` next to them; push what passed them all."""
    checks: dict[str, str] = {}
    built: list[Container] = []

    async def lint() -> None:
        with steps.step("lint"):
            checks["lint"] = await quality.lint(source)

    async def test() -> None:
        with steps.step("test"):
            checks["test"] = await quality.test(source)

    async def build_and_scan() -> None:
        with steps.step("build"):
            built.append(await image.build(source, revision))
        with steps.step("scan"):
            verdict = await scan.passed(built[0], source, scanner)
            checks["scan"] = f"Scan: {verdict.counts}; database {verdict.database}."

    await side_by_side(beside, lint, test, build_and_scan)
    with steps.step("push"):
        pushed = await image.publish(built[0], registry, tags(revision, branch))
    return Candidate(pushed, revision.name, tuple(checks[name] for name in sorted(checks)))
