"""State machines as data: what a definition says, what can be asked about its graph, and the checks of a transition."""
