"""Use cases, verbs by noun: (session, plain arguments) -> model. They flush and never commit."""
