"""The laptop stack: a real Dagger engine, Kubernetes and registry on one Debian machine."""
