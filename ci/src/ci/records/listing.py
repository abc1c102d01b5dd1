"""The releases of an environment, newest first: a line each, or all that is known for programs."""

import json
from datetime import timedelta

from ci.records.columns import aligned
from ci.records.history import Release, Releases
from ci.records.report import SHORT, Format, cell, shortened
from ci.run import durations

_TITLES = ("RELEASE", "BEGUN", "BY", "COMMIT", "DIGEST", "TOOK", "VERDICT")
_NUMBERS = (0, 5)


def show(releases: Releases, wanted: Format) -> str:
    """As it was asked for."""
    newest_first = list(reversed(releases))
    shown = {Format.text: _text, Format.markdown: _markdown, Format.json: _json}
    return shown[wanted](newest_first)


def _text(releases: Releases) -> str:
    if not releases:
        return "No release is on record: `deploy` makes one."
    return aligned([_TITLES, *map(_row, releases)])


def _markdown(releases: Releases) -> str:
    rules = ("---:" if place in _NUMBERS else "---" for place in range(len(_TITLES)))
    rows = [[title.lower() for title in _TITLES], rules, *(map(cell, _row(r)) for r in releases)]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _json(releases: Releases) -> str:
    return json.dumps(list(map(_facts, releases)), indent=2)


def _row(release: Release) -> tuple[str, ...]:
    report = release.report
    took = durations.show(timedelta(seconds=report.total)) if report.total else "-"
    digest = report.image.partition("@")[2][: len("sha256:") + SHORT]
    then = f"; {report.restored}" if report.restored else ""
    commit = shortened(report.revision)
    verdict = f"{report.verdict}{then}"
    return (
        str(release.number),
        report.began,
        release.origin.by or "-",
        commit,
        digest,
        took,
        verdict,
    )


def _facts(release: Release) -> dict[str, object]:
    report = release.report
    repository, _, digest = report.image.partition("@")
    return {
        "release": release.number,
        "state": release.state.value,
        "began": report.began,
        "ended": release.ended,
        "by": release.origin.by,
        "seconds": report.total,
        "revision": report.revision,
        "committed": release.origin.committed,
        "previous": report.previous,
        "repository": repository,
        "digest": digest,
        "verdict": report.verdict,
        "reason": report.reason,
        "restored": report.restored,
        "back_to": release.back_to,
        "run": release.origin.run,
    }
