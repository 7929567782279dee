"""What is kept for long is looked at no more by the collector, until what was let go is given back."""

import gc
import weakref

from onewindow.memory import give_back, keep


class Ring:
    def __init__(self) -> None:
        self.myself = self


def test_what_was_loaded_is_out_of_the_collectors_way() -> None:
    try:
        rings = [Ring() for _ in range(1000)]
        keep()
        assert gc.get_freeze_count() > 1000
        looked_at = {id(one) for one in gc.get_objects()}
        assert not any(id(ring) in looked_at for ring in rings)
    finally:
        gc.unfreeze()


def test_what_was_kept_and_let_go_is_given_back_and_the_rest_stays_kept() -> None:
    try:
        gone, stays = Ring(), Ring()
        there = weakref.ref(gone)
        keep()
        del gone
        gc.collect()
        assert there() is not None, "kept, it is not looked for"
        give_back()
        assert there() is None
        assert id(stays) not in {id(one) for one in gc.get_objects()}
    finally:
        gc.unfreeze()
