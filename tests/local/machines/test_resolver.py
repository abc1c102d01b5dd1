"""Which name servers another network namespace is given."""

from pathlib import Path

import pytest

from local.machines import resolver


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("nameserver 10.0.0.2\n", "nameserver 10.0.0.2\n"),
        ("nameserver 10.0.0.2", "nameserver 10.0.0.2\n"),
        (
            "nameserver 127.0.0.53\nnameserver 10.0.0.2\nsearch lan\n",
            "nameserver 10.0.0.2\nsearch lan\n",
        ),
        ("nameserver\t::1\nnameserver fd00::2\n", "nameserver fd00::2\n"),
        (
            "# nameserver 127.0.0.1\nnameserver 10.0.0.2\n",
            "# nameserver 127.0.0.1\nnameserver 10.0.0.2\n",
        ),
        ("nameserver 127.0.0.53\nsearch lan\n", ""),
        ("search lan\n", ""),
        ("", ""),
    ],
)
def test_name_servers_on_the_loopback_are_left_out(text: str, kept: str) -> None:
    """Everything else stays; without a reachable name server nothing does."""
    assert resolver.reachable(text) == kept


def test_first_file_with_a_reachable_name_server(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A file that is missing or names only the loopback is passed over."""
    missing, local, real = (tmp_path / name for name in ("missing", "local", "real"))
    local.write_text("nameserver 127.0.0.53\n")
    real.write_text("nameserver 10.0.0.2\n")
    monkeypatch.setattr(resolver, "SOURCES", (missing, local, real))

    assert resolver.for_sandbox() == "nameserver 10.0.0.2\n"
