"""Makes a framework plugin to begin with: the template, and what writes it under a new name."""
