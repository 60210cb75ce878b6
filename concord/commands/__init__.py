"""What stands behind each word of the command line; cli.py loads these modules on use."""
