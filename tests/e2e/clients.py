"""A client outside of the cluster, at the gateway."""

from typing import Any

import urllib3

from local.host.paths import NODE_ADDRESS
from local.platform import certificate

WITHOUT_A_ROUTE = (
    "(asked through the API server, as it has no HTTPRoute|no Service was asked; .*Service .* is "
    "not asked, as no route leads there and a NetworkPolicy keeps the API server out)"
)
"""What is said of a Service, on one node, and on several of which the API server has its own."""


def asked(host: str, path: str = "/", method: str = "GET", secure: bool = False) -> Any:
    """The answer of the node's port 80 or 443 to a client outside of the cluster."""
    pool: urllib3.HTTPConnectionPool = urllib3.HTTPConnectionPool(NODE_ADDRESS, timeout=10)
    if secure:
        trusted = str(certificate.CERTIFICATE)
        pool = urllib3.HTTPSConnectionPool(
            NODE_ADDRESS, timeout=10, server_hostname=host, ca_certs=trusted
        )
    with pool:
        return pool.request(method, path, headers={"Host": host}, redirect=False)


def get(host: str, path: str = "/", secure: bool = False) -> Any:
    """What is answered there, as JSON."""
    answer = asked(host, path, secure=secure)
    assert answer.status == 200
    return answer.json()
