"""What the verbs are given on the command line, one by one and in groups."""
