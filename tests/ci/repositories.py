"""Real git repositories, and how the pipeline sees one."""

import shutil
import subprocess
from pathlib import Path

from ci.source import git as reader
from ci.source.differences import added, changed
from ci.source.git import Checkout
from ci.source.listing import listing
from ci.source.untracked import is_untracked


def git(folder: Path, *arguments: str | Path) -> str:
    """Run git in a folder, as an author whose commits have a known date."""
    author = ("-c", "user.name=A", "-c", "user.email=a@example.com")
    return subprocess.run(
        ["git", *author, "-c", "protocol.file.allow=always", *map(str, arguments)],
        cwd=folder,
        check=True,
        capture_output=True,
        text=True,
        env={
            "PATH": "/usr/bin:/bin",
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_CONFIG_GLOBAL": str(folder / ".git" / "of-the-machine"),
            "GIT_COMMITTER_DATE": "2026-05-09T09:30:00+02:00",
        },
    ).stdout.strip()


def repository(folder: Path, *options: str) -> Path:
    """A repository with one commit on branch stage."""
    folder.mkdir(exist_ok=True)
    git(folder, "init", "--quiet", "--initial-branch=stage", *options)
    (folder / "service").mkdir()
    for name in ("README.md", "service/main.py", "service/run.sh"):
        (folder / name).write_text(f"this is\n{name}\n")
    (folder / "service" / "run.sh").chmod(0o755)
    (folder / "link").symlink_to("service/main.py")
    return commit(folder)


def commit(folder: Path) -> Path:
    """Commits everything there is."""
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message=Something")
    return folder


def seen(folder: Path, elsewhere: Path | None = None) -> Checkout:
    """What the pipeline reads of a checkout: from a copy, which reaches nothing outside."""
    copies = folder.with_name(f"{folder.name}-copies")
    shutil.rmtree(copies, ignore_errors=True)
    copies.mkdir()
    here, there = copies / "here", copies / "there"
    here.mkdir()
    if (folder / ".git").is_dir() and not (folder / ".git").is_symlink():
        shutil.copytree(folder / ".git", here / ".git", symlinks=True)
    elif (folder / ".git").exists():
        shutil.copy(folder / ".git", here / ".git", follow_symlinks=False)
    if elsewhere:
        shutil.copytree(elsewhere, there, symlinks=True)
    return reader.read(here, there if elsewhere else None)


def differences(folder: Path, elsewhere: Path | None = None) -> list[str]:
    """What of a checkout is not as it is committed; the image is made of all of `service`."""
    checkout = seen(folder, elsewhere)
    assert checkout.tree, checkout.revision.remark
    present = {
        path: entry
        for path, entry in listing(folder, checkout.algorithm).items()
        if not is_untracked(path)
    }
    shipped = [path for path in present if path.startswith("service/")]
    return [*changed(checkout.tree, present), *added(checkout.tree, shipped)]
