"""Plans that are saved, and what a deploy of one holds against it."""
