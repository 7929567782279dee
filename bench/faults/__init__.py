"""Faults on purpose (故障演练): kills under load and the peers' own script, judged from the journal."""
