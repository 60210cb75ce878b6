"""What the services can be asked, a module for each; made from their contracts by `python -m docs.generate`."""
