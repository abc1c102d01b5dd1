"""Name servers a network namespace can reach."""

from pathlib import Path

SOURCES = (Path("/run/systemd/resolve/resolv.conf"), Path("/etc/resolv.conf"))


def for_sandbox() -> str:
    """The resolv.conf of a sandbox, from the first of this machine's that serves one."""
    for source in SOURCES:
        if source.exists() and (lines := reachable(source.read_text())):
            return lines
    return ""


def reachable(text: str) -> str:
    """A resolv.conf without name servers on the loopback, which another namespace cannot reach.

    >>> reachable("nameserver 127.0.0.53\\nnameserver 10.0.0.2\\nsearch lan\\n")
    'nameserver 10.0.0.2\\nsearch lan\\n'
    >>> reachable("nameserver 127.0.0.53\\n")
    ''
    """
    kept = [line for line in text.splitlines() if not _on_loopback(line)]
    if not any(line.startswith("nameserver") for line in kept):
        return ""
    return "\n".join(kept) + "\n"


def _on_loopback(line: str) -> bool:
    words = line.split()
    return len(words) > 1 and words[0] == "nameserver" and words[1].startswith(("127.", "::1"))
