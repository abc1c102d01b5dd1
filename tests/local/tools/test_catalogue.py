"""The catalogue of tools, and the modules that they are built from."""

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from local.host.paths import REPOSITORY
from local.images.cluster import COREDNS_VERSION
from local.tools import golang
from local.tools.catalogue import (
    ACT,
    DAGGER,
    DIAL_STDIO,
    ENVOY_GATEWAY,
    ENVOY_GATEWAY_SOURCE,
    KUBERNETES,
    OPENTOFU,
    PART_TOOLS,
    TOOLS,
    Tool,
)
from local.tools.source import Source

EVERY_TOOL = (*TOOLS, *PART_TOOLS, DIAL_STDIO)
every_tool = pytest.mark.parametrize("tool", EVERY_TOOL, ids=lambda tool: tool.name)


def required(tool: Tool, module: str) -> str:
    """The version of a module that a tool's go.mod requires."""
    described = (tool.sources / "go.mod").read_text()
    (version,) = re.findall(rf"^(?:require |\t){re.escape(module)} (v\S+)", described, re.MULTILINE)
    return str(version)


@pytest.fixture
def tool(cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tool:
    """A tool with sources that a test may change."""
    monkeypatch.setattr("local.tools.catalogue.HERE", tmp_path)
    sources = tmp_path / "hammer"
    sources.mkdir()
    (sources / "go.mod").write_text("module hammer\n")
    return Tool(
        name="hammer",
        module="example.com/hammer",
        version="v1.0.0",
        packages=("example.com/hammer",),
        variables={"main.version": "v1.0.0"},
    )


@every_tool
def test_module_is_of_the_tools_version(tool: Tool) -> None:
    """What go.mod requires is what the catalogue names."""
    # The module of Prometheus 3.16.0 is v0.316.0: its API is not declared stable.
    named = {"v3.16.0": "v0.316.0"}.get(tool.version, tool.version)

    assert tool.module_version == named


@pytest.mark.parametrize(
    "tool", [tool for tool in EVERY_TOOL if tool not in (OPENTOFU, ACT)], ids=lambda tool: tool.name
)
def test_program_says_the_tools_version(tool: Tool) -> None:
    """The linker sets the version that the program prints."""
    said = {value.removeprefix("v") for value in tool.variables.values()}

    assert tool.version.removeprefix("v") in said


def test_program_whose_version_is_a_file_of_its_module() -> None:
    """The linker sets no version; of OpenTofu, that it is not one in development."""
    assert ACT.variables == {}
    assert OPENTOFU.variables == {"github.com/opentofu/opentofu/version.dev": "no"}


@every_tool
def test_go_is_new_enough_for_the_module(tool: Tool) -> None:
    """One Go builds all tools: the oldest that will do allows each go.mod."""
    (asked,) = re.findall(r"^go (\S+)$", (tool.sources / "go.mod").read_text(), re.MULTILINE)

    assert golang.version(f"go{asked}") <= golang.NEEDED


def test_chart_is_of_the_controllers_version() -> None:
    """Envoy Gateway is installed by the chart of its own release."""
    assert ENVOY_GATEWAY_SOURCE.version == ENVOY_GATEWAY.version


@every_tool
def test_programs_of_the_project_have_sources(tool: Tool) -> None:
    """A package that begins with ./ lies beside go.mod."""
    for package in tool.packages:
        if package.startswith("./"):
            assert (tool.sources / package / "main.go").is_file()


def test_go_that_is_fetched_will_do() -> None:
    """Where the machine has none that does, the pinned one builds all tools."""
    assert golang.NEEDED <= golang.version(golang.PINNED) < golang.TOO_NEW


def test_dagger_is_the_one_the_module_asks_for() -> None:
    """The engine, its patched source and dagger.json are of one release."""
    asked = json.loads((REPOSITORY / "dagger.json").read_text())["engineVersion"]

    assert DAGGER.version == asked
    assert DAGGER.patch and DAGGER.patch.source.version == asked


def test_dns_server_is_the_one_the_cluster_names() -> None:
    """CoreDNS is built at the version that its Deployment asks for."""
    assert required(KUBERNETES, "github.com/coredns/coredns") == COREDNS_VERSION


@every_tool
def test_patch_adds_files_that_are_there(tool: Tool) -> None:
    """What takes the place of a removed file lies beside go.mod."""
    for name in tool.patch.added if tool.patch else ():
        assert (tool.sources / name).is_file()


def test_client_of_kubernetes_is_of_its_version() -> None:
    """What is patched of it is the version that go.mod takes for everybody."""
    assert KUBERNETES.patch
    source = KUBERNETES.patch.source
    go_mod = (KUBERNETES.sources / "go.mod").read_text()

    assert f"{source.module} => {source.module} {source.version}\n" in go_mod


@pytest.mark.parametrize(
    "change",
    [
        {"version": "v1.0.1"},
        {"packages": ("example.com/hammer", "./nail")},
        {"variables": {"main.version": "v1.0.1"}},
        {"tags": ("steel",)},
        {"names": ("mallet",)},
    ],
    ids=lambda change: next(iter(change)),
)
def test_another_setting_is_another_home(tool: Tool, change: dict[str, object]) -> None:
    """A tool that is built differently is never taken for this one."""
    assert replace(tool, **change).home != tool.home  # type: ignore[arg-type]


def test_other_sources_are_another_home(tool: Tool) -> None:
    """So is one with other locked modules."""
    before = tool.home
    (tool.sources / "go.sum").write_text("example.com/nail v1.0.0 h1:abc=\n")

    assert tool.home != before


def test_home_says_whose_it_is(tool: Tool, cache: Path) -> None:
    """A person who looks into the cache reads name and version."""
    assert tool.home.parent == cache / "tools"
    assert tool.home.name.startswith("hammer-v1.0.0-")
    assert tool.program("nail") == tool.home / "nail"


def test_tool_is_built_when_its_home_is_there(tool: Tool) -> None:
    """Nothing else is asked."""
    assert not tool.built
    tool.home.mkdir(parents=True)
    assert tool.built


@pytest.mark.parametrize(
    "other",
    [
        Source("example.com/nail", "v1.0.0", "h1:abc="),
        Source("example.com/hammer", "v2.0.0", "h1:abc="),
    ],
)
def test_sources_have_homes_of_their_own(cache: Path, other: Source) -> None:
    """Another module or another version lies elsewhere."""
    assert other.home != Source("example.com/hammer", "v1.0.0", "h1:abc=").home
