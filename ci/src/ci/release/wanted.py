"""What an environment is to run, and what a report says of that."""

from dataclasses import dataclass, replace

from ci.canary.asked import Asked
from ci.manifests import waves
from ci.manifests.manifest import Manifest
from ci.records.history import Origin, Release
from ci.records.report import DEPLOYED


@dataclass(frozen=True)
class Wanted:
    """What an environment is to run, and what its report says of that."""

    image: str
    revision: str
    manifest: Manifest
    """All resources of it, as they are kept on record."""

    checks: tuple[str, ...] = ()
    verdict: str = DEPLOYED
    origin: Origin = Origin()
    asked: Asked = Asked()
    """What real requests are to judge it by."""

    back_to: int | None = None
    """The release that it is again."""

    again: Manifest | None = None
    """What of it is applied where it was there before, and goes back to that."""

    @classmethod
    def back(cls, to: Release, verdict: str = DEPLOYED, by: str = "") -> "Wanted":
        """A release that was there before: what went before its rollout is not done again."""
        made = cls(to.report.image, to.report.revision, to.manifest, verdict=verdict)
        origin, again = Origin(by=by, committed=to.origin.committed), waves.lasting(to.manifest)
        return replace(made, origin=origin, back_to=to.number, again=again)

    @property
    def applied(self) -> Manifest:
        """Those of its resources that are applied and looked after."""
        return self.again or self.manifest

    @property
    def is_of_one_wave(self) -> bool:
        """Whether nothing of it is applied before its canary is judged."""
        return len(waves.waves(self.applied)) == 1
