"""Requests for the experience of a week or a story: filed by players, decided by who decides about the character."""
