"""What the pipeline's verbs run: the images of their programs, and the keys they sign with."""
