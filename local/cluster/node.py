"""The node: containerd, kubelet, kube-proxy, and the pods' network."""

import json
from pathlib import Path

from local.cluster.control_plane import CONTAINER_RUNTIME, KUBECONFIGS
from local.host import command
from local.host.errors import CommandFailed
from local.host.http import answers
from local.host.paths import (
    CLUSTER_DNS,
    NODE_ADDRESS,
    PKI,
    POD_SUBNET,
    REGISTRY,
    SERVICE_SUBNET,
    STATE,
)
from local.images.cluster import PAUSE_VERSION
from local.machines import cgroups
from local.machines.network import mtu
from local.machines.sandbox import NODE
from local.machines.service import Service
from local.tools.catalogue import KUBERNETES

PAUSE_IMAGE = f"{REGISTRY}/pause:{PAUSE_VERSION}"
_CONTAINERD = STATE / "containerd"
_SOCKET = CONTAINER_RUNTIME.removeprefix("unix://")
_KUBELET_CONFIG = STATE / "kubelet.json"
# Not compressed, and no bytes long: how gRPC frames a message without fields.
_EMPTY_MESSAGE = "\0" * 5


def configure() -> None:
    """Writes the configuration of containerd, of the pods' network and of the kubelet."""
    cgroups.up()
    _CONTAINERD.mkdir(parents=True, exist_ok=True)
    (_CONTAINERD / "config.toml").write_text(_containerd_config())
    _write(_CONTAINERD / "cni" / "10-bridge.conflist", json.dumps(_pod_network()))
    mirror = f'[host."http://{REGISTRY}"]\ncapabilities = ["pull", "resolve"]\n'
    _write(_CONTAINERD / "registries" / "_default" / "hosts.toml", mirror)
    own = f'server = "http://{REGISTRY}"\n{mirror}'
    _write(_CONTAINERD / "registries" / REGISTRY / "hosts.toml", own)
    _write(_KUBELET_CONFIG, json.dumps(_kubelet_config()))


def keep_services_inside() -> None:
    """Refuses what goes to the address of a Service that kube-proxy does not know, or not yet.

    It would leave the node otherwise, and whoever answers outside would be taken for the Service.
    """
    for chain in ("OUTPUT", "FORWARD"):
        refused = ("--protocol", "tcp", "--jump", "REJECT", "--reject-with", "tcp-reset")
        rule = (chain, "--destination", SERVICE_SUBNET, *refused)
        if not command.succeeds(*NODE.enter("iptables", "--wait", "--check", *rule)):
            NODE.run("iptables", "--wait", "--append", *rule)


def services() -> list[Service]:
    """The node's programs, in the order of their start."""
    return [
        Service(
            name="containerd",
            sandbox=NODE,
            arguments=("containerd", "--config", _CONTAINERD / "config.toml"),
            ready=_takes_pods,
            config=(_CONTAINERD / "config.toml",),
        ),
        Service(
            name="kubelet",
            sandbox=NODE,
            arguments=(
                KUBERNETES.program("kubelet"),
                f"--config={_KUBELET_CONFIG}",
                f"--kubeconfig={KUBECONFIGS}/kubelet.conf",
                f"--root-dir={STATE}/kubelet",
                f"--hostname-override={NODE.name}",
                f"--node-ip={NODE_ADDRESS}",
                # It measures after one to two of these; Metrics Server waits until it sees another.
                "--housekeeping-interval=5s",
            ),
            ready=lambda: answers(
                f"https://{NODE_ADDRESS}:10250/healthz", accept_unauthorized=True
            ),
            port=10250,
            config=(_KUBELET_CONFIG,),
        ),
        Service(
            name="kube-proxy",
            sandbox=NODE,
            arguments=(
                KUBERNETES.program("kube-proxy"),
                f"--kubeconfig={KUBECONFIGS}/kube-proxy.conf",
                f"--cluster-cidr={POD_SUBNET}",
                f"--hostname-override={NODE.name}",
                f"--healthz-bind-address={NODE_ADDRESS}:10256",
                # The kernel's limits belong to the whole machine: leave them as they are.
                "--conntrack-max-per-core=0",
                "--conntrack-tcp-timeout-established=0",
                "--conntrack-tcp-timeout-close-wait=0",
            ),
            ready=lambda: answers(f"http://{NODE_ADDRESS}:10256/healthz"),
            port=10256,
        ),
    ]


def _takes_pods() -> bool:
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
        return is_success(NODE.run(*question, stdin=_EMPTY_MESSAGE))
    except CommandFailed:
        return False


def is_success(headers: str) -> bool:
    """Whether the headers and trailers of a gRPC answer tell of success."""
    return any(line.strip().lower() == "grpc-status: 0" for line in headers.splitlines())


def _write(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)


def _containerd_config() -> str:
    return f"""version = 2
root = "{_CONTAINERD}/root"
state = "/run/containerd"
[grpc]
  address = "{_SOCKET}"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "{PAUSE_IMAGE}"
  # Machines that are virtual themselves refuse a lower score than their own.
  restrict_oom_score_adj = true
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = "{_CONTAINERD}/cni"
  [plugins."io.containerd.grpc.v1.cri".registry]
    config_path = "{_CONTAINERD}/registries"
  [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
    runtime_type = "io.containerd.runc.v2"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
      SystemdCgroup = false
"""


def _pod_network() -> dict[str, object]:
    return {
        "cniVersion": "0.4.0",
        "name": "pods",
        "plugins": [
            {
                "type": "bridge",
                "bridge": "pods",
                "mtu": mtu(),
                "isGateway": True,
                "ipMasq": True,
                "hairpinMode": True,
                "ipam": {
                    "type": "host-local",
                    # Addresses are forgotten with the sandbox, as the pods that had them are.
                    "dataDir": "/run/cni",
                    "ranges": [[{"subnet": POD_SUBNET}]],
                    "routes": [{"dst": "0.0.0.0/0"}],
                },
            },
            {"type": "portmap", "capabilities": {"portMappings": True}},
        ],
    }


def _kubelet_config() -> dict[str, object]:
    return {
        "apiVersion": "kubelet.config.k8s.io/v1beta1",
        "kind": "KubeletConfiguration",
        "address": NODE_ADDRESS,
        "authentication": {
            "anonymous": {"enabled": False},
            "webhook": {"enabled": True},
            "x509": {"clientCAFile": f"{PKI}/ca.crt"},
        },
        "authorization": {"mode": "Webhook"},
        "containerRuntimeEndpoint": CONTAINER_RUNTIME,
        "cgroupDriver": "cgroupfs",
        "cgroupRoot": cgroups.GROUP,
        "clusterDNS": [CLUSTER_DNS],
        "clusterDomain": "cluster.local",
        "failSwapOn": False,
        "evictionHard": {"memory.available": "100Mi"},
        "imageGCHighThresholdPercent": 100,
        # cAdvisor does not find the disk under every root file system, and the kubelet stops then.
        "localStorageCapacityIsolation": False,
        "resolvConf": "/etc/resolv.conf",
        "registerWithTaints": [],
        "serializeImagePulls": False,
        "shutdownGracePeriod": "0s",
        # Without this it refuses a machine whose control groups are of version 1.
        **({} if cgroups.unified() else {"failCgroupV1": False}),
    }
