"""What plans of pull requests may do in a cluster: try a release out, and change nothing."""

from tests.manifests.rendering import MANIFESTS, Object, Overlay, objects_of, verbs

ACCESS = MANIFESTS / "platform" / "plan-access"


def of_kind(kind: str) -> list[Object]:
    """The rendered resources of a kind."""
    return [each for each in objects_of(ACCESS) if each["kind"] == kind]


def test_one_account_for_all_environments() -> None:
    """It has the same Role in each, and none outside of them."""
    [account] = of_kind("ServiceAccount")
    assert account["automountServiceAccountToken"] is False
    assert not of_kind("ClusterRole") and not of_kind("ClusterRoleBinding")
    bindings = of_kind("RoleBinding")
    assert sorted(each["metadata"]["namespace"] for each in bindings) == ["dev", "prod", "stage"]
    for binding in bindings:
        [subject] = binding["subjects"]
        assert (subject["name"], subject["namespace"]) == ("plan", "dev")
        assert (binding["roleRef"]["kind"], binding["roleRef"]["name"]) == ("Role", "plan")


def test_rights() -> None:
    """They are named, reach nothing that is secret, and are those that a dry run takes."""
    for rule in [rule for role in of_kind("Role") for rule in role["rules"]]:
        assert "*" not in [*rule["apiGroups"], *rule["resources"], *rule["verbs"]]
        assert not {"secrets", "pods/log", "pods/exec", "leases"} & set(rule["resources"])
        assert set(rule["verbs"]) <= {"get", "list", "create", "patch"}


def test_all_that_an_overlay_holds_may_be_tried_out(overlay: Overlay) -> None:
    """Each kind may be read, and be made or changed in a dry run."""
    [role] = [each for each in of_kind("Role") if each["metadata"]["namespace"] == overlay.name]
    for resource in overlay.objects:
        assert {"get", "create", "patch"} <= verbs(role, resource), resource["kind"]


def test_what_is_no_dry_run() -> None:
    """The policy denies it to that very account, for everything, and where it cannot tell."""
    [policy], [binding] = (
        of_kind("ValidatingAdmissionPolicy"),
        of_kind("ValidatingAdmissionPolicyBinding"),
    )
    assert binding["spec"] == {
        "policyName": policy["metadata"]["name"],
        "validationActions": ["Deny"],
    }
    spec = policy["spec"]
    assert spec["failurePolicy"] == "Fail"
    [rule] = spec["matchConstraints"]["resourceRules"]
    assert (rule["apiGroups"], rule["operations"], rule["resources"]) == (["*"], ["*"], ["*/*"])
    [condition], [validation] = spec["matchConditions"], spec["validations"]
    assert "'system:serviceaccount:dev:plan'" in condition["expression"]
    assert validation["expression"].endswith("request.dryRun")
