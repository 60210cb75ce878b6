"""What stores are sent, and what each of them has been sent."""
