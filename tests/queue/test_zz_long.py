from hypothesis import settings, HealthCheck
from tests.queue.test_machine import HallMachine
class TestLong(HallMachine.TestCase): pass
TestLong.settings = settings(max_examples=1200, stateful_step_count=80, deadline=None, suppress_health_check=list(HealthCheck))
