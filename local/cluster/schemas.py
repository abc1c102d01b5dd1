"""The schemas of the kinds that our manifests use, as the API server itself describes them.

`python3 -m local.cluster.schemas` writes them anew, from the cluster of the laptop stack.
"""

import json
import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from local.cluster.kubectl import kubectl
from local.host.paths import REPOSITORY

MANIFESTS = REPOSITORY / "manifests"
SCHEMAS = MANIFESTS / "schemas"

Schema = dict[str, Any]
Kind = tuple[str, str]
"""Its apiVersion and its name."""

_REFERENCE = "#/components/schemas/"
_GROUP_VERSION_KIND = "x-kubernetes-group-version-kind"
_ANYTHING = "x-kubernetes-preserve-unknown-fields"
_ONE = ("not", "items", "additionalProperties")
_SEVERAL = ("allOf", "anyOf", "oneOf")
_PLAIN = ("type", "enum", "pattern", "minimum", "maximum", "multipleOf")
_COUNTED = re.compile(r"(min|max)(Items|Length|Properties)|uniqueItems")
# Of the kinds that are built in; the API server fills none of them in.
_NO_DEFAULTS: tuple[object, ...] = (None, {}, "", 0)


def main() -> None:
    """Write the schema of every kind that is rendered, and remove those of others."""
    SCHEMAS.mkdir(exist_ok=True)
    found = {file_name(kind): text(schema) for kind, schema in schemas().items()}
    for file in SCHEMAS.glob("*.json"):
        if file.name not in found:
            file.unlink()
    for name, written in found.items():
        (SCHEMAS / name).write_text(written)


def schemas() -> dict[Kind, Schema]:
    """The schema of every kind that is rendered."""
    folders = sorted(each.parent for each in MANIFESTS.rglob("kustomization.yaml"))
    used = {kind for folder in folders for kind in kinds(kubectl("kustomize", str(folder)))}
    return {kind: standalone(_described(kind[0]), kind) for kind in sorted(used)}


@cache
def _described(version: str) -> dict[str, Schema]:
    """What the API server says of a version of one of its groups."""
    path = f"/openapi/v3/{'apis' if '/' in version else 'api'}/{version}"
    found: dict[str, Schema] = json.loads(kubectl("get", "--raw", path))["components"]["schemas"]
    return found


def kinds(rendered: str) -> set[Kind]:
    """The kinds of the resources in what kustomize has rendered."""
    return {
        (version[1], kind[1])
        for document in re.split(r"^---$", rendered, flags=re.MULTILINE)
        if (version := re.search(r"^apiVersion: (\S+)$", document, re.MULTILINE))
        and (kind := re.search(r"^kind: (\S+)$", document, re.MULTILINE))
    }


def file_name(kind: Kind) -> str:
    """Where kubeconform looks for a kind's schema: `{{.ResourceKind}}{{.KindSuffix}}.json`.

    >>> file_name(("apps/v1", "Deployment")), file_name(("v1", "Service"))
    ('deployment-apps-v1.json', 'service-v1.json')
    """
    group, _, version = kind[0].rpartition("/")
    return "-".join(filter(None, (kind[1].lower(), group.partition(".")[0], version))) + ".json"


def text(schema: Schema) -> str:
    """A definition a line, so that one sees what a new version changes."""
    definitions = schema["definitions"]
    lines = [f"{json.dumps(name)}:{_compact(definitions[name])}" for name in sorted(definitions)]
    head = {name: value for name, value in schema.items() if name != "definitions"}
    return f'{_compact(head)[:-1]},"definitions":{{\n' + ",\n".join(lines) + "\n}}\n"


def standalone(described: dict[str, Schema], kind: Kind) -> Schema:
    """A JSON schema of one kind with all that it refers to, which allows no other field."""
    group, _, version = kind[0].rpartition("/")
    wanted = {"group": group, "version": version, "kind": kind[1]}
    [root] = [
        name for name, each in described.items() if wanted in each.get(_GROUP_VERSION_KIND, ())
    ]
    names, definitions = [root], {}
    while names:
        if (name := names.pop()) not in definitions:
            definitions[name] = converted(described[name])
            names += references(described[name])
    return {"$ref": f"#/definitions/{root}", "definitions": definitions}


def references(schema: Any) -> Iterator[str]:
    """The names of the definitions that a schema refers to."""
    if isinstance(schema, dict):
        if isinstance(to := schema.get("$ref"), str):
            yield to.removeprefix(_REFERENCE)
        for each in schema.values():
            yield from references(each)
    elif isinstance(schema, list):
        for each in schema:
            yield from references(each)


def converted(schema: Schema, closed: bool = True) -> Schema:
    """A schema of OpenAPI 3.0 as a JSON schema; a `closed` one has no fields but those it names.

    What is under `allOf`, `anyOf`, `oneOf` and `not` only adds conditions, and stays open.
    """
    found: Schema = {}
    for name, value in schema.items():
        if name == "$ref":
            found[name] = value.replace(_REFERENCE, "#/definitions/")
        elif name == "properties":
            found[name] = {field: converted(each, closed) for field, each in value.items()}
        elif name == "required":
            if needed := [each for each in value if not _is_filled_in(schema, each)]:
                found[name] = needed
        elif name in _SEVERAL:
            found[name] = [converted(each, closed=False) for each in value]
        elif name in _ONE and isinstance(value, dict):
            found[name] = converted(value, closed and name != "not")
        elif name in _ONE or name in _PLAIN or _COUNTED.fullmatch(name):
            found[name] = value
    if closed and "properties" in found and not schema.get(_ANYTHING):
        found.setdefault("additionalProperties", False)
    if schema.get("nullable") and "type" in found:
        found["type"] = [found["type"], "null"]
    return found


def _is_filled_in(schema: Schema, field: str) -> bool:
    """Whether who leaves a required field out gets its default, before anybody looks."""
    return schema.get("properties", {}).get(field, {}).get("default") not in _NO_DEFAULTS


def _compact(value: object) -> str:
    return json.dumps(value, separators=(",", ":"), sort_keys=True)


if __name__ == "__main__":
    main()
