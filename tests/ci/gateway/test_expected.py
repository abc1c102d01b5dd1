"""What a service answers, beside what is expected of it."""

import pytest

from ci.gateway.expected import is_ill, is_of_another
from ci.project.service import Commit, Health

OK, VERSION = Health(json={"status": "ok"}), Commit("/version")


@pytest.mark.parametrize(
    ("answer", "health", "said"),
    [
        ("<html>any</html>", Health(), ""),
        ("", Health("/up"), ""),
        ('{"status": "ok", "more": 1}', OK, ""),
        ('{"status": "ill"}', OK, 'its health is {"status": "ill"}'),
        ("{}", OK, "its health is {}"),
        ('["ok"]', OK, 'its health is ["ok"]'),
        ("<html>", OK, "its health is <html>"),
        ('{"ok": true}', Health(json={"ok": True, "ready": None}), 'its health is {"ok": true}'),
    ],
)
def test_health(answer: str, health: Health, said: str) -> None:
    """Any success will do, unless keys and values are named."""
    assert is_ill(answer, health) == said


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ('{"revision": "abc"}', ""),
        ('{"revision": "zzz"}', "it answers for commit zzz, not for abc"),
        ("{}", "/version does not tell its commit as revision, it answers {}"),
        ("<html>", "/version does not tell its commit as revision, it answers <html>"),
    ],
)
def test_commit(answer: str, said: str) -> None:
    """It is read as JSON, from the key that is named."""
    assert is_of_another(answer, VERSION, "abc") == said
    assert is_of_another('{"sha": "abc"}', Commit("/version", "sha"), "abc") == ""


def test_long_answer() -> None:
    """Its beginning is shown, on one line."""
    said = is_ill("<p>\n" * 1000, OK)
    assert "\n" not in said and len(said) < 250
