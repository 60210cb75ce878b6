"""What a store's till needs of promotions: which ones, in which form, and how an edge proves that it has them all."""
