"""Says whether an object is taken by those on which it hangs, as a route is by its gateways.

Each of them answers for itself, in `status.parents` of a route or in `status.ancestors` of a
policy. What one said of a reference that is no longer there may stay for ever.
"""

from collections.abc import Iterator

from ci.manifests.manifest import name_of
from ci.rollout import pods
from ci.rollout.custom.conditions import is_of_now
from ci.rollout.limits import Moment
from ci.rollout.status import Condition, Object, Result, current, listed, objects, told

_NEEDED = ("Accepted", "ResolvedRefs", "Programmed")

_Answer = tuple[str, list[Condition]]
"""Who it is, and what it says of what is asked for now."""


def compute(resource: Object, moment: Moment) -> Result | None:
    """Whether it is taken by all; None where it hangs on nobody, and nobody has answered."""
    answers, wanted = list(_answers(resource)), len(list(_gateways(resource)))
    for who, said in answers:
        for each in said:
            if each.type in _NEEDED and each.status == "False":
                why = f"{who} says it is not {each.type}: {each.why}"
                return pods.waits_for(name_of(resource), "NotTaken", why, moment)
    if len(answers) < wanted:
        so_far = f"{len(answers)} of {wanted} gateways have answered for it"
        return pods.waits_for(name_of(resource), "NotAnswered", so_far, moment)
    return current("Accepted", "it is taken") if answers else None


def _answers(resource: Object) -> Iterator[_Answer]:
    status = told(resource)
    for answer in (*objects(status.get("parents")), *objects(status.get("ancestors"))):
        said = [each for each in listed(answer.get("conditions")) if is_of_now(each, resource)]
        for who in objects([answer.get("parentRef"), answer.get("ancestorRef")]):
            if said:
                yield f"{who.get('kind', 'Gateway')} {who.get('name')}", said


def _gateways(resource: Object) -> Iterator[Object]:
    for spec in objects([resource.get("spec")]):
        for reference in objects(spec.get("parentRefs")):
            if reference.get("kind", "Gateway") == "Gateway":
                yield reference
