"""The parts that stand on the cluster, in the order in which they are told of."""

from local.platform import gateway, metrics_server, network_policies
from local.platform.part import Part

PARTS = (gateway.PART, network_policies.PART, metrics_server.PART)
NEEDED = tuple(part for part in PARTS if part.needed)

__all__ = ["NEEDED", "PARTS", "Part"]
