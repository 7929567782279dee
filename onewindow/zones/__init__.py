"""The static hall (大厅): what stands in its files."""
