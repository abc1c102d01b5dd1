"""The releases of an environment: how each is kept, which was good, which are let go."""

import base64
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import Enum

from ci.environments import Environment
from ci.errors import InvalidInput
from ci.manifest import Manifest, Object
from ci.report import Report

KEPT = 10
OWNER_LABEL, STATE_LABEL = "app.kubernetes.io/instance", "ci/release"
RUN_ANNOTATION = "ci/run"


class State(Enum):
    """How far a release has come."""

    PENDING = "pending"
    """Begun. Its call goes on, or was killed."""

    DEPLOYED = "deployed"
    """Applied and verified."""

    FAILED = "failed"


@dataclass(frozen=True)
class Release:
    """One release: what was applied, and what came of it."""

    number: int
    state: State
    report: Report
    text: str
    """The resources as they were rendered."""

    run: str = ""
    """The run of CI that made it, where one did."""

    @property
    def manifest(self) -> Manifest:
        return Manifest.parse(self.text)

    @property
    def name(self) -> str:
        """As a person calls it."""
        return f"release {self.number} (commit {self.report.revision})"

    def ended(self, state: State, report: Report) -> "Release":
        """The same when it has come to an end."""
        return replace(self, state=state, report=report)

    def to_secret(self, environment: Environment) -> Object:
        """The release as the cluster keeps it: a Secret, as a rendered resource may be one."""
        return {
            "metadata": {
                "name": secret_name(environment, self.number),
                "labels": {OWNER_LABEL: environment.app, STATE_LABEL: self.state.value},
                "annotations": {RUN_ANNOTATION: self.run} if self.run else {},
            },
            "type": "ci/release.v1",
            "stringData": {"report.json": self.report.to_json(), "manifest.yaml": self.text},
        }

    @classmethod
    def of_secret(cls, secret: Object) -> "Release":
        """The release that a Secret keeps."""
        data = {name: _decoded(value) for name, value in secret["data"].items()}
        metadata = secret["metadata"]
        return cls(
            int(metadata["name"].rpartition(".v")[2]),
            State(metadata["labels"][STATE_LABEL]),
            Report.from_json(data["report.json"]),
            data["manifest.yaml"],
            metadata.get("annotations", {}).get(RUN_ANNOTATION, ""),
        )


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


def applied(releases: Releases) -> list[Object]:
    """All that may be in the namespace because of us: the last good release and those since."""
    good = last_good(releases)
    since = good.number if good else 0
    return [
        resource for each in releases if each.number >= since for resource in each.manifest.objects
    ]


def surplus(releases: Releases) -> list[Release]:
    """Those not to keep any longer, which the last good one never is."""
    good = last_good(releases)
    return [each for each in releases[:-KEPT] if each is not good]


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
    current = releases[-1] if releases and releases[-1].state is State.DEPLOYED else None
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
    return next((each for each in reversed(releases) if each.run == run), None)


def _good(releases: Iterable[Release]) -> list[Release]:
    return [each for each in releases if each.state is State.DEPLOYED]


def _decoded(value: str) -> str:
    return base64.b64decode(value).decode()
