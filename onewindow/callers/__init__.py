"""The clerks' room (窗口人员): the console of a window and what it is shown."""
