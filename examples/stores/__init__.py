"""A company whose stores are served: brands, a menu, tables, and promotions of every type."""
