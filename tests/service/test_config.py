"""Which settings are accepted, and what is said of those that aren't."""

import subprocess
import sys

import pytest

from app.config import ConfigError, Settings
from tests.service.process import environment


def test_empty_environment_gives_the_defaults() -> None:
    """The service runs without any setting."""
    assert Settings.from_environment({}) == Settings(
        version="unknown",
        revision="unknown",
        log_level="info",
        access_log="errors",
        port=8000,
        drain_seconds=2,
        graceful_seconds=20,
        keep_alive_seconds=3900,
    )


def test_log_level_is_accepted_in_either_case() -> None:
    """LOG_LEVEL=WARNING means the same as LOG_LEVEL=warning."""
    assert Settings.from_environment({"LOG_LEVEL": "WARNING"}).log_level == "warning"


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        (
            "LOG_LEVEL",
            "loud",
            "LOG_LEVEL is 'loud': it must be one of debug, info, warning, error, critical.",
        ),
        ("ACCESS_LOG", "", "ACCESS_LOG is '': it must be one of all, errors."),
        ("PORT", "http", "PORT is 'http': it must be a whole number from 1 to 65535."),
        ("PORT", "0", "PORT is '0': it must be a whole number from 1 to 65535."),
        ("PORT", "٨٠", "PORT is '٨٠': it must be a whole number from 1 to 65535."),
        (
            "DRAIN_SECONDS",
            "-1",
            "DRAIN_SECONDS is '-1': it must be a whole number from 0 to 300.",
        ),
        (
            "GRACEFUL_SECONDS",
            "1.5",
            "GRACEFUL_SECONDS is '1.5': it must be a whole number from 1 to 3600.",
        ),
        (
            "KEEP_ALIVE_SECONDS",
            "1h",
            "KEEP_ALIVE_SECONDS is '1h': it must be a whole number from 1 to 86400.",
        ),
    ],
)
def test_wrong_setting_is_named_with_what_it_may_be(name: str, value: str, sentence: str) -> None:
    """One sentence names the variable, its value and what is allowed."""
    with pytest.raises(ConfigError) as caught:
        Settings.from_environment({name: value})

    assert str(caught.value) == sentence


@pytest.mark.parametrize("command", [["-m", "app"], ["-m", "uvicorn", "app.main:app"]])
def test_wrong_setting_ends_the_process_with_one_sentence(command: list[str]) -> None:
    """However the service is started, a wrong setting gives a sentence, not a traceback."""
    result = subprocess.run(
        [sys.executable, *command],
        env=environment(LOG_LEVEL="loud"),
        capture_output=True,
        text=True,
        timeout=90,
    )

    assert result.returncode == 1
    assert result.stdout == ""
    assert result.stderr == (
        "LOG_LEVEL is 'loud': it must be one of debug, info, warning, error, critical.\n"
    )
