"""A whole workforce, as commands and notebooks use it: evaluate it, verify a sample, open one person, sum it up."""
