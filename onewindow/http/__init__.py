"""What every room's HTTP needs: one shape of errors, bounded bodies, limits."""
