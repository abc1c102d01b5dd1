"""What an environment keeps of its releases, and who may make the next."""
