"""Evidence to findings to conclusions: two engines that must agree, and the evaluation around them."""
