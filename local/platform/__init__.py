"""What stands on the cluster: the gateway, metrics, monitoring; each a part that comes up alone."""
