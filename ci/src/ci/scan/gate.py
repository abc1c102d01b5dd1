"""Decides from Trivy's reports whether an image and its sources may pass. Fails closed."""

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum

from ci.run import durations
from ci.run.errors import InvalidInput
from ci.scan import findings, proof, system
from ci.scan.findings import SEVERITIES, STATUSES, VULNERABILITY, Finding, Report, Unusable
from ci.scan.ignores import Ignore, Ignores
from ci.scan.verdict import Verdict

ANY_AGE = "any"
CLOCKS_DIFFER = timedelta(hours=1)


class Effect(Enum):
    """What becomes of something that a policy names."""

    block = "block"
    report = "report"


@dataclass(frozen=True)
class Policy:
    """What blocks: findings of these severities, and a database older than this.

    `unfixed` says what becomes of findings that no version corrects, `unsupported_system` of an
    image in whose system nothing can be found.
    """

    fail_on: frozenset[str]
    max_age: timedelta | None
    unfixed: Effect = Effect.report
    unsupported_system: Effect = Effect.block

    @classmethod
    def parse(
        cls,
        fail_on: str,
        max_age: str,
        unfixed: Effect = Effect.report,
        unsupported_system: Effect = Effect.block,
    ) -> "Policy":
        """The policy that the arguments of those names describe, and `--db-max-age`."""
        named = {name.strip().upper() for name in fail_on.split(",")}
        if named != {"NONE"} and not named <= set(SEVERITIES):
            raise InvalidInput(
                f"--fail-on {fail_on!r} names no severities: write HIGH,CRITICAL or any of "
                f"{', '.join(SEVERITIES)}, or none."
            )
        age = None if max_age == ANY_AGE else durations.parse(max_age, "--db-max-age")
        return cls(frozenset(named - {"NONE"}), age, unfixed, unsupported_system)

    def blocks(self, finding: Finding) -> bool:
        """Whether a finding is one that may not pass."""
        tolerated = finding.unfixed and self.unfixed is Effect.report
        return finding.severity in self.fail_on and not tolerated


@dataclass(frozen=True)
class Database:
    """The metadata of a vulnerability database, and what Trivy finds with it in what is known."""

    metadata: str
    proof: Report


def judge(
    reports: Sequence[Report],
    database: Database,
    ignores: Ignores,
    policy: Policy,
    now: datetime,
    remarks: Sequence[str] = (),
) -> Verdict:
    """The verdict over Trivy's reports, and over the database that it looked into.

    `remarks` are sentences on how the scan went that belong to it.
    """
    found: list[Finding] = []
    reasons: list[str] = []
    for report in reports:
        told, unusable = _read(report)
        found += told
        reasons += unusable
    reasons += _unranked(found)
    reasons += ignores.objections
    counting, ignored = _apply(ignores, found, now)
    expired = _expired(ignores, counting, now)
    blocking = [each for each in counting if policy.blocks(each)]
    reasons += _over_the_line(blocking)
    reasons += [
        f"The ignore of {each.what} expired on {each.expires}: correct what it is about, or renew "
        "it with a reason that still holds."
        for each in _expired(ignores, blocking, now)
    ]
    reasons += _empty(database.proof)
    allowed: list[str] = []
    for report in reports:
        if report.image:
            unjudged, unproved = _on_system(report, database.proof)
            if policy.unsupported_system is Effect.report:
                allowed += [f"{each}; allowed by --unsupported-system report." for each in unjudged]
            else:
                reasons += [
                    f"{each}; take a base image that is supported, or allow it with "
                    "--unsupported-system report."
                    for each in unjudged
                ]
            reasons += unproved
    age, stale = _age(database.metadata, policy, now)
    reasons += stale
    image = next((each.image for each in reports if each.image), "")
    passing = [each for each in counting if not policy.blocks(each)]
    return Verdict(
        reasons=tuple(dict.fromkeys(reasons)),
        database=age,
        blocking=tuple(blocking),
        passing=tuple(each for each in passing if not each.unfixed),
        unfixed=tuple(each for each in passing if each.unfixed),
        ignored=tuple(ignored),
        expired=expired,
        image=image,
        allowed=tuple(allowed),
        remarks=tuple(remarks),
    )


def unexcused(report: Report, ignores: Ignores, now: datetime) -> list[str]:
    """What counts of a report of any severity, gravest first, or why it cannot be told."""
    found, unusable = _read(report)
    if unusable:
        return unusable
    counting, _ = _apply(ignores, found, now)
    return [*ignores.objections, *map(str, sorted(counting, key=lambda each: each.gravity))]


def _read(report: Report) -> tuple[list[Finding], list[str]]:
    """What a report tells of, and why it blocks where it cannot be believed."""
    try:
        return findings.read(report), []
    except Unusable as why:
        return [], [f"The report of the {report.name} {why}."]


def _apply(
    ignores: Ignores, found: list[Finding], now: datetime
) -> tuple[list[Finding], list[tuple[Finding, Ignore]]]:
    """What counts, and what is ignored by an entry that holds today."""
    counting: list[Finding] = []
    ignored: list[tuple[Finding, Ignore]] = []
    for finding in found:
        holding = (each for each in ignores.about(finding) if not each.expired(now.date()))
        if entry := next(holding, None):
            ignored.append((finding, entry))
        else:
            counting.append(finding)
    return counting, ignored


def _expired(ignores: Ignores, found: Iterable[Finding], now: datetime) -> tuple[Ignore, ...]:
    """Entries about findings that count again because the entry's day is over."""
    about = (each for finding in found for each in ignores.about(finding))
    return tuple(dict.fromkeys(each for each in about if each.expired(now.date())))


def _unranked(found: list[Finding]) -> list[str]:
    """Why findings block that have a severity or a status which Trivy never gave before."""
    severities = {each.severity for each in found} - set(SEVERITIES)
    statuses = {each.status for each in found if each.kind == VULNERABILITY} - set(STATUSES)
    told = (("Severity", severities), ("Status", statuses))
    return [
        f"{what} {', '.join(sorted(unknown))} is not one this gate knows."
        for what, unknown in told
        if unknown
    ]


def _over_the_line(blocking: list[Finding]) -> list[str]:
    counted = Counter(finding.severity for finding in blocking)
    if not counted:
        return []
    named = " and ".join(f"{counted[name]} {name}" for name in SEVERITIES if counted[name])
    unfixed = sum(finding.unfixed for finding in blocking)
    apart = f", {unfixed} of them without a fix, as --unfixed block wants it" if unfixed else ""
    return [f"{named} found{apart}; fix them, or change what counts with --fail-on."]


def _empty(found_by: Report) -> list[str]:
    """Why a database blocks with which nothing would ever be found."""
    found, unusable = _read(found_by)
    if unusable or proof.PYTHON.vulnerability in {each.id for each in found}:
        return unusable
    return [
        f"The vulnerability database does not know {proof.PYTHON.vulnerability} in "
        f"{proof.PYTHON.package}, as every whole one does: fetch it anew, or name another with "
        "--db-repository."
    ]


def _on_system(report: Report, found_by: Report) -> tuple[list[str], list[str]]:
    """Why an image's system cannot be judged, and why the database cannot judge it."""
    try:
        seen = system.read(report)
    except Unusable as why:
        return [], [f"The report of the {report.name} {why}."]
    try:
        found, proved = findings.read(found_by), system.read(found_by)
    except Unusable:
        return system.unjudged(seen), []  # The report that cannot be used is a reason already.
    return system.unjudged(seen), system.unproved(seen, proved, {each.id for each in found})


def _age(metadata: str, policy: Policy, now: datetime) -> tuple[str, list[str]]:
    """How the summary names the database, and why it blocks, if it does."""
    try:
        updated = datetime.fromisoformat(json.loads(metadata)["UpdatedAt"])
        age = now - updated.astimezone(UTC)
    except (KeyError, TypeError, ValueError):
        return "of unknown age", ["The vulnerability database does not say how old it is."]
    if age < -CLOCKS_DIFFER:
        return "from the future", ["The vulnerability database says that it is from the future."]
    shown = f"of {updated:%Y-%m-%d}, {durations.show(age)} old"
    if policy.max_age is None:
        return f"{shown}, allowed by --db-max-age {ANY_AGE}", []
    if age <= policy.max_age:
        return shown, []
    return shown, [
        f"The vulnerability database is {durations.show(age)} old, more than "
        f"{durations.show(policy.max_age)}: update it, or allow it with --db-max-age."
    ]
