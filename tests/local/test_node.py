"""The node: when containerd takes pods."""

import pytest

from local.node import is_success


@pytest.mark.parametrize(
    ("headers", "success"),
    [
        ("HTTP/2 200\r\ncontent-type: application/grpc\r\n\r\ngrpc-status: 0\r\n", True),
        ("HTTP/2 200\r\ngrpc-status: 12\r\ngrpc-message: unknown service\r\n", False),
        ("HTTP/2 200\r\ngrpc-status: 2\r\ngrpc-message: server is not initialized yet\r\n", False),
        ("", False),
    ],
    ids=["answers", "without the plugin for pods", "still reading its state", "says nothing"],
)
def test_containerd_takes_pods_when_its_answer_is_a_success(headers: str, success: bool) -> None:
    """A socket that accepts is not enough: a kubelet that asks too early ends at once."""
    assert is_success(headers) is success
