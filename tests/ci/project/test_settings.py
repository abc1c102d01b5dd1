"""What a project says of itself in [tool.ci]."""

from datetime import timedelta
from pathlib import Path

import pytest

from ci.project.environments import Environment
from ci.project.service import Commit, Health, Service
from ci.project.settings import Settings, Suite, parse
from ci.run.errors import InvalidInput

LEAST = '[tool.ci]\nname = "web"\nenvironments.dev.branch = "dev"\n'
OURS = Path(__file__).parents[3] / "pyproject.toml"


def test_ours() -> None:
    """Names, branches and what is asked of the service are those of the architecture."""
    found = parse(OURS.read_text())
    service = Service("fastapi", Health("/", {"status": "ok"}), Commit("/version", "revision"))
    assert found.service == service
    assert (found.context, found.dockerfile, found.latest) == (".", "Dockerfile", "main")
    assert [found.environments[name] for name in ("dev", "stage", "prod")] == [
        Environment("dev", service, "dev", "dev"),
        Environment("stage", service, "stage", "stage"),
        Environment("prod", service, "prod", "main", promoted_from="stage", signed=True),
    ]


def test_least() -> None:
    """A name and an environment are enough, for what is usual elsewhere."""
    web = Service("web", Health(None, None), None)
    dev = Environment("dev", web, "dev", "dev")
    assert parse(LEAST) == Settings(web, {"dev": dev})
    assert (dev.overlay, dev.app) == ("overlays/dev", "dev-web")


@pytest.mark.parametrize(
    ("said", "canary", "insists"),
    [("", None, False), ("canary = '10%'", 10, True), ("signed = true", None, True)],
)
def test_canary(said: str, canary: int | None, insists: bool) -> None:
    """It is a share in percent; who wants it, or signatures, takes nothing that was not judged."""
    text = f"{LEAST}[tool.ci.environments.qa]\nbranch = 'qa'\n{said}"
    found = parse(text).environments["qa"]
    assert (found.canary, found.insists) == (canary, insists)


def test_bake() -> None:
    """It is a span of time, and the environment insists on a verdict."""
    found = parse(f'{LEAST}environments.qa.bake = "1m"').environments["qa"]
    assert (found.bake, found.insists) == (timedelta(minutes=1), True)


@pytest.mark.parametrize(
    ("said", "tests"),
    [
        (
            'command = ["go", "test"]\nimage = "golang:1"',
            Suite(("go", "test"), image="golang:1", files=("**",)),
        ),
        (
            'command = ["pytest"]\nrequirements = "tests/r.txt"\nfiles = ["tests"]',
            Suite(("pytest",), requirements="tests/r.txt", files=("tests",)),
        ),
    ],
)
def test_how_it_is_tested(said: str, tests: Suite) -> None:
    """In an image of its own, or in the service's with packages beside it."""
    assert parse(f"{LEAST}[tool.ci.test]\n{said}\n").tests == tests


def test_environment_of_another_name() -> None:
    """Its namespace may be called otherwise, and nothing but a promotion may feed it."""
    live = '[tool.ci.environments.live]\nnamespace = "team-live"\npromoted-from = "dev"\n'
    found = parse(LEAST + live).environments["live"]
    assert found == Environment("live", Service("web"), "team-live", None, promoted_from="dev")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", r"pyproject.toml has no table \[tool.ci\].*write one"),
        ("tool = 1", r"has no table \[tool.ci\]"),
        (f"a = {'[' * 5000}", "pyproject.toml is no TOML: .*correct it"),
        ("[tool.ci", "pyproject.toml is no TOML: .*correct it"),
        ("[tool.ci]", "tool.ci.name in pyproject.toml is missing: give the name"),
        ('[tool.ci]\nname = "web"', "tool.ci.environments .* names none: add a table"),
        ('[tool.ci]\nnmae = "web"', "tool.ci.nmae .* is not known: write name, if that is meant"),
        ('[tool.ci]\nname = "web"\nenvironment.dev.branch = "d"', "ci.environment .*not known"),
        ('[tool.ci]\nname = "Web"', 'tool.ci.name .* is "Web", which Kubernetes .*small letters'),
        (
            f'[tool.ci]\nname = "{"w" * 60}"\nenvironments.prod.branch = "main"',
            "tool.ci.environments.prod .* makes prod-w+, as releases are called, 65 long: take a "
            "shorter one, or a shorter tool.ci.name: 63 at most",
        ),
        ("[tool.ci]\nname = 3", "tool.ci.name .* is 3: give a text in quotes"),
        (f'{LEAST}context = "../up"', r'tool.ci.context .* is "../up": give a path of the repo'),
        (f'{LEAST}dockerfile = "/Dockerfile"', "tool.ci.dockerfile .*from its top"),
        (f'{LEAST}dockerfile = ""', "tool.ci.dockerfile .* give a text"),
        (f'{LEAST}lint = "app"', 'tool.ci.lint .* is "app": give a list'),
        (f'{LEAST}lint = ["/app"]', 'tool.ci.lint .* is "/app": give a path'),
        (f'{LEAST}adress = "/"', "tool.ci.adress .* is not known: remove it, or give one of comm"),
        (f'{LEAST}test = "pytest"', 'tool.ci.test .* is "pytest": make it a table'),
        (f"{LEAST}test = {{}}", "tool.ci.test.command .* is missing: give a list"),
        (f"{LEAST}test = {{ command = [] }}", "tool.ci.test.command .* is empty"),
        (f'{LEAST}test = {{ command = ["a"], img = "b" }}', "tool.ci.test.img .* is not known"),
        (f'{LEAST}health = "/health"', 'tool.ci.health .* is "/health": make it a table'),
        (f'{LEAST}health = {{ path = "health" }}', "tool.ci.health.path .* begin the path with a"),
        (f"{LEAST}commit = {{}}", "tool.ci.commit.path .* is missing: say where"),
        (f'{LEAST}environments.Qa.branch = "q"', "tool.ci.environments.Qa .* takes for no name"),
        (f"{LEAST}environments.qa = 1", "tool.ci.environments.qa .* make it a table"),
        (f"{LEAST}environments.qa.signed = 1", "tool.ci.environments.qa.signed .* true or false"),
        (f'{LEAST}environments.qa.canary = "10"', "qa.canary in pyproject.toml '10' is no share"),
        (f"{LEAST}environments.qa.canary = 10", "tool.ci.environments.qa.canary .* text in quotes"),
        (f'{LEAST}environments.qa.bake = "long"', "qa.bake in pyproject.toml 'long' is not a span"),
        (f'{LEAST}environments.qa.branch = "dev"', "qa.branch .*is dev, which feeds dev: let it"),
        (f'{LEAST}environments.qa.namespace = "dev"', "qa.namespace .*is dev, as of dev: give"),
        (
            f'{LEAST}environments.qa.promoted-from = "x"',
            'qa.promoted-from .* is "x".*name one of d',
        ),
        (f'{LEAST}environments.dev.promoted-from = "x"', 'dev.promoted-from .*"x".*: remove it'),
        (f'{LEAST}environments.qa.promoted-from = "qa"', "qa.promoted-from .* leads back"),
    ],
)
def test_what_cannot_be_used(text: str, said: str) -> None:
    """One sentence names the key, what is wrong with it, and what to write instead."""
    with pytest.raises(InvalidInput, match=said) as raised:
        parse(text)
    assert str(raised.value).endswith(".") and "\n" not in str(raised.value)


@pytest.mark.parametrize(
    ("isort", "roots"),
    [
        ("", ("src",)),
        ('[tool.isort]\nsrc_paths = ["lib", "src"]', ("src", "lib", "src")),
        ('[tool.isort]\nsrc_paths = "lib/"', ("src", "lib")),
        ("[tool.isort]\nsrc_paths = [1]", ("src",)),
    ],
)
def test_folders_with_modules(isort: str, roots: tuple[str, ...]) -> None:
    """They are those that isort looks in, by itself or as it is told."""
    assert parse(f"{LEAST}\n{isort}").import_roots == roots
