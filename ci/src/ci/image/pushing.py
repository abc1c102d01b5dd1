"""Pushes the image: what comes out is a digest."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

from dagger import Container, QueryError, dag

from ci.image.building import CREATED_LABEL, REVISION_LABEL
from ci.registry import denials, references, transport
from ci.registry.access import Registry
from ci.registry.persistence import persistently
from ci.run.errors import RegistryError
from ci.run.steps import side_by_side
from ci.scan import trivy

DIGITS = 12


@dataclass(frozen=True)
class Pushed:
    """An image in its registry, by digest, and what is to be said of its tags."""

    reference: str
    remarks: tuple[str, ...] = ()


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
            f"The registry {references.host(to.repository)} has {to.repository}:{beside} already, "
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
        return references.untagged(await persistently(pushed, to.repository))
    except QueryError as error:
        if denials.is_immutable(to.repository, str(error)):
            return None
        raise denials.refusal(to.repository, str(error)) from None


async def origin_of(image: str, of: Registry) -> tuple[str, str]:
    """The commit that a pushed image says it was built from, and when that was made."""

    await transport.refuse_plain(image)

    async def ask() -> tuple[str, str]:
        pulled = (await of.login(dag.container())).from_(image)
        commit = await pulled.label(REVISION_LABEL)
        return commit or "unknown", await pulled.label(CREATED_LABEL) or ""

    try:
        return await persistently(ask, image)
    except QueryError as error:
        raise denials.refusal(image, str(error)) from None
