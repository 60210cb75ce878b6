"""An old merchandise system of a fictitious wholesaler: a 4D server with everything that makes such sources hard."""
