"""What was planned for an environment: enough to deploy exactly that, or to say why not.

Of each resource that there is counts what a release says of it: neither its status, nor what others
decide, such as how many pods there are under an autoscaler. Values of Secrets count for nothing and
are not in it, not even in a digest, which could be guessed from; of a Secret that there is, its
version says whether it has changed.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from hashlib import sha256

from ci.manifests import prune, redaction
from ci.manifests.manifest import Object, name_of
from ci.run.errors import InvalidInput

ABSENT, UNSEEN = "absent", "unseen"
_UNKEPT = ("data", "stringData")


@dataclass(frozen=True)
class Planned:
    """An image for an environment, and how what is rendered and what is there were then."""

    environment: str
    image: str
    revision: str
    rendered: str
    """A digest of the resources."""
    live: Mapping[str, str] = field(default_factory=dict)
    """What there was of each resource: a digest, that it was absent, or that it is not seen."""
    gone: Sequence[str] | None = None
    """The resources that would be deleted; None where that could not be told."""
    changes: Sequence[str] = ()
    """What would change, for who reads it."""

    def named(self, env: str | None, image: str | None) -> tuple[str, str]:
        """The environment and the image, which a call may name too, but no others."""
        mine = (("--env", env, self.environment), ("--image", image, self.image))
        for name, said, planned in mine:
            if said not in (None, planned):
                raise InvalidInput(
                    f"--plan is for {planned}, and {name} {said} is not: leave it out, or plan "
                    "anew."
                )
        return self.environment, self.image

    def to_json(self) -> str:
        """As it is saved."""
        return json.dumps(asdict(self), indent=2) + "\n"

    @classmethod
    def parse(cls, text: str) -> "Planned":
        """The plan that was saved."""
        try:
            said = json.loads(text)
            planned = cls(**{each.name: said[each.name] for each in fields(cls)})
            dict(planned.live)
        except (KeyError, TypeError, ValueError):
            raise InvalidInput(
                "--plan names no saved plan: `plan-saved export --path plan.json` writes one."
            ) from None
        return planned


def digest(rendered: Iterable[Object]) -> str:
    """The same for the same resources in any order; of Secrets, for the same keys."""
    return _digest(sorted((prune.key(each), _without_values(each)) for each in rendered))


def states(
    wanted: Iterable[Object], there: Iterable[Object], unseen: Iterable[Object]
) -> Mapping[str, str]:
    """What there is of each wanted resource."""
    live = {prune.key(each): each for each in there}
    hidden = {prune.key(each) for each in unseen}
    return dict(_states(wanted, live, hidden))


def moved_on(planned: Planned, now: Planned) -> Iterator[str]:
    """A few words for each thing that is not as it was when that was planned."""
    if planned.rendered != now.rendered:
        yield "the sources render other resources"
    for name in sorted({*planned.live, *now.live}):
        before, after = planned.live.get(name, ABSENT), now.live.get(name, ABSENT)
        if before != after and UNSEEN not in (before, after):
            yield f"{name} {_how(before, after)}"
    if planned.gone is not None and now.gone is not None:
        for name in sorted({*planned.gone} ^ {*now.gone}):
            yield f"{name} is {'no longer' if name in planned.gone else 'now'} to be deleted"


def _states(
    wanted: Iterable[Object], live: Mapping[prune.Key, Object], hidden: set[prune.Key]
) -> Iterator[tuple[str, str]]:
    for each in wanted:
        key = prune.key(each)
        if key in hidden:
            yield name_of(each), UNSEEN
        elif key not in live:
            yield name_of(each), ABSENT
        elif redaction.is_secret(each):
            metadata = live[key]["metadata"]
            yield name_of(each), f"{metadata['uid']}:{metadata['resourceVersion']}"
        else:
            yield name_of(each), _digest(_said(each, live[key]))


def _said(wanted: object, live: object) -> object:
    """What there is of the fields that are wanted; of a list, all of it."""
    if isinstance(wanted, dict) and isinstance(live, dict):
        return {name: _said(value, live.get(name)) for name, value in wanted.items()}
    return live


def _without_values(resource: Object) -> str:
    keys = {}
    if redaction.is_secret(resource):
        keys = {name: sorted(resource[name]) for name in _UNKEPT if resource.get(name)}
    return json.dumps({**redaction.masked(resource), **keys}, sort_keys=True, default=str)


def _how(before: str, after: str) -> str:
    if before == ABSENT:
        return "is there now"
    return "is gone" if after == ABSENT else "has changed"


def _digest(value: object) -> str:
    return sha256(json.dumps(value, sort_keys=True, default=str).encode()).hexdigest()
