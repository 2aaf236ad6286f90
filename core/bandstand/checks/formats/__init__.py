"""What checks found, as other programs read it: a file for each format."""
