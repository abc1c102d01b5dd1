"""Decides whether a commit may take the place of the one that an environment runs."""

from dataclasses import dataclass, field, replace

from dagger import Directory

from ci.cluster.client import Cluster
from ci.project.environments import Environment
from ci.records.presence import revision_in
from ci.records.report import shortened
from ci.registry.candidate import Candidate
from ci.run.errors import NothingChanged
from ci.source import ancestry
from ci.source.ancestry import Order


@dataclass(frozen=True)
class Succession:
    """The history that orders commits, and why an older one may come after a newer one."""

    history: Directory
    elsewhere: Directory | None
    reason: str
    _known: dict[tuple[str, str], Order] = field(default_factory=dict)

    async def admits(self, cluster: Cluster, environment: Environment, comes: str) -> str:
        """What a report says of revision `comes` there; raises NothingChanged for an older one."""
        runs = await revision_in(cluster, environment)
        if not runs:
            return ""
        pair = (runs, comes)
        if pair not in self._known:
            self._known[pair] = await ancestry.order(self.history, self.elsewhere, *pair)
        return succeed(self._known[pair], environment, *pair, self.reason)

    async def admitted(
        self, cluster: Cluster, environment: Environment, candidate: Candidate
    ) -> Candidate:
        """The candidate, where the environment may take it, with what is to be said of that."""
        said = await self.admits(cluster, environment, candidate.revision)
        return replace(candidate, checks=(*candidate.checks, said)) if said else candidate


def succeed(order: Order, environment: Environment, runs: str, comes: str, reason: str) -> str:
    """Nothing to say of a newer commit; of an older one the reason, without which it is refused."""
    was, is_to_be = shortened(runs), shortened(comes)
    if order in (Order.SAME, Order.NEWER):
        return ""
    if order is Order.APART:
        return f"Order: {was}, which it replaces, is on another branch than {is_to_be}."
    if order is Order.UNKNOWN:
        return (
            f"Order: the history at hand does not say whether {is_to_be} is older than {was}, "
            "which it replaces."
        )
    if not reason.strip():
        raise NothingChanged(
            f"{environment.name} runs commit {was}, and {is_to_be} is older: deploy a newer one, "
            f"`rollback` to a good release, or give the reason with --allow-older. "
            "Nothing was changed."
        )
    return f"Order: older than {was}, which it replaces; allowed: {reason.strip()}"
