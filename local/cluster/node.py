"""A node: containerd, kubelet, kube-proxy, and the pods' network."""

import json
from pathlib import Path

from local.cluster import nodes
from local.cluster.control_plane import CONTAINER_RUNTIME, KUBECONFIGS, identity
from local.cluster.membership import TAINT
from local.cluster.nodes import Node
from local.host import command
from local.host.errors import CommandFailed
from local.host.http import answers
from local.host.paths import CLUSTER_DNS, PKI, POD_SUBNET, REGISTRY, SERVICE_SUBNET
from local.images.cluster import PAUSE_VERSION
from local.machines import cgroups
from local.machines.network import mtu
from local.machines.sandbox import Sandbox
from local.machines.service import Service
from local.tools.catalogue import KUBERNETES

PAUSE_IMAGE = f"{REGISTRY}/pause:{PAUSE_VERSION}"
_SOCKET = CONTAINER_RUNTIME.removeprefix("unix://")
# Not compressed, and no bytes long: how gRPC frames a message without fields.
_EMPTY_MESSAGE = "\0" * 5


def configure(node: Node) -> None:
    """Writes the configuration of containerd, of the pods' network and of the kubelet."""
    cgroups.up(node.name)
    containerd = node.home / "containerd"
    _write(containerd / "config.toml", _containerd_config(containerd))
    _write(containerd / "cni" / "10-bridge.conflist", json.dumps(_pod_network(node)))
    mirror = f'[host."http://{REGISTRY}"]\ncapabilities = ["pull", "resolve"]\n'
    _write(containerd / "registries" / "_default" / "hosts.toml", mirror)
    own = f'server = "http://{REGISTRY}"\n{mirror}'
    _write(containerd / "registries" / REGISTRY / "hosts.toml", own)
    _write(_kubelet_file(node), json.dumps(_kubelet_config(node)))
    identity(_kubeconfig(node), f"system:node:{node.name}", "system:nodes")


def connect(node: Node) -> None:
    """Leads to the other nodes' pods, and lets this one's out under the node's address.

    Between pods addresses stay as they are, or no NetworkPolicy would know who asks.
    """
    for other in nodes.wanted():
        if other != node:
            node.sandbox.run("ip", "route", "replace", other.pods, "via", other.address)
    out = ("POSTROUTING", "--source", node.pods, "!", "--destination", POD_SUBNET)
    _keep_rule(node, "nat", *out, "--jump", "MASQUERADE")


def keep_services_inside(node: Node) -> None:
    """Refuses what goes to the address of a Service that kube-proxy does not know, or not yet.

    It would leave the node otherwise, and whoever answers outside would be taken for the Service.
    """
    for chain in ("OUTPUT", "FORWARD"):
        refused = ("--protocol", "tcp", "--jump", "REJECT", "--reject-with", "tcp-reset")
        _keep_rule(node, "filter", chain, "--destination", SERVICE_SUBNET, *refused)


def _keep_rule(node: Node, table: str, *rule: str) -> None:
    iptables = ("iptables", "--wait", "--table", table)
    if not command.succeeds(*node.sandbox.enter(*iptables, "--check", *rule)):
        node.sandbox.run(*iptables, "--append", *rule)


def services(node: Node) -> list[Service]:
    """The node's programs, in the order of their start."""
    config = node.home / "containerd" / "config.toml"
    return [
        Service(
            name=node.program("containerd"),
            sandbox=node.sandbox,
            arguments=("containerd", "--config", config),
            ready=lambda: _takes_pods(node.sandbox),
            config=(config,),
        ),
        Service(
            name=node.program("kubelet"),
            sandbox=node.sandbox,
            arguments=(
                KUBERNETES.program("kubelet"),
                f"--config={_kubelet_file(node)}",
                f"--kubeconfig={_kubeconfig(node)}",
                f"--root-dir={node.home}/kubelet",
                f"--hostname-override={node.name}",
                f"--node-ip={node.address}",
                # It measures after one to two of these; Metrics Server waits until it sees another.
                "--housekeeping-interval=5s",
            ),
            ready=lambda: answers(
                f"https://{node.address}:10250/healthz", accept_unauthorized=True
            ),
            port=10250,
            config=(_kubelet_file(node), _kubeconfig(node)),
        ),
        Service(
            name=node.program("kube-proxy"),
            sandbox=node.sandbox,
            arguments=(
                KUBERNETES.program("kube-proxy"),
                f"--kubeconfig={KUBECONFIGS}/kube-proxy.conf",
                f"--cluster-cidr={POD_SUBNET}",
                f"--hostname-override={node.name}",
                f"--healthz-bind-address={node.address}:10256",
                # The kernel's limits belong to the whole machine: leave them as they are.
                "--conntrack-max-per-core=0",
                "--conntrack-tcp-timeout-established=0",
                "--conntrack-tcp-timeout-close-wait=0",
            ),
            ready=lambda: answers(f"http://{node.address}:10256/healthz"),
            port=10256,
        ),
    ]


def _takes_pods(sandbox: Sandbox) -> bool:
    """Whether containerd answers the kubelet's first question; a kubelet that asks too early ends.

    The socket is there before: containerd first reads what pods there were, which takes a while.
    """
    question = (
        "curl", "--silent", "--max-time", "2", "--unix-socket", _SOCKET,
        "--http2-prior-knowledge", "--header", "content-type: application/grpc",
        "--header", "te: trailers", "--data-binary", "@-", "--dump-header", "-",
        "--output", "/dev/null", "http://containerd/runtime.v1.RuntimeService/Version",
    )  # fmt: skip
    try:
        return is_success(sandbox.run(*question, stdin=_EMPTY_MESSAGE))
    except CommandFailed:
        return False


def is_success(headers: str) -> bool:
    """Whether the headers and trailers of a gRPC answer tell of success."""
    return any(line.strip().lower() == "grpc-status: 0" for line in headers.splitlines())


def _kubelet_file(node: Node) -> Path:
    return node.home / "kubelet.json"


def _kubeconfig(node: Node) -> Path:
    return KUBECONFIGS / f"kubelet-{node.name}.conf"


def _write(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)


def _containerd_config(home: Path) -> str:
    return f"""version = 2
root = "{home}/root"
state = "/run/containerd"
[grpc]
  address = "{_SOCKET}"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "{PAUSE_IMAGE}"
  # Machines that are virtual themselves refuse a lower score than their own.
  restrict_oom_score_adj = true
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = "{home}/cni"
  [plugins."io.containerd.grpc.v1.cri".registry]
    config_path = "{home}/registries"
  [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
    runtime_type = "io.containerd.runc.v2"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
      SystemdCgroup = false
"""


def _pod_network(node: Node) -> dict[str, object]:
    return {
        "cniVersion": "0.4.0",
        "name": "pods",
        "plugins": [
            {
                "type": "bridge",
                "bridge": "pods",
                "mtu": mtu(),
                "isGateway": True,
                # It would hide pods from those of other nodes: `connect` has a rule of its own.
                "ipMasq": False,
                "hairpinMode": True,
                "ipam": {
                    "type": "host-local",
                    # Addresses are forgotten with the sandbox, as the pods that had them are.
                    "dataDir": "/run/cni",
                    "ranges": [[{"subnet": node.pods}]],
                    "routes": [{"dst": "0.0.0.0/0"}],
                },
            },
            {"type": "portmap", "capabilities": {"portMappings": True}},
        ],
    }


def _kubelet_config(node: Node) -> dict[str, object]:
    return {
        "apiVersion": "kubelet.config.k8s.io/v1beta1",
        "kind": "KubeletConfiguration",
        "address": node.address,
        "authentication": {
            "anonymous": {"enabled": False},
            "webhook": {"enabled": True},
            "x509": {"clientCAFile": f"{PKI}/ca.crt"},
        },
        "authorization": {"mode": "Webhook"},
        "containerRuntimeEndpoint": CONTAINER_RUNTIME,
        "cgroupDriver": "cgroupfs",
        "cgroupRoot": f"/{cgroups.of(node.name)}",
        "clusterDNS": [CLUSTER_DNS],
        "clusterDomain": "cluster.local",
        "failSwapOn": False,
        "evictionHard": {"memory.available": "100Mi"},
        "imageGCHighThresholdPercent": 100,
        # cAdvisor does not find the disk under every root file system, and the kubelet stops then.
        "localStorageCapacityIsolation": False,
        # Renewed every 5 s: the controller manager waits for less than it does elsewhere.
        "nodeLeaseDurationSeconds": 20,
        # A kubelet takes away the logs of pods that it does not know.
        "podLogsDir": f"{node.home}/logs",
        "resolvConf": "/etc/resolv.conf",
        "registerWithTaints": [TAINT] if node.reserved else [],
        "serializeImagePulls": False,
        "shutdownGracePeriod": "0s",
        # Without this it refuses a machine whose control groups are of version 1.
        **({} if cgroups.unified() else {"failCgroupV1": False}),
    }
