#!/usr/bin/env python3
"""What the server takes: memory, start, size. Compared with the last run's figures in benches/footprint.json.

    benches/footprint.py [PROGRAM] [--build] [--keep]

PROGRAM is target/release/palmares unless told otherwise; --build also times a clean release build (long), --keep writes
the figures down as those to compare with. It ends with 1 when a figure is more than a quarter worse than the last one's,
or beyond its goal.
"""

import atexit
import http.client
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
KEPT = HERE / "footprint.json"
GOALS = {"idle_mb": 30, "start_per_true": 100}
CLIENTS, REQUESTS, STARTS = 64, 100, 9


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def resident(pid):
    """Megabytes in memory that are the process's own or shared with others."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise RuntimeError("no VmRSS")


def start(program, folder):
    port = free_port()
    env = {**os.environ, "PALMARES_DATA_DIR": folder, "RUST_LOG": "warn", "PALMARES_REQUESTS_PER_ADDRESS": "0"}
    begun = time.perf_counter()
    server = subprocess.Popen([program, "serve", "--port", str(port)], env=env, stderr=subprocess.DEVNULL)
    # Whatever goes wrong here, no server is left behind.
    atexit.register(server.kill)
    while server.poll() is None:
        try:
            client = http.client.HTTPConnection("127.0.0.1", port)
            client.request("GET", "/healthz")
            assert client.getresponse().status == 200
            return server, port, time.perf_counter() - begun
        except OSError:
            time.sleep(0.0005)
    raise RuntimeError(f"{program} ended with {server.returncode}")


def stop(server):
    server.terminate()
    assert server.wait(20) == 0


def load(port):
    def client():
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        for path in ["/api/v1/competitions", "/", "/openapi.json", "/readyz"] * (REQUESTS // 4):
            connection.request("GET", path)
            connection.getresponse().read()

    clients = [threading.Thread(target=client) for _ in range(CLIENTS)]
    for one in clients:
        one.start()
    for one in clients:
        one.join()


def true_seconds():
    def once():
        begun = time.perf_counter()
        subprocess.run(["true"], check=True)
        return time.perf_counter() - begun

    return statistics.median(once() for _ in range(31))


def measure(program):
    starts = []
    with tempfile.TemporaryDirectory() as folder:
        # The first start makes the database; the others find it, as a restart does.
        server, _, first = start(program, folder)
        stop(server)
        for _ in range(STARTS):
            server, port, seconds = start(program, folder)
            starts.append(seconds)
            stop(server)
        server, port, _ = start(program, folder)
        time.sleep(2)
        idle = resident(server.pid)
        load(port)
        loaded = resident(server.pid)
        stop(server)
    median = statistics.median(starts)
    return {
        "idle_mb": round(idle, 1),
        "loaded_mb": round(loaded, 1),
        "first_start_ms": round(first * 1000, 1),
        "start_ms": round(median * 1000, 1),
        "start_per_true": round(median / true_seconds(), 1),
        "binary_mb": round(Path(program).stat().st_size / 2**20, 1),
    }


def main():
    flags = {a for a in sys.argv[1:] if a.startswith("--")}
    given = [a for a in sys.argv[1:] if not a.startswith("--")]
    program = given[0] if given else str(HERE.parent / "target/release/palmares")
    figures = measure(program)
    if "--build" in flags:
        with tempfile.TemporaryDirectory() as folder:
            begun = time.perf_counter()
            subprocess.run(
                ["cargo", "build", "--release", "--locked", "--target-dir", folder], cwd=HERE.parent, check=True
            )
            figures["build_s"] = round(time.perf_counter() - begun)
    last = json.loads(KEPT.read_text()) if KEPT.exists() else {}
    worse = False
    for name, value in figures.items():
        before, goal = last.get(name), GOALS.get(name)
        bad = (before and value > before * 1.25) or (goal and value > goal)
        worse |= bool(bad)
        notes = [f"last {before}" if before else "", f"goal < {goal}" if goal else "", "WORSE" if bad else ""]
        print(f"{name:<16}{value:>10}   {'   '.join(n for n in notes if n)}")
    if "--keep" in flags:
        KEPT.write_text(json.dumps({**last, **figures}, indent=1) + "\n")
    return int(worse)


if __name__ == "__main__":
    sys.exit(main())
