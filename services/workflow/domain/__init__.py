"""States, rules and results: pure, standard library only."""
