"""Programs the stack builds from Go modules: which, from what, and how."""
