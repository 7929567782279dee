"""The study (模拟研究): simulated days of a hall under several rules and arrangements, told in tables and plots."""
