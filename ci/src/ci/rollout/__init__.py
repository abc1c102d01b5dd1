"""How far a release is, read from the objects that a cluster shows."""
