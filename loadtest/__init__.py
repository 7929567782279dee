"""The load test (压力测试): the profile's peak hour against the real server, and what its journal says afterwards."""
