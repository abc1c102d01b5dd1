"""The schema of SARIF 2.1.0, which only comes as data of a package."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema

from local.host.paths import LOGS
from local.tools import wheels

_PACKAGE = Path(__file__).with_name("sarif-requirements.txt")


@cache
def _validator() -> jsonschema.Draft4Validator:
    folder = wheels.unpacked(_PACKAGE, LOGS / "tests.log")
    return jsonschema.Draft4Validator(json.loads((folder / "sarif-schema.json").read_text()))


def violations(log: Any) -> list[str]:
    """Every sentence of the schema that a log does not keep to."""
    return [error.message for error in _validator().iter_errors(log)]
