"""Items go from one version of their definition to another."""
