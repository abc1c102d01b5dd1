"""What was found, as objects: for another module, for `dagger shell`, and for one field of it.

Each has the text that a verb prints as its function.
"""

from typing import Annotated

from dagger import Doc, field, function, object_type

from ci.arguments import single
from ci.records import report
from ci.records.report import Format, Report, Standing
from ci.scan.verdict import Verdict


@object_type
class Release:
    """A release of an environment, as its report has it."""

    environment: str = field()
    number: Annotated[int, Doc("Counted in its environment, from 1")] = field()
    image: Annotated[str, Doc("By digest")] = field()
    revision: Annotated[str, Doc("The commit, and what sets uncommitted sources apart")] = field()
    previous: Annotated[str, Doc("The revision that ran before")] = field()
    verdict: Annotated[str, Doc("What became of it, such as 'deployed and verified'")] = field()
    reason: Annotated[str, Doc("Why it failed")] = field()
    restored: Annotated[str, Doc("What became of the environment then")] = field()
    url: str = field()
    began: Annotated[str, Doc("When, in ISO 8601")] = field()
    seconds: Annotated[float, Doc("How long it took")] = field()
    kept: str

    @classmethod
    def of(cls, found: Report) -> "Release":
        same = ("environment", "image", "revision", "previous", "verdict", "reason", "restored")
        said = {name: getattr(found, name) for name in (*same, "url", "began")}
        said |= {"number": found.release, "seconds": found.total, "kept": found.to_json()}
        return cls(**said)

    @function
    def report(self, format_: single.Shown = Format.text) -> str:
        """The report, as the verb `report` prints it."""
        return Report.from_json(self.kept).show(format_)


@object_type
class Environment:
    """An environment, and what it runs: nothing where nothing was deployed."""

    name: str = field()
    image: Annotated[str, Doc("By digest")] = field()
    revision: Annotated[str, Doc("The commit, and what sets uncommitted sources apart")] = field()
    ready: Annotated[int, Doc("Pods that are ready")] = field()
    wanted: Annotated[int, Doc("Pods that there are to be")] = field()
    drift: Annotated[str, Doc("What is not as it was last applied")] = field()
    line: str

    @classmethod
    def of(cls, found: Standing) -> "Environment":
        environment, runs, drift = found
        said = {"name": environment.name, "drift": drift, "line": report.table([found])}
        nothing = {"image": "", "revision": "", "ready": 0, "wanted": 0}
        return cls(**said, **{name: getattr(runs, name, none) for name, none in nothing.items()})

    @function
    def status(self) -> str:
        """What it runs, as the verb `status` prints it."""
        return self.line


@object_type
class Scan:
    """What a scan of the image and its sources found, and whether it blocks."""

    blocked: bool = field()
    reasons: Annotated[list[str], Doc("Why it blocks, a sentence each")] = field()
    blocking: Annotated[int, Doc("Findings that block")] = field()
    passing: Annotated[int, Doc("Findings that pass")] = field()
    unfixed: Annotated[int, Doc("Findings that no version corrects")] = field()
    ignored: Annotated[int, Doc("Findings that do not count")] = field()
    database: Annotated[str, Doc("Of what age Trivy's database is")] = field()
    texts: dict[str, str]

    @classmethod
    def of(cls, found: Verdict) -> "Scan":
        counted = ("blocking", "passing", "unfixed", "ignored")
        texts = {
            Format.text.name: found.summary,
            Format.markdown.name: found.to_markdown(),
            Format.json.name: found.to_json(),
        }
        said = {"blocked": found.blocked, "database": found.database, "texts": texts}
        said |= {"reasons": list(found.reasons)}
        return cls(**said, **{name: len(getattr(found, name)) for name in counted})

    @function
    def report(self, format_: single.Shown = Format.text) -> str:
        """The findings, as the verb `scan` prints them, or `scan-reports` writes them."""
        return self.texts[format_.name]
