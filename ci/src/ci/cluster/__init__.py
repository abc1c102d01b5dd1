"""The cluster: all that speaks to it, and the credentials for it."""
