"""Answers kept in Redis until something that they show is written.

What an answer shows has nouns ("order", "order:7"). Each noun of a tenant has a token, a random text in Redis; an
entry holds the tokens that were there before its answer was computed, and counts only while all of them still are.
Who writes replaces them: the unit of work marks the tokens before its commit, so that nobody keeps anything meanwhile,
and renews them after it, before the answer. When Redis cannot be told, a letter of the same unit of work does it
later. Redis may forget anything at any time; away or unreadable is a miss, never an error.
"""
