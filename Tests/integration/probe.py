"""A sensor and a subscriber in one: writes four samples that raise or clear an alert, and waits for
its line. For each number on standard input it does so that often, and answers with a line of the
microseconds that each took.

    python3 probe.py SENSOR_SOCKET EVENTS_SOCKET
"""

import gc
import socket
import sys
import time

PAUSE_SECONDS = 0.001


def main(sensor: str, events: str) -> None:
    line, listener = (socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) for _ in range(2))
    listener.connect(events)
    line.connect(sensor)
    waiting, is_raised = b"", False
    gc.disable()

    def wait_for(word: bytes) -> None:
        nonlocal waiting
        while True:
            while b"\n" in waiting:
                first, _, waiting = waiting.partition(b"\n")
                if word in first:
                    return
            news = listener.recv(65536)
            if not news:
                raise SystemExit("the agent hung up")
            waiting += news

    wait_for(b'"hello"')
    print("ready", flush=True)
    for text in sys.stdin:
        times = []
        for _ in range(int(text)):
            is_raised = not is_raised
            began = time.monotonic_ns()
            line.sendall(b"1\n" * 4 if is_raised else b"0\n" * 4)
            wait_for(b'"state":"raised"' if is_raised else b'"state":"cleared"')
            times.append((time.monotonic_ns() - began) / 1000)
            time.sleep(PAUSE_SECONDS)
        print(*(f"{one:.1f}" for one in times), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
