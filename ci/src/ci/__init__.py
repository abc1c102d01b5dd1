"""Takes the service from a commit to a verified deployment.

Lint, test, build, scan, push, deploy and verify: `deploy` runs them all, each is also a verb of
its own, and all do the same on a laptop and in CI.
"""
