"""Settings, read from the environment and validated before anything starts."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Self

LOG_LEVELS = ("debug", "info", "warning", "error", "critical")
ACCESS_LOGS = ("all", "errors")


class ConfigError(ValueError):
    """A setting has a value the service can't run with; the message is one sentence."""


@dataclass(frozen=True)
class Settings:
    """What the environment decides.

    Attributes:
        version: APP_VERSION, baked into the image.
        revision: APP_REVISION, the commit, baked into the image.
        log_level: LOG_LEVEL, the least severe level that is logged, one of LOG_LEVELS.
        access_log: ACCESS_LOG, log "all" requests or only "errors", those with a 5xx.
        port: PORT.
        drain_seconds: DRAIN_SECONDS, how long to serve on after SIGTERM, not ready.
        graceful_seconds: GRACEFUL_SECONDS, how long requests in flight may then take.
        keep_alive_seconds: KEEP_ALIVE_SECONDS, how long an idle connection is kept.
    """

    version: str
    revision: str
    log_level: str
    access_log: str
    port: int
    drain_seconds: int
    graceful_seconds: int
    keep_alive_seconds: int

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Self:
        """Read every setting, or its default where the variable is absent.

        Raises:
            ConfigError: a variable is set to something else than it may be.
        """
        return cls(
            version=environment.get("APP_VERSION", "unknown"),
            revision=environment.get("APP_REVISION", "unknown"),
            log_level=_choice(environment, "LOG_LEVEL", "info", LOG_LEVELS),
            access_log=_choice(environment, "ACCESS_LOG", "errors", ACCESS_LOGS),
            port=_whole(environment, "PORT", 8000, 1, 65535),
            drain_seconds=_whole(environment, "DRAIN_SECONDS", 2, 0, 300),
            graceful_seconds=_whole(environment, "GRACEFUL_SECONDS", 20, 1, 3600),
            # Above the hour for which Envoy keeps an idle connection: the side that
            # sends requests must be the one that closes.
            keep_alive_seconds=_whole(environment, "KEEP_ALIVE_SECONDS", 3900, 1, 86400),
        )


def _choice(
    environment: Mapping[str, str], name: str, default: str, allowed: Collection[str]
) -> str:
    value = environment.get(name, default)
    if value.lower() not in allowed:
        raise ConfigError(f"{name} is {value!r}: it must be one of {', '.join(allowed)}.")
    return value.lower()


def _whole(environment: Mapping[str, str], name: str, default: int, low: int, high: int) -> int:
    value = environment.get(name, str(default))
    if not (value.isascii() and value.isdigit() and low <= int(value) <= high):
        raise ConfigError(f"{name} is {value!r}: it must be a whole number from {low} to {high}.")
    return int(value)
