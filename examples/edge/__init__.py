"""A store's side of the edge protocol: small, complete, and written from the protocol's reference alone."""
