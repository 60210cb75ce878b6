"""The four services. None imports another; they meet over HTTP only."""
