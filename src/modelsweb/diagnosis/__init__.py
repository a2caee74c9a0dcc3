"""What the state of a service means. Pure: objects in, a verdict and a sentence out."""
