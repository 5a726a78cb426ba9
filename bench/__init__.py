"""The benchmark behind `make bench`: what the product costs, beside what the same server can do at best."""
