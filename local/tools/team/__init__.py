"""Tools that are built once for a team: handed on as wheels, used if our checksums are theirs."""
