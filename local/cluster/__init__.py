"""Kubernetes on the node: control plane, kubelet, and what a cluster needs before a deploy."""
