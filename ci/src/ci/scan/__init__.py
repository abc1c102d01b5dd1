"""The scan: what Trivy finds, and what the gate decides from it."""
