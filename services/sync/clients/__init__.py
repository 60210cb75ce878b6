"""What this service calls: siblings, and the systems that pipelines name, within what the operator allows."""
