"""The imperative shell's heart: the clock, the one writer of a hall's journal, and the turning of the days."""
