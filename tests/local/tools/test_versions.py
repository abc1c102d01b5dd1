"""What `make versions` says of releases that are newer than what is pinned."""

from datetime import date
from pathlib import Path

import pytest

from local.host.errors import CommandFailed, LocalError
from local.host.paths import REPOSITORY
from local.tools import versions
from local.tools.catalogue import KUBERNETES, PART_TOOLS, TOOLS, Tool


@pytest.mark.parametrize(
    ("pinned", "newest", "behind"),
    [
        ("v1.36.3", "v1.36.3", False),
        ("v1.36.3", "v1.36.5", True),
        ("v1.9.1", "v1.10.0", True),
        ("v1.36.3", "v1.36.1", False),
        ("v0.72.0", "v0.73.0-rc.1", True),
    ],
    ids=["the newest", "patch", "ten after nine", "a proxy without the pinned one", "candidate"],
)
def test_release(pinned: str, newest: str, behind: bool) -> None:
    """What is pinned is behind where a later one is there."""
    assert versions.compared("hammer", pinned, newest).behind is behind


@pytest.mark.parametrize(
    ("today", "behind", "what"),
    [
        (date(2026, 11, 26), False, "is supported until 2027-06-28"),
        (date(2027, 4, 29), False, "is supported until 2027-06-28"),
        (date(2027, 4, 30), True, "is supported until 2027-06-28"),
        (date(2027, 6, 28), True, "is supported until 2027-06-28"),
        (date(2027, 6, 29), True, "has had no support since 2027-06-28"),
    ],
    ids=["long before", "a day before the notice", "two months before", "last day", "day after"],
)
def test_support_of_kubernetes(today: date, behind: bool, what: str) -> None:
    """Its end asks for a change two months ahead, and from then on."""
    said = versions.support("v1.36.3", today)

    assert (said.behind, said.what) == (behind, what)


def test_end_of_the_pinned_kubernetes_is_known() -> None:
    """Whoever pins another one looks up how long it lasts, and the guides say so."""
    generation = versions.minor(KUBERNETES.version)
    ends = versions.SUPPORTED_UNTIL[generation]

    for guide in ("README.md", "infra/README.md"):
        text = " ".join((REPOSITORY / guide).read_text().split())
        assert f"Kubernetes {generation.removeprefix('v')} is supported until {ends}" in text, guide


@pytest.fixture
def proxy(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The newest release by what is asked for; where there is none, the proxy refuses."""
    newest: dict[str, str] = {}

    def answer(go: Path, query: str) -> str:
        if query not in newest:
            raise CommandFailed(f"go list exited with 1: {query}: 403 Forbidden")
        return newest[query]

    monkeypatch.setattr(versions, "_newest", answer)
    monkeypatch.setattr("local.tools.golang.find_or_install", lambda log: Path("/go"))
    return newest


def queries() -> dict[str, str]:
    """What is asked for each tool, with the answer that none is behind."""
    wanted = {f"{module}@latest": version for module, version in map(module_of, TOOLS + PART_TOOLS)}
    wanted[f"k8s.io/kubernetes@{versions.minor(KUBERNETES.version)}"] = KUBERNETES.version
    return wanted


def module_of(tool: Tool) -> tuple[str, str]:
    return tool.module, tool.module_version


def test_nothing_is_behind(
    proxy: dict[str, str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A line for each, none is marked, and it exits with 0."""
    proxy.update(queries())
    monkeypatch.setitem(versions.SUPPORTED_UNTIL, versions.minor(KUBERNETES.version), date.max)

    assert versions.main() == 0

    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == len(TOOLS) + len(PART_TOOLS) + 1
    assert [line for line in lines if not line.startswith("   ")] == []


def test_one_is_behind(proxy: dict[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    """It is marked with the version that is there, and the exit code is 1."""
    proxy.update(queries())
    proxy["github.com/aquasecurity/trivy@latest"] = "v99.0.0"

    assert versions.main() == 1

    marked = [line for line in capsys.readouterr().out.splitlines() if line.startswith("->")]
    assert "v99.0.0 is there" in marked[0] and "trivy" in marked[0]


def test_one_cannot_be_asked_for(proxy: dict[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    """Its line says so, and the others are told all the same."""
    proxy.update(queries())
    del proxy["github.com/dagger/dagger@latest"]

    versions.main()

    printed = capsys.readouterr().out
    assert "cannot be asked: go list exited with 1" in printed
    assert printed.count("is the newest") == len(TOOLS) + len(PART_TOOLS) - 1


def test_no_proxy_answers(proxy: dict[str, str]) -> None:
    """Nothing is said to be the newest: it fails with the reason."""
    with pytest.raises(LocalError, match="403 Forbidden: see GOPROXY in `go env`"):
        versions.main()
