"""Tickets and their life: commands, events, decide, evolve, journals (排队)."""
