"""The pages of `docs/rules/`: one for each kind of rule, and the index of them."""
