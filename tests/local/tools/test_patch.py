"""What is changed of a module before it is compiled."""

from pathlib import Path

import pytest

from local.host.errors import LocalError
from local.tools.patch import Patch
from local.tools.source import Source

SOURCE = Source("example.com/anvil", "v1.0.0", "h1:abc=")


@pytest.fixture
def folder(cache: Path, tmp_path: Path) -> Path:
    """A folder with a go.mod and a file of ours, for a module with four files."""
    for name in ("main.go", "docs/guide.md", "sdk/broken.go", "sdk/kept.txt"):
        (SOURCE.home / name).parent.mkdir(parents=True, exist_ok=True)
        (SOURCE.home / name).write_text('import "cloud"\nfirst\ncloud.New()\nlast\n')
    folder = tmp_path / "tool"
    folder.mkdir()
    (folder / "go.mod").write_text("module hammer\n")
    (folder / "ours.go").write_text("ours")
    return folder


def test_patch_that_fits(folder: Path) -> None:
    """The module is taken from ./src, without what goes, and with what comes in its place."""
    Patch(
        SOURCE,
        removed=("docs", "sdk/*.go"),
        added={"ours.go": "sdk/working.go"},
        without={"main.go": ('"cloud"', r"\bcloud\.")},
        instead={"main.go": {"la(.)t": r"be\1t"}},
    ).lay_out(folder)

    laid_out = folder / "src"
    assert sorted(str(each.relative_to(laid_out)) for each in laid_out.rglob("*.*")) == [
        "main.go",
        "sdk/kept.txt",
        "sdk/working.go",
    ]
    assert (laid_out / "main.go").read_text() == "first\nbest\n"
    assert (laid_out / "sdk" / "working.go").read_text() == "ours"
    assert (folder / "go.mod").read_text() == (
        "module hammer\n\nreplace example.com/anvil => ./src\n"
    )
    assert (SOURCE.home / "docs").exists()


def test_patch_of_what_go_mod_replaces_already(folder: Path) -> None:
    """The patched module takes the place of what was there, alone or among others."""
    go_mod = folder / "go.mod"
    others = "\texample.com/other => ../other\n"
    replacement = f"{SOURCE.module} => {SOURCE.module} v0.9.0\n"
    go_mod.write_text(f"replace (\n{others}\t{replacement})\n\nreplace {replacement}")

    Patch(SOURCE).lay_out(folder)

    assert go_mod.read_text() == (f"replace (\n{others})\n\n\nreplace {SOURCE.module} => ./src\n")


@pytest.mark.parametrize(
    ("patch", "lacking"),
    [
        (Patch(SOURCE, removed=("examples",)), "there is no examples"),
        (
            Patch(SOURCE, without={"main.go": ("first", "ground")}),
            "main.go has no line with ground",
        ),
        (
            Patch(SOURCE, instead={"main.go": {"ground": "floor"}}),
            "main.go has nothing like ground",
        ),
    ],
    ids=["a file", "a line", "a text"],
)
def test_patch_that_does_not_fit(folder: Path, patch: Patch, lacking: str) -> None:
    """What is to go and is not there means that the module has changed: it is not compiled."""
    with pytest.raises(LocalError, match=f"for another version of its module: {lacking}"):
        patch.lay_out(folder)
