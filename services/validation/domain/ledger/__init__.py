"""The currency of experience points: accounts, what moves between them, what a trait costs, what play earns."""
