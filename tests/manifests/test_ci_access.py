"""What CI may do in a cluster: all of its environment's release, and nothing outside of it."""

import pytest

from tests.manifests.rendering import MANIFESTS, Object, Overlay, objects_of, verbs

ACCESS = MANIFESTS / "platform" / "ci-access"
ENVIRONMENTS = ["dev", "prod", "stage"]
GATEWAY = "envoy-gateway-system"


def of_kind(kind: str) -> list[Object]:
    """The rendered resources of a kind, in the environments."""
    return [each for each in every(kind) if each["metadata"]["namespace"] != GATEWAY]


def every(kind: str) -> list[Object]:
    """The rendered resources of a kind."""
    return [each for each in objects_of(ACCESS) if each["kind"] == kind]


@pytest.mark.parametrize("kind", ["ServiceAccount", "Role", "RoleBinding"])
def test_one_in_each_environment(kind: str) -> None:
    """Each environment has its own."""
    assert sorted(each["metadata"]["namespace"] for each in of_kind(kind)) == ENVIRONMENTS


def test_nothing_reaches_the_whole_cluster() -> None:
    """There is no ClusterRole and no binding to one."""
    assert {each["kind"] for each in objects_of(ACCESS)} == {
        "ServiceAccount",
        "Role",
        "RoleBinding",
    }
    assert {each["roleRef"]["kind"] for each in every("RoleBinding")} == {"Role"}


def test_binding_is_to_the_account_of_the_same_environment() -> None:
    """No environment's account has rights in another."""
    for binding in of_kind("RoleBinding"):
        [subject] = binding["subjects"]
        assert subject["namespace"] == binding["metadata"]["namespace"]


def test_beside_the_gateway_it_is_read_what_its_envoys_count() -> None:
    """Each environment's account may, and may do nothing else there."""
    [role] = [each for each in every("Role") if each["metadata"]["namespace"] == GATEWAY]
    rights = [(each["resources"], each["verbs"]) for each in role["rules"]]
    assert rights == [(["pods"], ["list"]), (["pods/proxy"], ["get"])]
    [binding] = [each for each in every("RoleBinding") if each["metadata"]["namespace"] == GATEWAY]
    subjects = [(each["name"], each["namespace"]) for each in binding["subjects"]]
    assert sorted(subjects) == [("ci", each) for each in ENVIRONMENTS]


def test_rights_are_named() -> None:
    """No rule gives everything of anything."""
    for role in every("Role"):
        for rule in role["rules"]:
            assert "*" not in [*rule["apiGroups"], *rule["resources"], *rule["verbs"]]


def test_all_that_an_overlay_holds_may_be_released(overlay: Overlay) -> None:
    """Each kind may be made, changed and pruned."""
    [role] = [each for each in of_kind("Role") if each["metadata"]["namespace"] == overlay.name]
    for resource in overlay.objects:
        assert {"get", "create", "patch", "delete"} <= verbs(role, resource), resource["kind"]
