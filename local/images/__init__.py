"""Images that the stack serves, written as OCI layouts, and the registry that serves them."""
