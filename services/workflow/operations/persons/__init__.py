"""Persons as those whose texts are here: texts under a key of their own, and its end."""
