"""How requests lead from a gateway to the service, read from its objects."""
