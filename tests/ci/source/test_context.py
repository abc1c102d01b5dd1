"""What an image is made of."""

import pytest

from ci.source.context import patterns, placed, within


@pytest.mark.parametrize(
    ("dockerignore", "expected"),
    [
        ("", []),
        ("*\n!service/app\n", ["*", "!service/app"]),
        ("# not these\n\n  **/__pycache__  \n", ["**/__pycache__"]),
        ("/build\n!/build/keep\n", ["build", "!build/keep"]),
    ],
)
def test_what_is_left_out(dockerignore: str, expected: list[str]) -> None:
    """Comments and blanks are none, and a slash in front means nothing, as in Docker."""
    assert patterns(dockerignore) == expected


@pytest.mark.parametrize(
    ("folder", "dockerfile", "place"),
    [
        (".", "Dockerfile", "Dockerfile"),
        (".", "docker/web.Dockerfile", "docker/web.Dockerfile"),
        ("web", "web/Dockerfile", "Dockerfile"),
        ("web", "docker/web.Dockerfile", "web.Dockerfile"),
    ],
)
def test_place_of_the_dockerfile(folder: str, dockerfile: str, place: str) -> None:
    """It is where it lies in the context, or on top of it where it lies elsewhere."""
    assert within(folder, dockerfile) == place


@pytest.mark.parametrize(("folder", "path"), [(".", "app/main.py"), ("web", "web/app/main.py")])
def test_path_of_the_repository(folder: str, path: str) -> None:
    """It is told by its path in the repository, whatever the context is."""
    assert placed(folder, "app/main.py") == path
