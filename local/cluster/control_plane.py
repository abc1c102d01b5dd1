"""The control plane: etcd, API server, controller manager, scheduler; keys made by kubeadm."""

import json
import shutil
from pathlib import Path

from local.host import command
from local.host.http import answers
from local.host.paths import (
    API_SERVER_PORT,
    KUBECONFIG,
    LOGS,
    NODE_ADDRESS,
    PKI,
    POD_SUBNET,
    SERVICE_SUBNET,
    STATE,
)
from local.images.cluster import COREDNS_VERSION
from local.machines.sandbox import CONTROL_PLANE
from local.machines.service import Service
from local.tools.catalogue import KUBERNETES

KUBECONFIGS = STATE / "kubeconfigs"
KUBEADM_CONFIG = STATE / "kubeadm.yaml"
CONTAINER_RUNTIME = "unix:///run/containerd/containerd.sock"
API_SERVER = f"https://{NODE_ADDRESS}:{API_SERVER_PORT}"


def keys() -> None:
    """Makes certificates and kubeconfigs where they are not there yet; all of them are 0600."""
    STATE.mkdir(parents=True, exist_ok=True)
    KUBEADM_CONFIG.write_text(_kubeadm_config())
    if KUBECONFIG.exists():
        return
    for folder in (PKI, KUBECONFIGS):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(mode=0o700)
    log = LOGS / "kubeadm.log"
    kubeadm = KUBERNETES.program("kubeadm")
    phase = (kubeadm, "init", "phase")
    command.run(*phase, "certs", "all", "--config", KUBEADM_CONFIG, log=log)
    config = ("--config", KUBEADM_CONFIG, "--kubeconfig-dir", KUBECONFIGS)
    command.run(*phase, "kubeconfig", "all", *config, log=log)
    # Each kubelet gets its own, when its node is configured.
    (KUBECONFIGS / "kubelet.conf").unlink()
    identity(KUBECONFIGS / "kube-proxy.conf", "system:kube-proxy")
    _write_secret(KUBECONFIG, (KUBECONFIGS / "super-admin.conf").read_text())


def identity(file: Path, user: str, group: str = "") -> None:
    """Makes a user's certificate and kubeconfig, where they are not there yet; it is 0600."""
    if file.exists():
        return
    kubeadm = KUBERNETES.program("kubeadm")
    words = (f"--client-name={user}", *([f"--org={group}"] if group else []))
    made = command.output(kubeadm, "kubeconfig", "user", *words, "--config", KUBEADM_CONFIG)
    _write_secret(file, made)


def _write_secret(file: Path, text: str) -> None:
    half = file.with_suffix(".part")
    half.touch(mode=0o600)
    half.write_text(text)
    half.rename(file)


def services() -> list[Service]:
    """The control plane's programs, in the order of their start."""
    return [
        Service(
            name="etcd",
            sandbox=CONTROL_PLANE,
            arguments=("etcd", *_etcd_flags()),
            ready=lambda: answers("http://" + _ETCD_METRICS + "/health"),
            port=2379,
        ),
        Service(
            name="kube-apiserver",
            sandbox=CONTROL_PLANE,
            arguments=(KUBERNETES.program("kube-apiserver"), *_api_server_flags()),
            ready=lambda: answers(f"{API_SERVER}/readyz"),
            port=API_SERVER_PORT,
        ),
        Service(
            name="kube-controller-manager",
            sandbox=CONTROL_PLANE,
            arguments=(KUBERNETES.program("kube-controller-manager"), *_controller_manager_flags()),
            ready=lambda: answers(f"https://{NODE_ADDRESS}:10257/healthz"),
            port=10257,
        ),
        Service(
            name="kube-scheduler",
            sandbox=CONTROL_PLANE,
            arguments=(
                KUBERNETES.program("kube-scheduler"),
                f"--kubeconfig={KUBECONFIGS}/scheduler.conf",
                "--leader-elect=false",
            ),
            ready=lambda: answers(f"https://{NODE_ADDRESS}:10259/healthz"),
            port=10259,
        ),
    ]


_ETCD_METRICS = f"{NODE_ADDRESS}:2381"


def _kubeadm_config() -> str:
    version = {"apiVersion": "kubeadm.k8s.io/v1beta4"}
    node = {
        **version,
        "kind": "InitConfiguration",
        "localAPIEndpoint": {"advertiseAddress": NODE_ADDRESS, "bindPort": API_SERVER_PORT},
        "nodeRegistration": {"name": CONTROL_PLANE.name, "criSocket": CONTAINER_RUNTIME},
    }
    cluster = {
        **version,
        "kind": "ClusterConfiguration",
        "kubernetesVersion": KUBERNETES.version,
        "certificatesDir": str(PKI),
        "controlPlaneEndpoint": f"{NODE_ADDRESS}:{API_SERVER_PORT}",
        "dns": {"imageTag": COREDNS_VERSION},
        "networking": {"podSubnet": POD_SUBNET, "serviceSubnet": SERVICE_SUBNET},
    }
    return "\n---\n".join(json.dumps(one) for one in (node, cluster)) + "\n"


def _etcd_flags() -> list[str]:
    etcd = PKI / "etcd"
    return [
        f"--data-dir={STATE}/etcd",
        "--listen-client-urls=https://127.0.0.1:2379",
        "--advertise-client-urls=https://127.0.0.1:2379",
        "--listen-peer-urls=https://127.0.0.1:2380",
        f"--listen-metrics-urls=http://{_ETCD_METRICS}",
        f"--cert-file={etcd}/server.crt",
        f"--key-file={etcd}/server.key",
        f"--trusted-ca-file={etcd}/ca.crt",
        "--client-cert-auth",
        f"--peer-cert-file={etcd}/peer.crt",
        f"--peer-key-file={etcd}/peer.key",
        f"--peer-trusted-ca-file={etcd}/ca.crt",
        # A laptop's cluster may lose its last second in a power cut; fsync costs more than that.
        "--unsafe-no-fsync",
    ]


def _api_server_flags() -> list[str]:
    return [
        f"--advertise-address={NODE_ADDRESS}",
        f"--secure-port={API_SERVER_PORT}",
        "--etcd-servers=https://127.0.0.1:2379",
        f"--etcd-cafile={PKI}/etcd/ca.crt",
        f"--etcd-certfile={PKI}/apiserver-etcd-client.crt",
        f"--etcd-keyfile={PKI}/apiserver-etcd-client.key",
        f"--client-ca-file={PKI}/ca.crt",
        f"--tls-cert-file={PKI}/apiserver.crt",
        f"--tls-private-key-file={PKI}/apiserver.key",
        f"--kubelet-client-certificate={PKI}/apiserver-kubelet-client.crt",
        f"--kubelet-client-key={PKI}/apiserver-kubelet-client.key",
        "--kubelet-preferred-address-types=InternalIP",
        f"--service-account-key-file={PKI}/sa.pub",
        f"--service-account-signing-key-file={PKI}/sa.key",
        "--service-account-issuer=https://kubernetes.default.svc.cluster.local",
        f"--service-cluster-ip-range={SERVICE_SUBNET}",
        # The gateway answers on the node's port 80, as the architecture asks.
        "--service-node-port-range=80-32767",
        "--authorization-mode=Node,RBAC",
        "--enable-admission-plugins=NodeRestriction",
        "--allow-privileged=true",
        f"--requestheader-client-ca-file={PKI}/front-proxy-ca.crt",
        "--requestheader-allowed-names=front-proxy-client",
        "--requestheader-extra-headers-prefix=X-Remote-Extra-",
        "--requestheader-group-headers=X-Remote-Group",
        "--requestheader-username-headers=X-Remote-User",
        f"--proxy-client-cert-file={PKI}/front-proxy-client.crt",
        f"--proxy-client-key-file={PKI}/front-proxy-client.key",
    ]


def _controller_manager_flags() -> list[str]:
    kubeconfig = Path(KUBECONFIGS, "controller-manager.conf")
    return [
        f"--kubeconfig={kubeconfig}",
        f"--authentication-kubeconfig={kubeconfig}",
        f"--authorization-kubeconfig={kubeconfig}",
        f"--client-ca-file={PKI}/ca.crt",
        f"--root-ca-file={PKI}/ca.crt",
        f"--cluster-signing-cert-file={PKI}/ca.crt",
        f"--cluster-signing-key-file={PKI}/ca.key",
        f"--service-account-private-key-file={PKI}/sa.key",
        f"--requestheader-client-ca-file={PKI}/front-proxy-ca.crt",
        "--use-service-account-credentials=true",
        "--controllers=*,bootstrapsigner,tokencleaner",
        # Each node has its range by its number (nodes.py).
        "--allocate-node-cidrs=false",
        f"--service-cluster-ip-range={SERVICE_SUBNET}",
        # A node that says nothing is given up after 30 s and not 50, as on a cluster that is tuned
        # for it: with the pods' own 10 s, what ran there is replaced within a minute.
        "--node-monitor-grace-period=30s",
        "--node-monitor-period=2s",
        "--leader-elect=false",
    ]
