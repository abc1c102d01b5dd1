"""What is kept out of what is told."""

import base64
import json
from typing import Any

import pytest
import yaml

from ci.manifests.redaction import (
    LAST_APPLIED,
    MASK,
    credentials,
    masked,
    redacted,
    values,
    without_quotes,
)

PASSWORD = "correct horse battery"


def encoded(text: str) -> str:
    """As a Secret's data has it."""
    return base64.b64encode(text.encode()).decode()


def secret(**fields: Any) -> dict[str, Any]:
    """A Secret."""
    return {"kind": "Secret", "metadata": {"name": "a"}, **fields}


@pytest.mark.parametrize(
    "manifest",
    [
        [secret(data={"key": encoded(PASSWORD)})],
        (secret(stringData={"key": PASSWORD}),),
        {
            "kind": "List",
            "items": [{"kind": "List", "items": [secret(stringData={"k": PASSWORD})]}],
        },
        {"kind": "Policy", "spec": {"generate": secret(stringData={"key": PASSWORD})}},
        [secret(data={"key": encoded(f"{PASSWORD}\n")})],
    ],
    ids=["data", "stringData", "lists", "within another", "with a line break"],
)
def test_values_of_secrets(manifest: object) -> None:
    """They are found however deep they lie, and masked as they are, quoted and in base64."""
    told = f"got {PASSWORD}, {json.dumps(PASSWORD)} or {encoded(PASSWORD)}."
    assert redacted(told, values(manifest)) == f'got {MASK}, "{MASK}" or {MASK}.'


def test_value_that_is_no_text() -> None:
    """An API server repeats what it does not take, as a number without quotes."""
    found = values([secret(stringData={"pin": 4711})])
    told = 'Secret a: .stringData.pin: expected string, got {Value:4711} for "app-47110"'
    assert redacted(told, found) == told.replace("{Value:4711}", "{Value:***}")


def test_value_that_is_no_text_in_base64() -> None:
    """Bytes are masked as they are kept."""
    data = base64.b64encode(bytes(range(128, 200))).decode()
    assert redacted(f"illegal: {data}", values([secret(data={"key": data})])) == "illegal: ***"


def test_values_of_what_is_no_secret() -> None:
    """They are left."""
    assert not list(values([{"kind": "ConfigMap", "data": {"key": PASSWORD}}, None, "text"]))


def test_masked() -> None:
    """Keys stay, values go, and what a client-side apply kept of them."""
    annotations = {LAST_APPLIED: json.dumps({"data": {"key": PASSWORD}}), "team": "a"}
    inner = secret(data={"key": PASSWORD}, type="Opaque")
    inner["metadata"] = {"name": "a", "annotations": annotations}
    shown = masked({"kind": "List", "items": [inner, {"kind": "ConfigMap", "data": {"k": "v"}}]})
    assert PASSWORD not in str(shown)
    assert shown["items"][1]["data"] == {"k": "v"}
    assert shown["items"][0]["type"] == "Opaque"
    assert shown["items"][0]["metadata"]["annotations"]["team"] == "a"


KEY = "-----BEGIN PRIVATE KEY-----\nMIGHAgEAMBMGByqGSM49\n-----END PRIVATE KEY-----\n"
USERS = [
    {"name": "a", "user": {"token": "short", "client-key-data": encoded(KEY)}},
    {"name": "b", "user": {"username": "me", "password": PASSWORD}},
    {"name": "c", "user": {"auth-provider": {"config": {"id-token": "id-4711"}}}},
]
CLUSTER = {"server": "https://10.0.0.1:6443", "proxy-url": "http://me:proxy-word@10.0.0.9:3128"}
KUBECONFIG = yaml.safe_dump(
    {"kind": "Config", "users": USERS, "clusters": [{"name": "one", "cluster": CLUSTER}]}
)


@pytest.mark.parametrize(
    ("told", "shown"),
    [
        ("Bearer short, in short", "Bearer ***, in ***"),
        ("not shorter", "not shorter"),
        (encoded(KEY), MASK),
        ("MIGHAgEAMBMGByqGSM49", MASK),
        (f"password {PASSWORD}", "password ***"),
        ("id-4711", MASK),
        ("http://me:proxy-word@10.0.0.9:3128", "http://***@10.0.0.9:3128"),
        ("The cluster at https://10.0.0.1:6443", "The cluster at https://10.0.0.1:6443"),
    ],
)
def test_what_of_a_kubeconfig_is_secret(told: str, shown: str) -> None:
    """The credentials of all its users; the rest may be told."""
    assert redacted(told, credentials([KUBECONFIG])) == shown


@pytest.mark.parametrize("text", [KUBECONFIG[:-20], json.dumps(yaml.safe_load(KUBECONFIG))])
def test_kubeconfig_in_another_form(text: str) -> None:
    """Cut short it is masked line by line, and JSON is YAML too."""
    assert encoded(KEY) not in redacted(f"It has {encoded(KEY)}", credentials([text]))


def test_token() -> None:
    """It is masked as it is, without its line break, and in base64."""
    found = list(credentials(["token-4711\n"]))
    told = f"token-4711 {encoded('token-4711')} {encoded('token-4711' + chr(10))}"
    assert redacted(told, found) == "*** *** ***"


@pytest.mark.parametrize(
    ("printed", "shown"),
    [
        (
            "trouble with config: `\npatch:\n  stringData: {password: hunter2}\n`: unable to parse "
            'from [patch: "stringData: {password: hunter2}"]',
            "trouble with config: `…`: unable to parse from […]",
        ),
        ("literal sources [password=hunter2 bad]: invalid", "literal sources […]: invalid"),
        ("no matches for Id Deployment.v1.apps/[noName].[noNs]", None),
        ("MalformedYAMLError: yaml: line 3: did not find ',' in File: d.yaml", None),
    ],
)
def test_parts_of_a_manifest_that_are_quoted(printed: str, shown: str | None) -> None:
    """Of what does not render, only what is no part of it is told."""
    assert without_quotes(printed) == (shown or printed)
