"""The evaluation device at the window (评价器): who serves, the number, and how the service was."""
