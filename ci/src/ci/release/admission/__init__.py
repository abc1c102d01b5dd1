"""Whether a release may be made at all: by its overlay, and by what a cluster says of it."""
