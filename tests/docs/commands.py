"""Every command of the guides, and where it is run."""

import re
from collections.abc import Iterator

from tests.project import NAME
from tests.workflow.calls import REPOSITORY

GUIDES = [
    REPOSITORY / "README.md",
    REPOSITORY / "CONTRIBUTING.md",
    REPOSITORY / "infra" / "README.md",
    *sorted((REPOSITORY / "docs").glob("*.md")),
]

_BLOCK = re.compile(r"^ *```(\w*)\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
_INLINE = re.compile(r"`([^`]+)`")
_PROGRAM = re.compile(
    r"(\./daggerw|\S+/\S+\.sh|cosign|curl|dagger|gh|grep|helm|kubeadm|kubectl|make|oras|pip"
    r"|python3|tofu|virsh|while) \S"
)

# By tests/e2e/test_docs.py, as they stand there.
RUN = [
    "./daggerw call deploy --env stage",
    "./daggerw --help",
    "dagger call build",
    "dagger call deploy --help",
    "dagger call dora --env stage",
    "dagger call history --env stage",
    "dagger call lint",
    "dagger call locked",
    "dagger call plan --env stage",
    "dagger call plan-saved --env stage export --path plan.json",
    "dagger call publish",
    "dagger call release --env stage url",
    "dagger call report --env stage",
    "dagger call scan",
    "dagger call scan-reports export --path reports",
    "dagger call status",
    "dagger call test",
    "dagger call verify --env stage",
    "kubectl -n stage get secrets -l ci/release -L ci/release",
    f"kubectl -n stage describe pods -l app={NAME}",
    f"kubectl -n stage logs -l app={NAME} --tail=50",
    "kubectl apply -k manifests/platform/ci-access",
    "kubectl apply -k manifests/platform/namespaces",
    "kubectl apply -k manifests/platform/plan-access",
    "kubectl get nodes",
    "make help",
    "make lint",
    "python3 -m local logs kubelet",
    "python3 -m local status",
]

_DEPLOYED = (
    "test_deploy.py::TestEnvironmentThatWasDeployedTo"
    "::test_runs_the_published_digest_and_answers_from_this_commit"
)
_OUTSIDE = "test_outside.py::TestYourService::"
_CHECKED = "test_infra.py::TestCheck::test_of_the_repository_finds_nothing"
_TOOLS = "test_tools.py::TestToolsOfATeam::test_are_used_where_nothing_is_built"
_MACHINES = "test_infra.py::TestMachines::"
_ENGINE = "test_engine_in_cluster.py::TestEngineInTheCluster::"
_ENGINE_FIGURES = f"{_ENGINE}test_tells_the_figures_that_it_is_sized_by"
_ENGINE_LINTS = f"{_ENGINE}test_lints_for_whoever_has_cis_credentials"

# By another end-to-end test, which needs it with its own arguments, or in an order.
RUN_BY = {
    "cosign generate-key-pair": (
        "test_supply_chain.py::TestDeployThatVerifies::test_refuses_what_another_key_signed"
    ),
    f"curl -H 'Host: stage.{NAME}.local' http://10.213.0.2/": (
        "test_gateway.py::TestEnvironmentThatWasDeployedTo"
        "::test_answers_at_the_nodes_ports_by_its_host_name"
    ),
    "curl -s http://localhost:9090/metrics | grep ^dagger_": _ENGINE_FIGURES,
    "dagger call deploy --env dev --kubeconfig file://$PWD/ci-dev.kubeconfig": (
        "test_ci_access.py::TestCredentialsOfOneEnvironment::test_release_to_it"
    ),
    "dagger call -m $PIPELINE lint": f"{_OUTSIDE}test_passes_its_checks",
    "dagger call -m $PIPELINE test": f"{_OUTSIDE}test_passes_its_checks",
    "dagger call -m $PIPELINE build": f"{_OUTSIDE}test_passes_its_checks",
    "dagger call -m $PIPELINE deploy --env dev --kubeconfig file://$HOME/.kube/config "
    "--registry ghcr.io/OWNER/shop --username OWNER --token env://GITHUB_TOKEN": (
        f"{_OUTSIDE}test_is_deployed_and_verified"
    ),
    "dagger call -m $PIPELINE verify --env dev --kubeconfig file://$HOME/.kube/config": (
        f"{_OUTSIDE}test_is_deployed_and_verified"
    ),
    "dagger call -m $PIPELINE report --env dev --kubeconfig file://$HOME/.kube/config": (
        f"{_OUTSIDE}test_is_deployed_and_verified"
    ),
    "dagger check": f"{_OUTSIDE}test_is_checked_by_a_toolchain",
    "dagger call deploy --env prod": _DEPLOYED,
    "dagger call deploy --env stage": _DEPLOYED,
    "dagger call infra": _CHECKED,
    "dagger call infra-plan export --path plan": (
        "test_infra.py::TestPlan::test_without_variables"
    ),
    "dagger call manifests": "test_manifests.py::TestManifests::test_that_are_well",
    "dagger call promote --from-env dev --to-env stage": (
        "test_history.py::TestPromotion::test_to_prod_is_by_way_of_stage_or_with_a_reason"
    ),
    "dagger call rollback --env stage": (
        "test_history.py::TestRollback::test_brings_back_the_whole_release_before"
    ),
    "kubeadm config images list": (
        "test_stack.py::TestKubernetes::test_has_the_images_of_its_generation"
    ),
    "infra/resize.sh": f"{_MACHINES}test_are_all_resized",
    "kubectl -n dagger create rolebinding runners --role=ci --serviceaccount=RUNNERS:default": (
        f"{_ENGINE}test_is_reached_from_a_pod_without_a_kubeconfig"
    ),
    "kubectl -n dagger describe pod dagger-engine-0": _ENGINE_FIGURES,
    "kubectl -n dagger exec dagger-engine-0 -- dagger core version": _ENGINE_LINTS,
    "kubectl -n dagger port-forward dagger-engine-0 9090 &": _ENGINE_FIGURES,
    "kubectl -n dagger rollout status statefulset/dagger-engine": _ENGINE_LINTS,
    "kubectl -n dagger top pod dagger-engine-0": _ENGINE_FIGURES,
    "kubectl apply -k manifests/platform/engine": _ENGINE_LINTS,
    "kubectl label node NODE dagger-engine=true": _ENGINE_LINTS,
    "manifests/platform/ci-access/kubeconfig.sh dagger >engine.kubeconfig": _ENGINE_LINTS,
    "kubectl --namespace envoy-gateway-system create secret tls public-certificate "
    "--cert=tls.crt --key=tls.key": (
        "test_gateway.py::TestEnvironmentThatWasDeployedTo"
        "::test_answers_at_the_nodes_ports_by_its_host_name"
    ),
    "kubectl apply --server-side -k manifests/platform/gateway/one-node": (
        "test_gateway.py::TestEnvironmentThatWasDeployedTo"
        "::test_answers_at_the_nodes_ports_by_its_host_name"
    ),
    "kubectl apply --server-side -k manifests/platform/metrics-server/self-signed-kubelets": (
        "test_autoscaling.py::TestMetrics::test_of_pods_and_nodes_are_there"
    ),
    "kubectl apply --server-side -k manifests/platform/monitoring/base": (
        "test_monitoring.py::TestSeries::test_has_values_for_every_environment"
    ),
    "kubectl top": "test_autoscaling.py::TestMetrics::test_of_pods_and_nodes_are_there",
    "manifests/platform/ci-access/kubeconfig.sh dev >ci-dev.kubeconfig": (
        "test_ci_access.py::TestCredentialsOfOneEnvironment::test_release_to_it"
    ),
    "manifests/platform/ci-access/kubeconfig.sh dev 720h plan >plan.kubeconfig": (
        "test_workflow.py::TestAccountForPlans::test_tries_out_and_changes_nothing"
    ),
    "dagger check --no-generate": "test_workflow.py::TestPullRequest::test_from_a_fork",
    "oras discover IMAGE@sha256:…": (
        "test_supply_chain.py::TestPublishedImage::test_has_its_sbom_beside_it"
    ),
    "python3 -m local down": (
        "test_stack.py::TestStackThatIsDown::test_leaves_no_trace_and_comes_back_with_its_data"
    ),
    "python3 -m local up": (
        "test_stack.py::TestStackThatIsUp::test_up_again_changes_nothing_within_two_seconds"
    ),
    "python3 -m local tools export /mnt/tools": _TOOLS,
    "DAGGERW_TOOLS=/mnt/tools ./daggerw call deploy --env stage": _TOOLS,
    "tofu apply": f"{_MACHINES}test_are_made",
    "tofu destroy -var protected=false": f"{_MACHINES}test_leave_nothing",
    "tofu fmt": _CHECKED,
    "tofu init": f"{_MACHINES}test_are_made",
    "tofu init && tofu apply": f"{_MACHINES}test_are_made",
    "tofu output -raw kubeconfig": f"{_MACHINES}test_give_a_kubeconfig",
    "tofu test": _CHECKED,
}

# By nobody on the stack, by what keeps them from it.
NOT_RUN = {
    "it is what runs all of this, or a part of it": [
        "make machines",
        "make soak",
        "make test",
        "make unit",
    ],
    "it takes longer than every test, as `make bench` does": [
        "kubectl apply",
        "kubectl rollout status",
        "make bench",
    ],
    "it changes the clone": [
        "cp example.tfvars terraform.tfvars",
        "dagger generate",
        "dagger setup",
        "make lock",
        "make schemas",
        "python3 -m local tools record",
        "pip install pre-commit && pre-commit install",
    ],
    "what it says is that day's": ["make versions"],
    "it takes the data from the tests that follow": ["python3 -m local down --purge"],
    "it needs GitHub, or a registry of one's own": [
        "dagger call deploy --env prod --kubeconfig file://$HOME/.kube/config "
        "--registry ghcr.io/OWNER/NAME --username OWNER --token env://GITHUB_TOKEN",
        "gh attestation verify oci://ghcr.io/OWNER/NAME@sha256:… --repo OWNER/NAME",
    ],
    "the stack renders the chart itself, for its registry is out of reach": [
        "helm install eg oci://docker.io/envoyproxy/gateway-helm --version v1.9.1 "
        "--namespace envoy-gateway-system --create-namespace --wait",
        "helm upgrade --install dagger oci://registry.dagger.io/dagger-helm --version 0.21.8 "
        "--namespace dagger --values manifests/platform/engine/values.yaml --wait --timeout 10m",
    ],
    "it needs a load balancer, or kubelets whose certificates are signed": [
        "kubectl apply --server-side -k manifests/platform/gateway/base",
        "kubectl apply --server-side -k manifests/platform/metrics-server/base",
    ],
    "it needs a pod that is gone wrong": ["kubectl -n NAMESPACE describe pod POD"],
    "it keeps everything else from the stack's only node": [
        "kubectl taint node NODE dagger-engine=true:NoSchedule"
    ],
    "it needs machines that boot": [
        "kubeadm certs check-expiration",
        "kubeadm certs renew all",
        "kubeadm upgrade",
        "kubectl delete node",
        "kubectl taint nodes NAME node-role.kubernetes.io/control-plane:NoSchedule",
        "tofu apply -var protected=false "
        "-replace='module.machines.libvirt_volume.disk[\"NAME\"]'",
        "tofu apply -target='module.machines.libvirt_domain.machine[\"NAME\"]'",
        "virsh console MACHINE",
        "while sleep 1; do curl -fsS -m 2 http://ADDRESS/ >/dev/null || date; done",
    ],
}


def written() -> set[str]:
    """Every command in the guides: the lines of shell blocks, and what is quoted in a line."""
    return {command for guide in GUIDES for command in commands(guide.read_text())}


def commands(text: str) -> Iterator[str]:
    """The commands of one guide."""
    for language, block in _BLOCK.findall(text):
        if language == "sh":
            for line in block.replace("\\\n", " ").splitlines():
                command = re.sub(r"(^|\s+)#.*", "", line)
                if not command.strip().startswith(("cd ", "export ")):
                    yield _spaced(command)
    for quoted in _INLINE.findall(_BLOCK.sub("", text)):
        if _PROGRAM.match(quoted) and not quoted.endswith(" …"):
            yield _spaced(quoted.replace("\\|", "|"))


def _spaced(command: str) -> str:
    """A command in one line; where any environment may stand, stage does."""
    return " ".join(command.replace(" ENV", " stage").split())
