"""Views (视图): what people and pages are shown of a ticket, a window, a zone. Pure functions of the state.

Who may see a view is the caller's business; `public` views hold nothing about a person's class or matter.
"""
