"""One operation on many items: at once in one transaction, or by a worker."""
