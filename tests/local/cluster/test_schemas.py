"""Schemas of kinds, made of what an API server says of them."""

from typing import Any

import pytest

from local.cluster import schemas
from local.cluster.schemas import converted, file_name, kinds, standalone, text

META = "io.k8s.meta"
ROOT = "io.k8s.Deployment"
OTHER = "io.k8s.Job"
DESCRIBED: dict[str, dict[str, Any]] = {
    ROOT: {
        "description": "It deploys.",
        "type": "object",
        "properties": {"metadata": {"allOf": [{"$ref": f"#/components/schemas/{META}"}]}},
        "x-kubernetes-group-version-kind": [
            {"group": "apps", "version": "v1", "kind": "Deployment"}
        ],
    },
    META: {
        "type": "object",
        "properties": {"owner": {"$ref": f"#/components/schemas/{META}"}},
    },
    OTHER: {"type": "object"},
}


def test_kinds_that_are_rendered() -> None:
    """Each once, by its version; what is nested in a resource is none of them."""
    rendered = (
        "apiVersion: v1\ndata:\n  kind: x\nkind: Service\n---\napiVersion: apps/v1\nkind: A\n"
    )
    assert kinds(rendered + "---\n" + rendered) == {("v1", "Service"), ("apps/v1", "A")}


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        (("v1", "Service"), "service-v1.json"),
        (("apps/v1", "Deployment"), "deployment-apps-v1.json"),
        (("gateway.networking.k8s.io/v1", "HTTPRoute"), "httproute-gateway-v1.json"),
    ],
)
def test_file_of_a_kind(kind: tuple[str, str], name: str) -> None:
    """It is named as kubeconform looks for it."""
    assert file_name(kind) == name


def test_kind_that_refers_to_others() -> None:
    """All that it needs is with it, also what refers to itself, and nothing else."""
    made = standalone(DESCRIBED, ("apps/v1", "Deployment"))
    assert made["$ref"] == f"#/definitions/{ROOT}"
    assert set(made["definitions"]) == {ROOT, META}
    assert made["definitions"][ROOT]["properties"] == {
        "metadata": {"allOf": [{"$ref": f"#/definitions/{META}"}]}
    }


def test_written() -> None:
    """A line is a definition, the same each time."""
    made = standalone(DESCRIBED, ("apps/v1", "Deployment"))
    assert text(made) == text(dict(reversed(made.items())))
    assert len(text(made).splitlines()) == 2 + len(made["definitions"])


@pytest.mark.parametrize(
    ("described", "made"),
    [
        (
            {"type": "object", "properties": {"a": {"type": "string", "description": "b"}}},
            {
                "type": "object",
                "properties": {"a": {"type": "string"}},
                "additionalProperties": False,
            },
        ),
        ({"type": "object"}, {"type": "object"}),
        (
            {"additionalProperties": {"properties": {"a": {}}}},
            {"additionalProperties": {"properties": {"a": {}}, "additionalProperties": False}},
        ),
        (
            {"properties": {"a": {}}, "x-kubernetes-preserve-unknown-fields": True},
            {"properties": {"a": {}}},
        ),
        (
            {"oneOf": [{"properties": {"a": {"enum": ["b"]}}}]},
            {"oneOf": [{"properties": {"a": {"enum": ["b"]}}}]},
        ),
        ({"not": {"properties": {"a": {}}}}, {"not": {"properties": {"a": {}}}}),
        (
            {"format": "int-or-string", "oneOf": [{"type": "integer"}, {"type": "string"}]},
            {"oneOf": [{"type": "integer"}, {"type": "string"}]},
        ),
        ({"type": "string", "nullable": True}, {"type": ["string", "null"]}),
        ({"minLength": 1, "maxItems": 2, "default": 3}, {"minLength": 1, "maxItems": 2}),
    ],
    ids=[
        "object with fields",
        "object with any",
        "map",
        "object that keeps what it does not know",
        "condition",
        "negated condition",
        "number or string",
        "null allowed",
        "bounds",
    ],
)
def test_converted(described: dict[str, Any], made: dict[str, Any]) -> None:
    """Nothing is allowed that is not described, and nothing forbidden that the server takes."""
    assert converted(described) == made


@pytest.mark.parametrize(
    ("default", "needed"), [({}, ["a"]), ("", ["a"]), (None, ["a"]), ("Inline", None)]
)
def test_required_field_with_a_default(default: object, needed: list[str] | None) -> None:
    """Who leaves it out gets the default; that of a kind that is built in is an empty one."""
    field = {} if default is None else {"default": default}
    made = converted({"properties": {"a": field}, "required": ["a"]})
    assert made.get("required") == needed


def test_schemas_that_are_committed() -> None:
    """There are some, each a line a definition."""
    files = sorted(schemas.SCHEMAS.glob("*.json"))
    assert "deployment-apps-v1.json" in [file.name for file in files]
    assert all(file.read_text().startswith('{"$ref":"#/definitions/') for file in files)
