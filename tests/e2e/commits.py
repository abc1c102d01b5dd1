"""Commits of a test's own, in a checkout of its own."""

import subprocess
from pathlib import Path


def git(checkout: Path, *arguments: str) -> str:
    """Runs git in a checkout, as an author of its own; what it printed."""
    return subprocess.run(
        ["git", "-c", "user.name=A", "-c", "user.email=a@example.com", *arguments],
        cwd=checkout,
        check=True,
        capture_output=True,
        text=True,
    ).stdout.strip()


def commit(checkout: Path, message: str) -> str:
    """Commits all that is there, and be it nothing; the commit."""
    git(checkout, "add", "--all")
    git(checkout, "commit", "--quiet", "--allow-empty", f"--message={message}")
    return git(checkout, "rev-parse", "HEAD")
