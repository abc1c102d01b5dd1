"""Every tool image the pipeline runs, once."""

from typing import Final

PYTHON: Final = "python:3.11-slim-bookworm"
KUBECTL: Final = "registry.k8s.io/kubectl:v1.36.3"
ORAS: Final = "ghcr.io/oras-project/oras:v1.3.4"
COSIGN: Final = "ghcr.io/sigstore/cosign/cosign:v3.1.3"
OPENTOFU: Final = "ghcr.io/opentofu/opentofu:1.12.6"
TRIVY: Final = "ghcr.io/aquasecurity/trivy:0.72.0"
KUBE_SCORE: Final = "zegl/kube-score:v1.20.0"
KUBECONFORM: Final = "ghcr.io/yannh/kubeconform:v0.8.0"
PROMETHEUS: Final = "prom/prometheus:v3.16.0"
