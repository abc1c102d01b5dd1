"""Decides when a Job gives way to a new one of its name, as no Job can be changed."""

from ci.manifests.manifest import Object

_LONGEST_NAME = 63
_SUFFIX = "-anew"


def is_job(resource: Object) -> bool:
    """Whether it is one."""
    return (resource["kind"], resource["apiVersion"]) == ("Job", "batch/v1")


def at_work(job: Object) -> bool:
    """Whether a pod of it is ready, which nobody may end half-way."""
    return bool((job.get("status") or {}).get("ready"))


def under_another_name(job: Object) -> Object:
    """The same Job where none stands in its way: what is refused of this is wrong in itself."""
    name = job["metadata"]["name"][: _LONGEST_NAME - len(_SUFFIX)] + _SUFFIX
    return job | {"metadata": job["metadata"] | {"name": name}}
