"""The laptop stack as a whole: its parts, their order, what of them runs, and .env."""
