"""What kubectl's complaints come to, in few words."""

import pytest

from ci.manifests.refusals import LONGEST, Refusal, complaints, reason, refusal


@pytest.mark.parametrize(
    ("printed", "found"),
    [
        ("", ["no reason given"]),
        ("Error from server: no such field.\n", ["Error from server: no such field"]),
        ("Warning: deprecated\nError: a\n\nError: b\n", ["Error: a", "Error: b"]),
        ("Warning: deprecated\n", ["no reason given"]),
    ],
)
def test_complaints(printed: str, found: list[str]) -> None:
    """Warnings are not why it failed, and there is always something to say."""
    assert complaints(printed) == found


TEMPLATE = (
    'core.PodTemplateSpec{ObjectMeta:v1.ObjectMeta{Name:"", Labels:map[string]string{"a":"b"}}}'
)
CASES = {
    "Job that changed": (
        f'The Job "j" is invalid: spec.template: Invalid value: {TEMPLATE}: field is immutable\n',
        "spec.template: field is immutable",
    ),
    "selector": (
        'The Deployment "d" is invalid: spec.selector: Invalid value: '
        '{"matchLabels":{"app":"x"}}: field is immutable\n',
        "spec.selector: field is immutable",
    ),
    "several fields": (
        'The Job "j" is invalid: \n* spec.completions: Invalid value: 3: field is immutable\n'
        f"* spec.template: Invalid value: {TEMPLATE}: field is immutable\n",
        "spec.completions: Invalid value: 3: field is immutable, spec.template: field is immutable",
    ),
    "claim, with what differs": (
        'The PersistentVolumeClaim "p" is invalid: spec: Forbidden: spec is immutable after '
        "creation except resources.requests\n  core.PersistentVolumeClaimSpec{\n- \tA: 1,\n",
        "spec: Forbidden: spec is immutable after creation except resources.requests",
    ),
    "dump without a word after it": (
        'The Job "j" is invalid: spec: Invalid value: {"a":"b"}',
        "spec:",
    ),
    "small value": (
        'The Service "s" is invalid: spec.ports[0].port: Invalid value: 99999: must be between 1 '
        "and 65535, inclusive\n",
        "spec.ports[0].port: Invalid value: 99999: must be between 1 and 65535, inclusive",
    ),
    "credentials that may not": (
        'Error from server (Forbidden): roles.rbac.authorization.k8s.io "r" is forbidden: User '
        '"ci" cannot patch resource "roles"',
        'roles.rbac.authorization.k8s.io "r" is forbidden: User "ci" cannot patch resource "roles"',
    ),
    "value of the wrong type": (
        "Error from server: failed to create typed patch object (dev/s; /v1, Kind=Secret): "
        ".data.password: expected string, got &value.valueUnstructured{Value:4711}",
        "failed to create typed patch object (dev/s; /v1, Kind=Secret): .data.password: expected "
        "string",
    ),
    "several fields of the wrong type": (
        "Error from server: failed to create typed patch object (dev/d; apps/v1, Kind=Deployment): "
        "errors:\n  .spec.a: expected string, got &{true}\n  .spec.b: field not declared\n",
        "failed to create typed patch object (dev/d; apps/v1, Kind=Deployment): errors: "
        ".spec.a: expected string, .spec.b: field not declared",
    ),
    "kind that is not there": (
        'error: resource mapping not found for name: "w" namespace: "dev" from "STDIN": no matches '
        'for kind "Widget" in version "example.com/v1"\nensure CRDs are installed first\n',
        'no matches for kind "Widget" in version "example.com/v1"',
    ),
    "nothing": ("", "no reason given"),
    "nothing after the resource": ('The Job "j" is invalid: \n', "no reason given"),
}


@pytest.mark.parametrize(("printed", "told"), CASES.values(), ids=CASES)
def test_reason(printed: str, told: str) -> None:
    """The field and what is wrong with it stay; what kubectl dumps of the resource does not."""
    assert reason(printed) == told


def test_reason_without_end() -> None:
    """It is cut."""
    assert len(reason("error: " + "x" * 5000)) == LONGEST + 1


def test_refusal() -> None:
    """Each resource is named with its reason."""
    job = {"kind": "Job", "metadata": {"name": "j"}}
    found = refusal("dev", [Refusal(job, "no"), Refusal(job, "never")])
    assert found.sentence == (
        "The cluster refuses the release to dev: Job j: no; Job j: never; nothing was changed."
    )
