"""Registries as they are in the field: they fail in passing, break off, and keep their tags."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.e2e import registries, unkind
from tests.e2e.conftest import Result

pytestmark = pytest.mark.e2e

Call = Callable[..., Result]


class TestRegistryThatFailsInPassing:
    def test_is_asked_again(self, call: Call, tmp_path: Path) -> None:
        """Push, SBOM and signature come to their end, whatever each meets once."""
        rules = (
            ("HEAD", "/blobs/", 503, 1),
            ("PUT", "/blobs/uploads/", unkind.DROP, 1),
            ("PATCH", "/blobs/uploads/", unkind.DROP, 1),
            ("POST", "/blobs/uploads/", 429, 1),
            ("PUT", "/manifests/", 502, 1),
            ("GET", "/manifests/", 503, 1),
            ("GET", "/referrers/", 500, 1),
        )
        with registries.unkind(tmp_path, *rules) as repository:
            result = call("publish", "--registry", repository)
        assert result.code == 0, result.error
        assert result.stdout.startswith(f"{repository}@sha256:")


class TestRegistryThatFails:
    @pytest.mark.soak
    @pytest.mark.parametrize(
        ("rule", "said"),
        [
            (("PUT", "/blobs/uploads/", unkind.DROP), "breaks connections off"),
            # Of which the engine says that it read too little.
            (("PUT", "/manifests/", 503), "fails while it is sent to"),
            (("POST", "/blobs/uploads/", 429), "has had too many requests"),
        ],
        ids=["breaks off", "503", "429"],
    )
    def test_is_named_in_one_sentence(
        self, call: Call, tmp_path: Path, rule: tuple[object, ...], said: str
    ) -> None:
        """Without the addresses of uploads, which are long and hold secrets."""
        with registries.unkind(tmp_path, (*rule, unkind.ALWAYS)) as repository:
            result = call("publish", "--registry", repository)
        assert result.code != 0
        assert said in result.error
        assert "_state=" not in result.error
        assert result.seconds < 120


class TestRegistryWhoseTagsDoNotMove:
    @pytest.mark.soak
    def test_takes_a_release_all_the_same(self, call: Call, checkout: Path, tmp_path: Path) -> None:
        """Its digest is what counts; the tags that stay are named."""
        rule = ("PUT", "/manifests/(?!sha256)", unkind.IMMUTABLE, unkind.ALWAYS)
        to, branch = "--registry", ("--branch", "feature")
        with registries.unkind(tmp_path, rule) as repository:
            first = call("publish", to, repository, *branch, cwd=checkout)
            same = call("publish", to, repository, *branch, cwd=checkout)
            main = checkout / "service" / "app" / "main.py"
            main.write_text(f"{main.read_text()}# Another.\n")
            other = call("publish", to, repository, *branch, cwd=checkout)
        assert first.code == same.code == other.code == 0, other.error
        assert first.stdout == same.stdout != other.stdout
        assert "Tag feature does not move" in other.printed
        assert "Tag feature does not move" not in same.printed
