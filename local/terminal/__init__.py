"""What a person sees of a set-up: steps as they end, and failures as a sentence."""
