"""Where the stack keeps things, and the addresses it uses.

| what | where | removed by |
| --- | --- | --- |
| built tools, base images | `CACHE` | hand: they survive clones and `down --purge` |
| registry, etcd, containerd, engine data, keys, logs | `STATE` | `down --purge` |
| sockets, process ids | `RUN` | `down` |
| plain `dagger`, where none is installed | `COMMAND` | `down` |
| defaults of `dagger call` | a block in `DOTENV` | `down` |
"""

import os
from pathlib import Path

NAME = "fastapi-dagger"
REPOSITORY = Path(__file__).resolve().parents[2]

CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / NAME
STATE = Path("/var/lib") / NAME
RUN = Path("/run") / NAME

LOGS = STATE / "logs"
PKI = STATE / "pki"
KUBECONFIG = STATE / "kubeconfig"
ENGINE_SOCKET = RUN / "engine.sock"
DOTENV = REPOSITORY / ".env"
COMMAND = Path("/usr/local/bin/dagger")

# Apart from 10.87.0.0/16, where the engine puts its containers.
BRIDGE = "fd-bridge"
CABLE = "fd-"
SUBNET = "10.213.0.0/24"
HOST_ADDRESS = "10.213.0.1"
# Of the control plane, where clients find the gateway, the API server and the registry.
NODE_ADDRESS = "10.213.0.2"
ENGINE_ADDRESS = "10.213.0.3"
WORKER_ADDRESSES = ("10.213.0.4", "10.213.0.5")
# Each node has a /24 of it.
POD_SUBNET = "10.244.0.0/16"
SERVICE_SUBNET = "10.96.0.0/16"
CLUSTER_DNS = "10.96.0.10"

REGISTRY_PORT = 5000
API_SERVER_PORT = 6443
GATEWAY_PORT = 80
SECURE_GATEWAY_PORT = 443
REGISTRY = f"{NODE_ADDRESS}:{REGISTRY_PORT}"
# Nothing listens there until someone tries out a registry that asks for a login.
SPARE_REGISTRY = f"{NODE_ADDRESS}:5001"
