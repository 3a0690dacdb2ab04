"""Ctrl-C: a child is sent SIGINT while the library is at work."""

import random
import signal
import subprocess
import sys
import time

import pytest

#: What a child does. It says when it begins, and how it ends.
CASES = {
    "query": """
flashnas.search(space="dense3-cifar", minimize="log(latency)-nn_mass/1000", strategy="random", budget=10**9)
""",
    "evaluate": """
evaluator = flashnas.Evaluator("resnet-cifar", minimize="latency")
points = numpy.tile(numpy.array([16, 3, 32, 3, 64, 3]), (5_000_000, 1))
evaluator(points)
""",
    "minimize": """
while True:
    flashnas.minimize(lambda x: sum(math.sin(7 * v) + v * v / 100 for v in x), [(-500, 500)] * 6)
""",
    "constraints": """
flashnas.minimize(lambda x: 0.0, [(-500, 500)] * 6, {"type": "ineq", "fun": lambda x: math.sin(x.sum()) - 2})
""",
    "hierarchical": """
while True:
    flashnas.minimize(
        lambda x: sum(math.sin(7 * v) + v * v / 1e6 for v in x), [(-5000, 5000)] * 12, integrality=1,
        method="hierarchical")
""",
    "slow function": """
def f(x):
    while True:
        pass
flashnas.minimize(f, [(-5, 5)])
""",
}

PROGRAM = """
import math, sys, time
import flashnas, numpy
flashnas.search(unbounded=True)  # the library is loaded
print("begin", flush=True)
start = time.monotonic()
try:
{body}
    print("finished", flush=True)
except KeyboardInterrupt:
    print("interrupted", flush=True)
    # What comes after works, and the handler is the one that was there.
    import signal
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    assert flashnas.minimize(lambda x: x[0] ** 2, [(-1, 1)]).success
    print("fine", flush=True)
"""


def run(body, environment, delay=1.0):
    """What a child printed, and the seconds from the signal to its end."""
    program = PROGRAM.format(body="\n".join(f"    {line}" for line in body.strip().splitlines()))
    child = subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    )
    assert child.stdout.readline() == "begin\n", child.stderr.read()
    time.sleep(delay)
    child.send_signal(signal.SIGINT)
    sent = time.monotonic()
    try:
        output, errors = child.communicate(timeout=60)
    finally:
        child.kill()
    return output, errors, time.monotonic() - sent


@pytest.mark.parametrize("name", CASES)
def test_ctrl_c_is_a_keyboard_interrupt(name, environment):
    output, errors, _ = run(CASES[name], environment)
    assert (output, errors) == ("interrupted\nfine\n", "")


def test_no_signal_is_lost_at_whatever_moment_it_comes(environment):
    """Forty signals, each sent when the one before was answered."""
    program = """
import random, signal, sys, time
import flashnas

flashnas.search(unbounded=True)
calls = [
    lambda: flashnas.minimize(lambda x: x @ x, [(-5, 5)] * 2, {"type": "ineq", "fun": lambda x: x[0] - 1}),
    lambda: flashnas.search(strategy="random", budget=2000, unbounded=True),
    lambda: flashnas.minimize(lambda x: x[0] ** 2, [(-500, 500)] * 3, integrality=1, method="hierarchical"),
]
for index in range(40):
    try:
        print("ready", flush=True)
        while True:
            calls[index % 3]()
    except KeyboardInterrupt:
        pass
signal.signal(signal.SIGINT, signal.SIG_IGN)
print("all", flush=True)
"""
    child = subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    )
    moments = random.Random(8)
    try:
        for _ in range(40):
            assert child.stdout.readline() == "ready\n", child.stderr.read()
            time.sleep(moments.uniform(0.005, 0.05))
            child.send_signal(signal.SIGINT)
        output, errors = child.communicate(timeout=120)
    finally:
        child.kill()
    assert (output, errors) == ("all\n", "")


def test_a_handler_of_the_users_own_is_called_and_a_search_ends_with_the_best_so_far(environment):
    body = """
import signal
signal.signal(signal.SIGINT, lambda *_: print("handled", flush=True))
r = flashnas.search(space="dense3-cifar", minimize="log(latency)-nn_mass/1000", strategy="random", budget=10**9)
print(r["strategy"]["termination"], r["best"] is not None)
"""
    output, errors, _ = run(body, environment)
    assert (output, errors) == ("handled\ninterrupted True\nfinished\n", "")


def test_a_signal_that_is_ignored_stays_ignored(environment):
    body = """
import signal
signal.signal(signal.SIGINT, signal.SIG_IGN)
flashnas.minimize(lambda x: time.sleep(0.001) or x[0] ** 2, [(-5, 5)], max_time=2)
"""
    output, errors, _ = run(body, environment)
    assert (output, errors) == ("finished\n", "")


def test_in_another_thread_the_main_one_is_interrupted(environment):
    body = """
import threading
thread = threading.Thread(
    target=lambda: flashnas.minimize(lambda x: time.sleep(0.001) or x[0] ** 2, [(-5, 5)] * 4, max_time=3))
thread.start()
while thread.is_alive():
    time.sleep(0.01)
"""
    output, errors, _ = run(body, environment)
    assert (output, errors) == ("interrupted\nfine\n", "")
