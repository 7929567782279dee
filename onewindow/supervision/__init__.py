"""The supervisor's room (主任): the whole hall live, what is wrong, and what to do now."""
