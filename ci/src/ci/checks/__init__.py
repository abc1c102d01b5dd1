"""Checks of what is no program: manifests, machines and lock files."""
