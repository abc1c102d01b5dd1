"""How a module's package and main object are found."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from local.engine.python_sdk.runtime import runtime
from local.engine.python_sdk.runtime.runtime import package, pascal_case

NAMED = '[project]\nname = "My-Shop.api"\n'


@pytest.mark.parametrize(
    ("project", "found"),
    [
        (NAMED, "my_shop_api"),
        ("[project]\n", "corner_shop"),
        ("[tool.black]\nline-length = 100\n", "corner_shop"),
    ],
    ids=["named", "no name", "no project"],
)
def test_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, project: str, found: str) -> None:
    """It follows from the name in pyproject.toml, else from the module's."""
    monkeypatch.setenv("DAGGER_MODULE", "corner-shop")
    file = tmp_path / "pyproject.toml"
    file.write_text(project)

    assert package(file) == found


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("ci", "Ci"),
        ("corner-shop", "CornerShop"),
        ("corner_shop", "CornerShop"),
        ("corner shop", "CornerShop"),
        ("cornerShop", "CornerShop"),
        ("CornerShop", "CornerShop"),
        ("shop-2", "Shop2"),
        ("shop2go", "Shop2go"),
        ("HTTPProxy", "HTTPProxy"),
        ("CI", "CI"),
    ],
)
def test_name_of_the_main_object(name: str, wanted: str) -> None:
    """A module's name, as Python names a class."""
    assert pascal_case(name) == wanted


@pytest.mark.parametrize(("arguments", "registers"), [([], False), (["--register"], True)])
def test_functions_are_handed_to_dagger(
    tmp_path: Path, arguments: list[str], registers: bool
) -> None:
    """dagger-io is told package and object, finds the module's folder, and its answer counts."""
    (tmp_path / "pyproject.toml").write_text(NAMED)
    cli = tmp_path / "dagger" / "mod" / "cli.py"
    cli.parent.mkdir(parents=True)
    (cli.parent / "__init__.py").touch()
    (cli.parent.parent / "__init__.py").touch()
    cli.write_text(
        "import json, os\n"
        "def app(*arguments):\n"
        "    names = 'DAGGER_DEFAULT_PYTHON_PACKAGE', 'DAGGER_MAIN_OBJECT'\n"
        "    print(json.dumps([*arguments, *(os.environ[name] for name in names)]))\n"
        "    return 7\n"
    )
    module = {"DAGGER_MODULE": "corner-shop", "DAGGER_MODULE_SOURCE": str(tmp_path)}

    ran = subprocess.run(
        [sys.executable, runtime.__file__, *arguments],
        env={**os.environ, **module, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=30,
    )

    assert (ran.stderr, ran.returncode) == ("", 7)
    assert json.loads(ran.stdout) == [None, registers, "my_shop_api", "CornerShop"]
