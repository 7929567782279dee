"""Web Push (推送): a note to a phone that sleeps, where the hall's public address is https. Optional in every way."""
