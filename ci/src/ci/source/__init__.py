"""The sources: what they hold, which commit they are, and what of them ships."""
