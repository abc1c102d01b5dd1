"""Releases: tried out, brought to an environment, verified, restored, promoted."""
