"""Clock entries in, payable hours out."""
