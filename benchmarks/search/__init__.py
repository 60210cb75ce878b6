"""What a search by HTTP costs, against the same with bare SQL and against trigrams over the subjects."""
