"""Says whether what a service answers is what was to be expected of it."""

import json
from typing import Any

from ci.project.service import Commit, Health


def is_ill(text: str, health: Health) -> str:
    """Why an answer is not that of a service that is well; empty where it is."""
    if health.json is None:
        return ""
    answer = _parsed(text)
    told = answer if isinstance(answer, dict) else {}
    well = all(key in told and told[key] == value for key, value in health.json.items())
    return "" if well else f"its health is {_short(answer)}"


def is_of_another(text: str, commit: Commit, revision: str) -> str:
    """Why an answer is not that of a revision; empty where it is."""
    answer = _parsed(text)
    told = answer.get(commit.key) if isinstance(answer, dict) else None
    if told == revision:
        return ""
    if told is None:
        return (
            f"{commit.path} does not tell its commit as {commit.key}, it answers {_short(answer)}"
        )
    return f"it answers for commit {told}, not for {revision}"


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def _short(answer: object) -> str:
    told = answer if isinstance(answer, str) else json.dumps(answer, ensure_ascii=False)
    text = " ".join(told.split())
    return text if len(text) <= 200 else f"{text[:200]}…"
