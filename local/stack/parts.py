"""The parts that stand on the cluster, in the order in which they are told of."""

from collections.abc import Sequence

from local.pipeline import checks, infrastructure, signing, workflow
from local.platform import gateway, metrics_server, monitoring, network_policies
from local.platform.part import Part

PARTS = (
    gateway.PART,
    signing.PART,
    network_policies.PART,
    metrics_server.PART,
    monitoring.PART,
    checks.PART,
    infrastructure.PART,
    workflow.PART,
)


def asked_for_by(arguments: Sequence[str]) -> tuple[Part, ...]:
    """The parts that a call of `dagger` waits for."""
    words = {argument.rpartition("=")[2] for argument in arguments}
    return tuple(part for part in PARTS if part.needed or words.intersection(part.words))


__all__ = ["PARTS", "Part", "asked_for_by"]
