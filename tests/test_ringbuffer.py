import threading

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from livegenre.arrays import FloatArray
from livegenre.ringbuffer import RingBuffer

CAPACITY = 50


def numbers(start: int, n: int) -> FloatArray:
    return np.arange(start, start + n, dtype=np.float32)


def filled(*block_sizes: int) -> RingBuffer:
    """A ring into which each sample was written as its own number."""
    ring = RingBuffer(CAPACITY)
    for size in block_sizes:
        ring.write(numbers(ring.written, size))
    return ring


class RingMachine(RuleBasedStateMachine):
    """Any order of writes, reads and reported gaps, on one thread, against a plain model."""

    def __init__(self) -> None:
        super().__init__()
        self.ring = RingBuffer(CAPACITY)
        self.kept: list[tuple[float, int]] = []  # sample, samples missing before it in all
        self.reported = 0
        self.n_read = 0

    @rule(n=st.integers(0, 3 * CAPACITY), missing=st.sampled_from([0, 0, 0, 1, 64]))
    def write(self, n: int, missing: int) -> None:
        self.reported += missing
        block = numbers(self.ring.written, n)
        self.ring.write(block, missing=missing)
        self.kept += [(float(sample), self.reported) for sample in block]
        self.kept = self.kept[-CAPACITY:]

    @rule(n=st.integers(0, 2 * CAPACITY))
    def read(self, n: int) -> None:
        lost_before = self.ring.lost
        block = self.ring.read(n)
        side = [gap for _, gap in self.kept[:1]]
        expected = [sample for sample, gap in self.kept[:n] if [gap] == side]
        assert block.tolist() == expected
        assert self.ring.lost >= lost_before
        if len(block):
            assert self.ring.lost - side[0] == block[0] - self.n_read
        self.n_read += len(block)
        self.kept = self.kept[len(block) :]

    @rule(keep=st.integers(0, CAPACITY))
    def drop(self, keep: int) -> None:
        self.ring.drop(keep)
        self.kept = self.kept[max(0, len(self.kept) - keep) :]

    @rule()
    def drain(self) -> None:
        while len(block := self.ring.read(CAPACITY)):
            self.n_read += len(block)
        self.kept = []
        pending = self.reported - self.ring.lost + self.ring.written - self.n_read
        assert pending >= 0  # a gap with nothing written after it is not passed yet

    @invariant()
    def available_is_what_can_be_read(self) -> None:
        assert self.ring.available == len(self.kept)


TestRing = RingMachine.TestCase
TestRing.settings = settings(max_examples=150, stateful_step_count=25, deadline=None)


@given(st.lists(st.tuples(st.integers(0, 120), st.integers(0, 120)), max_size=30))
def test_read_and_lost_add_up_to_written(steps: list[tuple[int, int]]) -> None:
    ring = RingBuffer(CAPACITY)
    n_read = 0
    for n_written, n in steps:
        ring.write(numbers(ring.written, n_written))
        n_read += len(ring.read(n))
    n_read += len(ring.read(CAPACITY))
    assert n_read + ring.lost == ring.written == sum(n for n, _ in steps)


def test_what_is_written_is_read_in_order() -> None:
    ring = filled(10, 20)
    assert ring.read(7).tolist() == list(range(7))
    assert ring.read(100).tolist() == list(range(7, 30))
    assert len(ring.read(100)) == 0
    assert ring.lost == 0


def test_a_lap_drops_the_oldest_and_the_block_lies_after_the_gap() -> None:
    ring = filled(30)
    ring.read(10)
    ring.write(numbers(30, 50))
    block = ring.read(20)
    assert block.tolist() == list(range(30, 50))
    assert ring.lost == 20


def test_of_a_block_longer_than_the_ring_the_end_remains() -> None:
    ring = filled(3 * CAPACITY + 7)
    assert ring.read(1_000).tolist() == list(range(2 * CAPACITY + 7, 3 * CAPACITY + 7))
    assert ring.lost == 2 * CAPACITY + 7


def test_no_block_spans_a_reported_gap() -> None:
    ring = RingBuffer(CAPACITY)
    ring.write(numbers(0, 10))
    ring.write(numbers(10, 10), missing=1_024)
    assert (ring.read(15).tolist(), ring.lost) == (list(range(10)), 0)
    assert (ring.read(15).tolist(), ring.lost) == (list(range(10, 20)), 1_024)


def test_a_gap_counts_once_sound_came_after_it() -> None:
    ring = RingBuffer(CAPACITY)
    ring.write(numbers(0, 0), missing=9)
    assert (len(ring.read(5)), ring.lost) == (0, 0)
    ring.write(numbers(0, 5))
    assert (len(ring.read(5)), ring.lost) == (5, 9)


def test_a_dropped_backlog_is_lost_with_the_gaps_in_it() -> None:
    ring = RingBuffer(CAPACITY)
    ring.write(numbers(0, 10))
    ring.write(numbers(10, 20), missing=5)
    ring.drop(7)
    assert ring.read(100).tolist() == list(range(23, 30))
    assert ring.lost == 23 + 5


def test_dropping_keeps_what_is_less() -> None:
    ring = filled(10)
    ring.drop(20)
    assert ring.available == 10
    assert ring.lost == 0


def test_endless_gaps_that_no_one_reads_keep_their_count() -> None:
    ring = RingBuffer(CAPACITY)
    for start in range(5_000):
        ring.write(numbers(start, 1), missing=2)
    while len(ring.read(CAPACITY)):
        pass
    assert ring.lost == 5_000 - CAPACITY + 10_000


def test_a_block_read_is_the_readers_own() -> None:
    ring = filled(CAPACITY)
    block = ring.read(10)
    ring.write(numbers(500, CAPACITY))
    assert block.tolist() == list(range(10))


def test_counters_do_not_end() -> None:
    ring = RingBuffer(CAPACITY)
    ring._reserved = ring._written = ring._read = 10**15
    ring.write(numbers(0, 30))
    assert ring.read(30).tolist() == list(range(30))
    assert ring.lost == 0


def test_two_threads_never_tear_a_block() -> None:
    n_total, capacity = 12_000_000, 4_096
    ring = RingBuffer(capacity)
    sound = np.arange(n_total, dtype=np.float32)  # below 2**24: every number is exact
    ended = threading.Event()

    def write() -> None:
        rng = np.random.default_rng(0)
        start = 0
        while start < n_total:
            size = int(rng.integers(1, 3_000))
            ring.write(sound[start : start + size])
            start += size
        ended.set()

    writer = threading.Thread(target=write)
    writer.start()
    n_read = n_blocks = 0
    while True:
        last = ended.is_set()
        block = ring.read(2_000)
        if len(block):
            n_blocks += 1
            place = n_read + ring.lost
            np.testing.assert_array_equal(block, sound[place : place + len(block)])
            n_read += len(block)
        elif last:
            break
    writer.join()
    assert n_read + ring.lost == n_total == ring.written
    assert n_blocks > 10
