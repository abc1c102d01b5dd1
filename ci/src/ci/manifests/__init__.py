"""Manifests: rendered and read, without asking a cluster."""
