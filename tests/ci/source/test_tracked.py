"""What git tracks under the name of something that the pipeline leaves out."""

from pathlib import Path

from dulwich import porcelain

from ci.source.tracked import indexed


def test_index(tmp_path: Path) -> None:
    """It names what was added, under whatever name."""
    (tmp_path / "a b").mkdir()
    for name in (".env", "a b/ü"):
        (tmp_path / name).touch()
    repository = porcelain.init(tmp_path)
    porcelain.add(repository, [tmp_path / ".env", tmp_path / "a b/ü"])
    assert sorted(indexed(tmp_path / ".git" / "index")) == [".env", "a b/ü"]
