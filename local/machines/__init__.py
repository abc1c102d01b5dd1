"""The stack's machines: namespaces on one bridge, and the programs that stay up in them."""
