"""The parts that stand on the cluster, in the order in which they are told of."""

from local.platform import checks, gateway, metrics_server, monitoring, network_policies
from local.platform.part import Part

PARTS = (gateway.PART, network_policies.PART, metrics_server.PART, monitoring.PART, checks.PART)
NEEDED = tuple(part for part in PARTS if part.needed)

__all__ = ["NEEDED", "PARTS", "Part"]
