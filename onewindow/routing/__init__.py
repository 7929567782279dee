"""The rule (叫号规则): which ticket a window calls next, and why."""
