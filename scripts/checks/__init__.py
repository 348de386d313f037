"""The checks of scripts/check-layers, which has their rules and exceptions."""
