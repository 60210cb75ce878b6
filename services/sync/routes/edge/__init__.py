"""The protocol of edges: long known, so its codes, its errors and its tolerance are its own."""
