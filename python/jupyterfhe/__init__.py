"""JupyterFHE: numbers that stay encrypted while Python computes on them."""
