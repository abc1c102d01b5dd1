"""Monitoring: what Prometheus may see, what it records, and what it tells of."""

import json
import re
from typing import Any

import yaml

from tests.manifests.rendering import MANIFESTS, Object, objects_of

FOLDER = MANIFESTS / "platform" / "monitoring" / "base"
RUNBOOK = MANIFESTS.parent / "docs" / "runbook.md"
SERIES = {"cluster_health", "pod_cpu_usage", "pod_memory_usage", "http_requests", "uptime"}


def of_kind(kind: str) -> list[Object]:
    """The rendered objects of a kind."""
    return [each for each in objects_of(FOLDER) if each["kind"] == kind]


def rules(name: str) -> list[dict[str, Any]]:
    """The rules in a file of them."""
    groups = yaml.safe_load((FOLDER / "rules" / name).read_text())["groups"]
    return [rule for group in groups for rule in group["rules"]]


def test_series_of_the_architecture_are_recorded() -> None:
    """All five, under their names."""
    assert {each["record"] for each in rules("series.yml")} == SERIES


def test_every_alert_has_a_runbook_entry() -> None:
    """Its annotation leads to a heading that is there."""
    headings = re.findall(r"^## (\w+)$", RUNBOOK.read_text(), re.MULTILINE)

    assert [each["alert"] for each in rules("alerts.yml")] == headings
    for alert in rules("alerts.yml"):
        assert alert["annotations"]["runbook"] == f"docs/runbook.md#{alert['alert'].lower()}"
        assert alert["labels"]["severity"] in ("warning", "critical")


def test_runbook_scales_vertically_in_four_steps() -> None:
    """The alert, larger nodes, the overlay of prod, and a rolling update, one after the other."""
    entry = RUNBOOK.read_text().partition("\n## PodMemoryNearLimit\n")[2].partition("\n## ")[0]
    said, *steps = [" ".join(each.split()) for each in re.split(r"^\d\. ", entry, flags=re.M)]

    assert said.startswith("Pod memory hitting limits, consider vertical scaling.")
    for step, parts in zip(
        steps,
        [
            ["alert"],
            ["`vm_cpu_cores` from 2 to 4", "`vm_memory_gb` from 4 to 8", "`infra/resize.sh`"],
            ["overlays/prod/", "`memory: 512Mi, cpu: 500m`", "`memory: 1Gi, cpu: 2000m`"],
            ["`dagger call deploy --env prod`", "rolling update"],
        ],
        strict=True,
    ):
        assert [part for part in parts if part not in step] == []


def test_every_alert_is_tested() -> None:
    """promtool makes each one fire."""
    tests = yaml.safe_load((FOLDER / "rules" / "tests.yml").read_text())["tests"]
    fired = {
        each["alertname"]
        for test in tests
        for each in test["alert_rule_test"]
        if each["exp_alerts"]
    }

    assert fired == {each["alert"] for each in rules("alerts.yml")}


def test_memory_alert_says_what_the_architecture_asks_for() -> None:
    """The use is the container's, and the next step is named."""
    (alert,) = [each for each in rules("alerts.yml") if each["alert"] == "PodMemoryNearLimit"]

    assert "container_memory_usage_bytes" in alert["expr"]
    assert alert["annotations"]["summary"] == "Pod memory hitting limits, consider vertical scaling"


def test_prometheus_is_at_the_nodes_port_30090() -> None:
    """Its Service is a NodePort."""
    (service,) = [each for each in of_kind("Service") if each["metadata"]["name"] == "prometheus"]

    assert service["spec"]["type"] == "NodePort"
    assert [port["nodePort"] for port in service["spec"]["ports"]] == [30090]


def test_prometheus_may_only_look() -> None:
    """No rule of its roles allows a change, and none is of everything."""
    for role in of_kind("ClusterRole"):
        for rule in role["rules"]:
            assert set(rule["verbs"]) <= {"get", "list", "watch"}
            assert "*" not in [*rule.get("apiGroups", ()), *rule.get("resources", ())]
            assert "secrets" not in rule.get("resources", ())


def test_pods_are_looked_for_where_the_right_is() -> None:
    """The namespaces that are searched are those with a binding."""
    config = yaml.safe_load((FOLDER / "prometheus.yml").read_text())
    searched = {
        name
        for job in config["scrape_configs"]
        for discovery in job["kubernetes_sd_configs"]
        for name in discovery.get("namespaces", {}).get("names", ())
    }

    assert searched == {each["metadata"]["namespace"] for each in of_kind("RoleBinding")}


def test_data_is_bounded_in_time_and_size() -> None:
    """What is kept fits into the volume."""
    (prometheus,) = [
        each for each in of_kind("Deployment") if each["metadata"]["name"] == "prometheus"
    ]
    pod = prometheus["spec"]["template"]["spec"]
    arguments = dict(each.split("=", 1) for each in pod["containers"][0]["args"])
    (data,) = [each for each in pod["volumes"] if each["name"] == "data"]

    assert arguments["--storage.tsdb.retention.time"] == "15d"
    assert arguments["--storage.tsdb.retention.size"] == "4GB"
    assert data["emptyDir"]["sizeLimit"] == "6Gi"


def test_dashboard_shows_every_series() -> None:
    """Its queries name all that is recorded, and each panel has one."""
    dashboard = json.loads((FOLDER / "dashboards" / "service.json").read_text())
    queries = " ".join(
        target["expr"] for panel in dashboard["panels"] for target in panel["targets"]
    )

    assert all(name in queries for name in SERIES)
    assert all(panel["targets"] for panel in dashboard["panels"])
