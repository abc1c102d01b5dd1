"""The report of a release: what, where, from, to, how long, and the verdict."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from enum import Enum
from typing import Final

from ci.project.environments import Environment
from ci.records.columns import aligned
from ci.rollout.running import Running
from ci.run import durations

SHORT = 12
BEGUN, DEPLOYED = "begun, and not ended", "deployed and verified"
FAILED, REFUSED = "failed", "refused"
NOT_BEGUN = "not released to"
FOLLOWS: Final[Mapping[str, Sequence[str]]] = {
    "lint": (),
    "test": (),
    "build": (),
    "scan": ("build",),
}
"""What a step waits for, where that is not every step before it."""


class Format(Enum):
    """How a report is printed."""

    text = "text"
    markdown = "markdown"
    json = "json"


Form = Callable[[], str]


def shown(wanted: Format, text: Form, markdown: Form, machines: Form) -> str:
    """The form of something that was asked for; programs read the last one."""
    return {Format.text: text, Format.markdown: markdown, Format.json: machines}[wanted]()


@dataclass(frozen=True)
class Report:
    """One release of one image to one environment."""

    environment: str
    image: str
    revision: str
    previous: str = ""
    url: str = ""
    pods: str = ""
    checks: tuple[str, ...] = ()
    seconds: Mapping[str, float] = field(default_factory=dict)
    total: float = 0.0
    verdict: str = BEGUN
    release: int = 0
    began: str = ""
    reason: str = ""
    """Why it failed, in a sentence."""
    restored: str = ""
    """What became of the environment then."""
    evidence: str = ""
    canary: str = ""
    """The share of requests by which it was judged first."""

    @classmethod
    def from_json(cls, text: str) -> "Report":
        """The report as it was kept, without what only a newer pipeline keeps."""
        kept, known = json.loads(text), {each.name for each in fields(cls)}
        said = {name: value for name, value in kept.items() if name in known}
        return cls(**{**said, "checks": tuple(kept["checks"])})

    def interrupted(self, successor: int) -> "Report":
        """The report of a release whose call was killed."""
        return replace(
            self,
            verdict=FAILED,
            reason=f"It was interrupted before its end; release {successor} came after it.",
        )

    def show(self, wanted: Format) -> str:
        """As it was asked for."""
        return shown(wanted, self.to_text, self.to_markdown, self._for_machines)

    def to_json(self) -> str:
        """As it is kept."""
        return json.dumps(asdict(self), indent=2)

    def _for_machines(self) -> str:
        """As it is kept, with what others need by itself: the image's repository and digest."""
        repository, _, digest = self.image.partition("@")
        return json.dumps({**asdict(self), "repository": repository, "digest": digest}, indent=2)

    def to_text(self) -> str:
        """As a person likes to read it on a terminal."""
        facts = [*self._facts, *(("", check) for check in self.checks)]
        lines = [self._title, "", *(f"  {name:<8}{value}" for name, value in facts)]
        if self.seconds:
            width = max(len(name) for name in [*self.seconds, "total"])
            lines.append("")
            lines += [f"  {name:<{width}}  {took:6.1f} s" for name, took in self.seconds.items()]
        if self.evidence:
            lines += ["", *(f"  {line}".rstrip() for line in self.evidence.splitlines())]
        return "\n".join(lines)

    def to_markdown(self) -> str:
        """As it reads on a page, such as the summary of a job."""
        lines = [f"### {self._title}", "", "| | |", "| --- | --- |"]
        lines += [f"| {name} | {_cell(name, value)} |" for name, value in self._facts]
        if self.checks:
            lines += ["", *(f"- {check}" for check in self.checks)]
        if self.seconds:
            lines += ["", "| step | seconds |", "| --- | ---: |"]
            lines += [f"| {name} | {took:.1f} |" for name, took in self.seconds.items()]
            lines += ["", "```mermaid", *timeline(self.seconds), "```"]
        if self.evidence:
            lines += ["", *fenced(self.evidence)]
        return "\n".join(lines)

    @property
    def _title(self) -> str:
        took = f" in {self.total:.1f} s" if self.total else ""
        return f"{self.environment}: {self.verdict}{took}"

    @property
    def _facts(self) -> list[tuple[str, str]]:
        facts = [
            ("release", f"{self.release}, begun {self.began}" if self.release else ""),
            ("image", self.image),
            ("commit", self._commits),
            ("pods", self.pods),
            ("url", self.url),
            ("why", self.reason),
            ("then", self.restored),
        ]
        return [(name, value) for name, value in facts if value]

    @property
    def _commits(self) -> str:
        if self.previous in ("", self.revision):
            return self.revision
        return f"{self.previous} -> {self.revision}"


def not_begun(environment: Environment, run: str, runs: Running | None) -> Report:
    """The report of a run of CI that ended before it released anything."""
    what = f"{runs.image} of commit {runs.revision}" if runs else "nothing"
    return Report(
        environment=environment.name,
        image="",
        revision="",
        verdict=NOT_BEGUN,
        reason=f"{run} has begun no release: what it printed says why.",
        restored=f"{environment.name} is as it was, and runs {what}.",
    )


def verified(environment: Environment, found: Running) -> str:
    """What an environment was found to run."""
    how = f"answering for commit {found.revision} through {found.through}"
    if not found.through:
        how = f"of commit {found.revision}, with no Service asked"
    elif environment.service.commit is None:
        how = f"of commit {found.revision}, answering through {found.through}"
    return (
        f"{environment.name} is healthy: {found.ready} of {found.wanted} pods ready, "
        f"all of {found.image}, {how}{''.join(f'; {remark}' for remark in found.remarks)}."
    )


Standing = tuple[Environment, Running | None, str]
"""An environment, what it runs, and what of it is not as it was last applied."""


def table(found: Sequence[Standing]) -> str:
    """What each environment runs, a line each."""
    rows = [("ENVIRONMENT", "DIGEST", "COMMIT", "READY", "AGE", "DRIFT")]
    for environment, runs, drift in found:
        rows.append(
            (
                environment.name,
                runs.digest[: len("sha256:") + SHORT] or runs.image,
                shortened(runs.revision),
                ", ".join([f"{runs.ready}/{runs.wanted}", *runs.remarks]),
                durations.show(runs.age),
                drift,
            )
            if runs
            else (environment.name, "nothing", "-", "-", "-", drift)
        )
    return aligned(rows)


def shortened(revision: str) -> str:
    """A commit as people say it; what sets uncommitted sources apart is kept."""
    commit, dash, changes = revision.partition("-")
    return f"{commit[:SHORT]}{dash}{changes}"


def fenced(text: str) -> list[str]:
    """Text as it is, on a page: nothing in it ends the fence."""
    fence = "~~~~"
    return [f"{fence}text", text.replace(fence, "~~~"), fence]


def timeline(seconds: Mapping[str, float]) -> list[str]:
    """A Mermaid diagram of steps in time, side by side where they do not wait for each other."""
    lines = ["gantt", "    dateFormat x", "    axisFormat %s s", "    todayMarker off"]
    ends: dict[str, int] = {}
    for name, took in seconds.items():
        begin = max((ends.get(each, 0) for each in FOLLOWS.get(name, list(ends))), default=0)
        length = round(took * 1000)
        ends[name] = begin + length
        lines += [f"    section {_section(name)}", f"    {took:.1f} s :{begin}, {length}ms"]
    return lines


def _section(name: str) -> str:
    """A name without what Mermaid would take for its own."""
    return " ".join(re.sub(r"[^\w.,()/+-]", " ", name).split()) or "step"


def _cell(name: str, value: str) -> str:
    return f"`{value}`" if name == "image" else cell(value)


def cell(value: str) -> str:
    """A cell of a table on a page, which ends at a bar and at the end of a line."""
    return " ".join(value.split()).replace("|", "\\|")
