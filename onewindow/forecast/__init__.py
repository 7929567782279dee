"""What follows from driving the core ahead of time: wait estimates (预测)."""
