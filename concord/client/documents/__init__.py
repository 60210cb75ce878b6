"""What goes to the services and comes from there, a module for each; made like the operations."""
