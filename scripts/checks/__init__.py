"""What scripts/check-layers checks; its rules and their exceptions are there."""
