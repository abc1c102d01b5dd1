"""Logs as JSON, one object a line, on standard output."""

import json
import logging
import sys
from asyncio import CancelledError
from datetime import UTC, datetime
from typing import Any

access = logging.getLogger("app.access")


class JsonFormatter(logging.Formatter):
    """Formats a record as one line: time (UTC), level, logger, message.

    A record logged with `extra={"fields": {...}}` has those fields too, and one with an
    exception has its traceback under `exception`.
    """

    def format(self, record: logging.LogRecord) -> str:
        """The record as a JSON object, without a line break."""
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        line.update(getattr(record, "fields", {}))
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, default=str)


def is_fault(record: logging.LogRecord) -> bool:
    """Whether a record is of anything but a request that was cut, which its access line tells of.

    At the end of the process uvicorn cuts what goes on for too long, and logs that as a fault.
    """
    return not record.exc_info or record.exc_info[0] is not CancelledError


def configure(level: str) -> None:
    """Send every logger of the process, uvicorn's and warnings included, to stdout as JSON.

    Args:
        level: the least severe level that is written, such as "info".
    """
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(JsonFormatter())
    handler.addFilter(is_fault)
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    logging.captureWarnings(True)
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.setLevel(logging.NOTSET)
        logger.propagate = True
    # uvicorn asks for a handler, not whether the logger is disabled, before it composes a line.
    logging.getLogger("uvicorn.access").propagate = False


def log_request(method: str, path: str, status: int, seconds: float) -> None:
    """Write one access log line; a warning where the status is 500 or more.

    Args:
        method: as sent.
        path: as sent, decoded, without the query, which may hold secrets.
        status: of the response.
        seconds: from the request's head to the response's end.
    """
    access.log(
        logging.WARNING if status >= 500 else logging.INFO,
        "%s %s %d",
        method,
        path,
        status,
        extra={
            "fields": {
                "method": method,
                "path": path,
                "status": status,
                "duration_seconds": round(seconds, 6),
            }
        },
    )
