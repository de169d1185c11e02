"""Classes learnt from classed texts: features, training, the model, its file, and how well it does."""
