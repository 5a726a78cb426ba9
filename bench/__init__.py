"""The benchmark behind `make bench`: the cost of the product, compared with the best that the same server can do."""
