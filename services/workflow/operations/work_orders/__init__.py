"""Work orders: what is special to them."""
