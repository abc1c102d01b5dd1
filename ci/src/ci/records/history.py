"""The releases of an environment: how each is kept, which was good, which are let go."""

import base64
import gzip
import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, fields, replace
from enum import Enum

from ci.manifests import waves
from ci.manifests.manifest import Manifest, Object
from ci.project.environments import Environment
from ci.records.report import Report
from ci.run.errors import InvalidInput

KEPT, REFUSED_KEPT = 10, 3
ROOM = (1024 - 256) * 1024
"""Bytes that a Secret has for the resources, compressed; the rest is for the report."""
OWNER_LABEL, STATE_LABEL = "app.kubernetes.io/instance", "ci/release"
ENDED_ANNOTATION, BACK_TO_ANNOTATION = "ci/ended", "ci/back-to"
_BACK_TO = re.compile(r"(?:rolled back to|back and verified:) release (\d+)")


class State(Enum):
    """How far a release has come."""

    PENDING = "pending"
    """Begun. Its call goes on, or was killed."""

    DEPLOYED = "deployed"
    """Applied and verified."""

    FAILED = "failed"
    """Applied, and not verified: it may have left resources."""

    REFUSED = "refused"
    """Refused before anything changed: it has a report and no resources."""


@dataclass(frozen=True)
class Origin:
    """Where a release comes from, as far as that is known."""

    run: str = ""
    """The run of CI that made it, where one did."""

    by: str = ""
    """For whom the cluster took the credentials that made it."""

    committed: str = ""
    """When its commit was made, in ISO 8601."""


@dataclass(frozen=True)
class Release:
    """One release: what was applied, and what came of it."""

    number: int
    state: State
    report: Report
    text: str
    """The resources as they were rendered."""

    origin: Origin = Origin()

    left: str = ""
    """Names of resources of the releases before that are still to go."""

    ended: str = ""
    """When its verdict was there; nothing of one whose call was killed."""

    back_to: int | None = None
    """The release that was brought back, when this one failed or because it is a rollback."""

    @property
    def manifest(self) -> Manifest:
        return Manifest.parse(self.text)

    @property
    def resources(self) -> list[Object]:
        """All that may be in the namespace because of it, or was to go and is still there."""
        return [*self.manifest.objects, *Manifest.parse(self.left).objects]

    @property
    def name(self) -> str:
        """As a person calls it."""
        return f"release {self.number} (commit {self.report.revision})"

    def closed(
        self,
        state: State,
        report: Report,
        left: Iterable[Object] = (),
        back_to: int | None = None,
    ) -> "Release":
        """The same when it has come to an end, with what is still to go."""
        names = list(left)
        kept = Manifest.of(names).text if names else ""
        return replace(self, state=state, report=report, left=kept, back_to=back_to)

    def leaving(self, names: Iterable[Object]) -> "Release":
        """The same with what has to go again, whatever becomes of it."""
        return self.closed(self.state, self.report, names)

    def refused(self, report: Report) -> "Release":
        """The same when nothing of it was applied."""
        return replace(self, state=State.REFUSED, report=report, text="")

    def to_secret(self, environment: Environment) -> Object:
        """The release as the cluster keeps it: a Secret, as a rendered resource may be one."""
        files = {
            "report.json": self.report.to_json(),
            "manifest.yaml": self.text,
            "left.yaml": self.left,
        }
        annotations = {
            **{f"ci/{name}": value for name, value in asdict(self.origin).items()},
            ENDED_ANNOTATION: self.ended,
            BACK_TO_ANNOTATION: str(self.back_to or ""),
        }
        return {
            "metadata": {
                "name": secret_name(environment, self.number),
                "labels": {OWNER_LABEL: environment.app, STATE_LABEL: self.state.value},
                "annotations": {name: value for name, value in annotations.items() if value},
            },
            "type": "ci/release.v1",
            "data": {f"{name}.gz": _packed(text) for name, text in files.items() if text},
        }

    @classmethod
    def of_secret(cls, secret: Object) -> "Release":
        """The release that a Secret keeps."""
        data = dict(_unpacked(name, value) for name, value in secret["data"].items())
        metadata = secret["metadata"]
        told = metadata.get("annotations", {})
        origin = {each.name: told.get(f"ci/{each.name}", "") for each in fields(Origin)}
        report = Report.from_json(data["report.json"])
        kept = cls(
            int(metadata["name"].rpartition(".v")[2]),
            State(metadata["labels"][STATE_LABEL]),
            report,
            data.get("manifest.yaml", ""),
            Origin(**origin),
            data.get("left.yaml", ""),
            told.get(ENDED_ANNOTATION, ""),
            int(told.get(BACK_TO_ANNOTATION, "0")) or _told_of(report),
        )
        return kept.refused(kept.report) if _was_refused(kept) else kept


Releases = Sequence[Release]
"""Oldest first."""


def secret_name(environment: Environment, number: int) -> str:
    return f"{environment.app}.v{number}"


def labels(environment: Environment) -> str:
    """What all Secrets with the environment's releases carry."""
    return f"{OWNER_LABEL}={environment.app},{STATE_LABEL}"


def next_number(releases: Releases) -> int:
    return releases[-1].number + 1 if releases else 1


def last_good(releases: Iterable[Release]) -> Release | None:
    """The newest one that was verified."""
    return max(_good(releases), key=lambda each: each.number, default=None)


def latest(releases: Releases) -> Release | None:
    """The newest one that changed anything."""
    return next((each for each in reversed(releases) if each.state is not State.REFUSED), None)


def standing_release(releases: Releases) -> Release | None:
    """The one whose workloads there are: the last good one, or else the newest."""
    return last_good(releases) or latest(releases)


def unfinished(releases: Iterable[Release]) -> list[Release]:
    """Those that were begun and have not ended."""
    return [each for each in releases if each.state is State.PENDING]


def interruption(release: Release) -> str:
    """What the report of the next release says of one whose call was killed."""
    return (
        f"Interrupted: {release.name}, begun {release.report.began}, had not ended; "
        "it is closed as failed."
    )


def standing(release: Release, goes_on: bool) -> str:
    """What `status` says of an environment whose newest release has not ended."""
    if goes_on:
        return f"{release.name} goes on, begun {release.report.began}"
    share = release.report.canary
    asked = f", and its canary may get {share} of the requests" if share else ""
    return (
        f"{release.name}, begun {release.report.began}, was interrupted{asked}: deploy again, or "
        "roll back"
    )


def applied(releases: Releases) -> list[Object]:
    """All that may be in the namespace because of us: the last good release and those since."""
    good = last_good(releases)
    since = good.number if good else 0
    return [resource for each in releases if each.number >= since for resource in each.resources]


def size(text: str) -> int:
    """How many bytes of a Secret the resources of a release take."""
    return len(_compressed(text))


def surplus(releases: Releases) -> list[Release]:
    """Those not to keep any longer, which the last good one never is.

    What was refused is kept apart, for its report: it takes the place of none to go back to.
    """
    good = last_good(releases)
    refused = [each for each in releases if each.state is State.REFUSED]
    others = [each for each in releases if each.state is not State.REFUSED]
    return [*refused[:-REFUSED_KEPT], *(each for each in others[:-KEPT] if each is not good)]


def kept_after(releases: Releases, good: Release) -> list[str]:
    """What going back to a good release does not undo of those after it."""
    later = (each for each in releases if each.number > good.number)
    return waves.kept(good.manifest, ((each.name, each.manifest) for each in later))


def target(releases: Releases, number: int | None, environment: Environment) -> Release:
    """What to roll back to: the one asked for, or the newest good one that is not there now."""
    good = _good(releases)
    choices = ", ".join(str(each.number) for each in good) or "none"
    if number is not None:
        for each in good:
            if each.number == number:
                return each
        raise InvalidInput(
            f"--revision {number} is no good release of {environment.name}; good are: {choices}."
        )
    newest = latest(releases)
    current = newest if newest and newest.state is State.DEPLOYED else None
    for each in reversed(good):
        if current is None or each.text != current.text:
            return each
    raise InvalidInput(
        f"{environment.name} has no other good release to roll back to; good are: {choices}."
    )


def chosen(releases: Releases, number: int | None, environment: Environment) -> Release:
    """The release to tell of: the one asked for, or the newest."""
    for each in reversed(releases):
        if number in (None, each.number):
            return each
    if not releases:
        raise InvalidInput(
            f"{environment.name} has no releases on record: "
            f"`deploy --env {environment.name}` makes one."
        )
    kept = ", ".join(str(each.number) for each in releases)
    raise InvalidInput(f"--revision {number} is not kept for {environment.name}; kept are: {kept}.")


def of_run(releases: Releases, run: str) -> Release | None:
    """The newest release that a run of CI made."""
    return next((each for each in reversed(releases) if each.origin.run == run), None)


def _good(releases: Iterable[Release]) -> list[Release]:
    return [each for each in releases if each.state is State.DEPLOYED]


def _was_refused(release: Release) -> bool:
    """Refused, and kept as failed, as those were before there was a state for them."""
    report = release.report
    told = report.reason.lower().endswith("nothing was changed.")
    return release.state is State.FAILED and told and not report.restored


def _told_of(report: Report) -> int | None:
    """The release that was brought back, where only sentences say so, as before it was kept."""
    found = _BACK_TO.search(report.verdict) or _BACK_TO.search(report.restored)
    return int(found[1]) if found else None


def _compressed(text: str) -> bytes:
    return gzip.compress(text.encode(), mtime=0)


def _packed(text: str) -> str:
    return base64.b64encode(_compressed(text)).decode()


def _unpacked(name: str, value: str) -> tuple[str, str]:
    """A file's name and text, also where it was kept as it is."""
    content = base64.b64decode(value)
    packed = name.endswith(".gz")
    return name.removesuffix(".gz"), (gzip.decompress(content) if packed else content).decode()
