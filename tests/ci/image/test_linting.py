"""Which parts of the sources are linted apart."""

import pytest

from ci.image.linting import modules, parts


@pytest.mark.parametrize(
    ("paths", "expected"),
    [
        ([], []),
        (["service/app/main.py", "service/app/config.py", "ci/src/ci/main.py"], ["ci", "service"]),
        (["setup.py", "conftest.py"], [""]),
        (["setup.py", "local/images/oci.py"], ["", "local"]),
        (["scripts.py/", "scripts.py/run.py"], ["scripts.py"]),
        (["[x]/a.py", "!y/a.py", "*/a.py"], ["!y", "*", "[x]"]),
        (["{a,b}/c.py", r"a\b/c.py", "-q/c.py", " d /e f.py"], [" d ", "-q", r"a\b", "{a,b}"]),
        (["[x].py", "!y.py"], [""]),
    ],
)
def test_parts(paths: list[str], expected: list[str]) -> None:
    """Every top-level folder by its name, whatever it is made of, and one for the files beside."""
    assert parts(paths) == expected


@pytest.mark.parametrize(
    ("paths", "expected"),
    [
        (["a.py", "app/main.py", "app/x/y.py", "tests/test_a.py"], ["a.py", "app", "tests"]),
        (["src/shop/main.py", "src/tool.py"], ["src/shop", "src/tool.py"]),
        (["lib/app/__init__.py", "lib/more/a.py", "tests/a.py"], ["lib/app", "lib/more", "tests"]),
        (["lib.py", "library/a.py"], ["lib.py", "library"]),
        ([], []),
    ],
)
def test_modules(paths: list[str], expected: list[str]) -> None:
    """Whichever part imports them, isort has to find them."""
    assert modules(paths, ["src", "lib"]) == expected
