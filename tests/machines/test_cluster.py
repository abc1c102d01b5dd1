"""Three machines that start with infra/'s documents and scripts, and what becomes of them."""

import pytest

from local.tools.catalogue import KUBERNETES
from tests.e2e.conftest import call_in, run
from tests.e2e.load import load_on
from tests.machines import platform
from tests.machines.cluster import CONTROL_PLANE, WORKERS, Cluster
from tests.machines.pods import comes_to, pods
from tests.machines.resizing import resize
from tests.project import NAME

pytestmark = [pytest.mark.e2e, pytest.mark.soak]

DENY = """
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: closed}
spec: {podSelector: {}, policyTypes: [Ingress]}
"""


class TestWorkerThatHasNotJoined:
    def test_has_a_kubelet_that_waits(self, waiting: dict[str, str]) -> None:
        """systemd does not start it again and again, for it lacks what kubeadm will write."""
        assert set(waiting) == set(WORKERS)
        for said in waiting.values():
            assert set(said.split()) == {"NRestarts=0", "ConditionResult=no"}


class TestWorkerThatLostItsPower:
    def test_goes_on_with_its_first_start(
        self, machines: Cluster, cut_off: str, waiting: dict[str, str]
    ) -> None:
        """No package of it is left half installed."""
        assert cut_off in waiting
        assert machines.on(cut_off, "cat", "/etc/cluster/prepared").returncode == 0
        audited = machines.on(cut_off, "sudo", "dpkg", "--audit")
        assert (audited.returncode, audited.stdout) == (0, "")


class TestCluster:
    def test_has_three_nodes(self, cluster: Cluster) -> None:
        """All are ready, of the version and at the addresses that were asked for."""
        found = {
            node["metadata"]["name"]: (
                next(
                    each["status"]
                    for each in node["status"]["conditions"]
                    if each["type"] == "Ready"
                ),
                node["status"]["nodeInfo"]["kubeletVersion"],
                next(
                    each["address"]
                    for each in node["status"]["addresses"]
                    if each["type"] == "InternalIP"
                ),
            )
            for node in cluster.objects("nodes")
        }
        assert found == {
            name: ("True", KUBERNETES.version, machine.address)
            for name, machine in cluster.machines.items()
        }
        assert set(found) == {CONTROL_PLANE, *WORKERS}

    def test_runs_all_of_its_own_pods(self, cluster: Cluster) -> None:
        """Among them Calico on each node, and nothing has to start again and again."""
        pods = cluster.objects("pods", "-n", "kube-system")
        assert {pod["status"]["phase"] for pod in pods} == {"Running"}
        nodes = {
            pod["spec"]["nodeName"]
            for pod in pods
            if pod["metadata"]["labels"].get("k8s-app") == "calico-node"
        }
        assert nodes == set(cluster.machines)

    @pytest.mark.parametrize("machine", [CONTROL_PLANE, *WORKERS])
    def test_first_start_ended_well(self, cluster: Cluster, machine: str) -> None:
        """cloud-init itself has nothing to complain of."""
        assert cluster.on(machine, "cloud-init", "status").stdout == "status: done\n"

    def test_network(self, cluster: Cluster) -> None:
        """Pods on both workers reach each other, until a policy says otherwise."""
        with pods(cluster, WORKERS) as (one, other):
            both = ((one, other), (other, one))
            assert all(comes_to(cluster, *pair, answered=True) for pair in both)
            cluster.kubectl("apply", "-n", one.namespace, "-f", "-", stdin=DENY)
            assert all(comes_to(cluster, *pair, answered=False) for pair in both)
            cluster.kubectl("delete", "-n", one.namespace, "-f", "-", stdin=DENY)
            assert all(comes_to(cluster, *pair, answered=True) for pair in both)


class TestRelease:
    @pytest.mark.parametrize("environment", ["dev", "stage"])
    def test_is_deployed_and_verified(
        self, cluster: Cluster, gateway: int, published: str, environment: str
    ) -> None:
        """With the credentials that CI has, through the gateway of the machines."""
        # A node without a proxy of the gateway's answers nobody: load balancers leave it out.
        node = min(platform.nodes_with_a_proxy(cluster))
        released = call_in(
            *("deploy", "--env", environment, "--image", published),
            *("--kubeconfig", f"file:{platform.credentials(cluster, environment)}"),
            *("--gateway", f"http://{cluster.machines[node].address}:{gateway}"),
        )
        assert released.code == 0, released.error

    def test_answers_while_a_worker_is_resized(self, cluster: Cluster, gateway: int) -> None:
        """It is drained, shut down, started and ready again; no request is lost."""
        other = max(platform.nodes_with_a_proxy(cluster))
        [drained] = {*WORKERS} - {other}
        at = (cluster.machines[other].address, gateway)
        with load_on(f"stage.{NAME}.local", connections=4, pause=0.05, gateway=at) as load:
            code, printed = resize(cluster, drained)
        assert code == 0, printed
        print(f"{load.answered} requests answered")
        assert load.failures == {}
        assert load.answered > 500
        assert f"node/{drained} condition met" in printed
        assert f"node/{drained} uncordoned" in printed


class TestSecondRun:
    def test_of_what_was_done_changes_nothing(self, cluster: Cluster) -> None:
        """Neither on a machine nor in the cluster, of which no node joins anew."""
        before = [node["metadata"]["uid"] for node in cluster.objects("nodes")]
        assert cluster.on(CONTROL_PLANE, "sudo", "cluster-init").returncode == 0
        for worker in WORKERS:
            done = cluster.on(worker, "sudo", "cluster-node")
            assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
            assert cluster.join(worker) == ""
        cluster.fetch_kubeconfig()
        assert [node["metadata"]["uid"] for node in cluster.objects("nodes")] == before

    @pytest.mark.parametrize("machine", [CONTROL_PLANE, *WORKERS])
    def test_leaves_no_token(self, cluster: Cluster, machine: str) -> None:
        """None that a worker joined with is in a file of a machine or in a log of its own."""
        assert len(cluster.tokens) >= len(WORKERS)
        places = (
            "/etc",
            "/root",
            "/home",
            "/run",
            "/tmp",
            "/var/log",
            "/var/tmp",
            "/var/lib/cloud",
        )
        for token in cluster.tokens:
            # Not through sudo, which would write it into the log itself.
            search = ("grep", "-rlF", "--devices=skip", token, *places, "/var/lib/kubelet")
            looked = run(*cluster.machines[machine].enter(*search))
            assert looked.stdout == ""
            journal = run(*cluster.machines[machine].enter("journalctl", "--output=cat"))
            assert journal.stdout and token not in journal.stdout
            assert token not in cluster.printed
