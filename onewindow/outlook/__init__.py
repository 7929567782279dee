"""The outlook (展望): forecasts of waits and what-if, computed in a process of its own, never in the serving one."""
