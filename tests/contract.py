#!/usr/bin/env python3
"""Asks a running server everything that the API document says, as each role, in ways nobody would think of.

schemathesis (https://schemathesis.readthedocs.io, `pip install schemathesis`) makes requests from the document that the
server itself serves: its examples, the borders of its schemas, random values. Each answer must be one that the document
tells: no 5xx, a status, a type, a body and headers as described; and it must come in time.

    python3 tests/contract.py                             a few requests for each operation and role, some minutes
    python3 tests/contract.py --borders --examples 200    as many as one has patience for
    python3 tests/contract.py --roles guest,judge,program --examples 1      as .ci/run does

It starts `palmares demo` (whose competitions are published, and one of its own that is being judged) and asks as its
people. Exit status: 0 when all is as told, 1 otherwise, 2 when it could not be tried.
"""

import argparse
import json
import pathlib
import re
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parent.parent
PASSWORD = "walnut ferry copper dusk"
# Who asks. The rough ones come last: what they break stays broken.
ROLES = [
    ("guest", None),
    ("contestant", "team1@talents-cup.example"),
    ("judge", "judge1@talents-cup.example"),
    ("observer", "observer@talents-cup.example"),
    ("clerk", "clerk@talents-cup.example"),
    ("organizer of a region", "shanghai@talents-cup.example"),
    ("program", "organizer@talents-cup.example"),
    ("organizer", "organizer@talents-cup.example"),
    ("admin", "admin@palmares.example"),
]
CHECKS = [
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_schema_conformance",
    "response_headers_conformance",
]
PUBLISHED = {"slug": "talents-cup", "round": "final", "group": "all", "entry": 17}
OPEN = {"slug": "half-judged", "round": "final", "group": "all", "entry": 2}
SETTINGS = """
[parameters]
"path.slug" = "{slug}"
"path.code" = "{round}"
"path.round" = "{round}"
"path.group" = "{group}"
"path.number" = {entry}
"path.n" = {entry}
"path.entry" = {entry}
"""


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def call(base, method, path, body=None, token=None, headers=()):
    request = urllib.request.Request(f"{base}{path}", method=method)
    if body is not None:
        request.data = json.dumps(body).encode()
        request.add_header("Content-Type", "application/json")
    if token:
        request.add_header("Authorization", f"Bearer {token}")
    for name, value in headers:
        request.add_header(name, value)
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            text = answer.read()
            return json.loads(text) if text else None
    except urllib.error.HTTPError as refused:
        raise SystemExit(f"{method} {path}: {refused.code} {refused.read().decode()}") from refused


def sign_in(base, email):
    return call(base, "POST", "/api/v1/sessions", {"email": email, "password": PASSWORD})["access_token"]


def program(base, session):
    """An API token that is good for all that a token can be good for, in the name of whose session it is."""
    scopes = ["read", "enter", "judge", "record", "manage", "members", "publish"]
    return call(base, "POST", "/api/v1/me/tokens", {"name": "Contract", "scopes": scopes}, session)["secret"]


def judged(base):
    """A competition whose only round is open and half judged, with the demo's people in the same roles."""
    admin = sign_in(base, "admin@palmares.example")
    organizer = sign_in(base, "organizer@talents-cup.example")
    home = f"/api/v1/competitions/{OPEN['slug']}"
    call(base, "POST", "/api/v1/competitions", token=admin, body={
        "slug": OPEN["slug"], "name": {"en": "Half judged"}, "time_zone": "Asia/Shanghai",
        "organizers": ["organizer@talents-cup.example"],
        "registration": {"opens_at": "2026-01-01T00:00:00Z", "closes_at": "2099-01-01T00:00:00Z"},
    })
    for role in ("judge1", "clerk", "observer"):
        member = {"email": f"{role}@talents-cup.example", "role": role.rstrip("1")}
        call(base, "POST", f"{home}/members", member, organizer)
    call(base, "POST", f"{home}/publication", {}, organizer)
    team = sign_in(base, "team1@talents-cup.example")
    for number in (1, 2, 3):
        call(base, "POST", f"{home}/entries", {"title": {"en": f"Project {number}"}, "team": [{"name": "Wang Li"}]}, team)
        call(base, "POST", f"{home}/entries/{number}/submission", {}, team)
        call(base, "POST", f"{home}/entries/{number}/screening", {"decision": "accepted"}, organizer)
    first = [("If-None-Match", "*")]
    call(base, "POST", f"{home}/rounds", {"code": "final", "title": {"en": "Final"}, "release": "total"}, organizer)
    call(base, "PUT", f"{home}/rounds/final/rules", token=organizer, headers=first, body={
        "schema": 1,
        "rubric": {"criteria": [{"code": "technology", "max": "60", "step": "0.5"}, {"code": "team", "max": "40"}]},
        "ranking": {"ties": [{"by": "criterion", "code": "technology"}, {"by": "shared"}]},
        "advance": {"places": 2},
    })
    call(base, "POST", f"{home}/rounds/final/intake", {}, organizer)
    judge = sign_in(base, "judge1@talents-cup.example")
    me = call(base, "GET", "/api/v1/me", token=judge)["id"]
    panel = {"group": "all", "judges": [{"judge": me}]}
    call(base, "PUT", f"{home}/rounds/final/panels/main", panel, organizer, first)
    call(base, "POST", f"{home}/rounds/final/groups/all/opening", {}, organizer)
    marks = {"marks": {"technology": "48.5", "team": "30"}}
    call(base, "POST", f"{home}/rounds/final/entries/1/ballot/submission", marks, judge, first)


def serve(binary, port, log):
    """The demo, once it serves."""
    server = subprocess.Popen([binary, "demo", "--port", str(port)], stdout=log, stderr=log)
    base = f"http://127.0.0.1:{port}"
    end = time.monotonic() + 900
    while time.monotonic() < end:
        if server.poll() is not None:
            break
        if "Serving until" in pathlib.Path(log.name).read_text():
            return server, base
        time.sleep(0.5)
    server.kill()
    sys.stderr.write(pathlib.Path(log.name).read_text()[-3000:])
    sys.exit(2)


def ask(folder, base, role, token, place, examples, phases):
    """Runs schemathesis once; how many requests it made, and whether every answer was as told."""
    settings = folder / "schemathesis.toml"
    settings.write_text(SETTINGS.format(**place))
    command = [
        "schemathesis", "--config-file", str(settings), "run", f"{base}/openapi.json", "--url", base,
        "--checks", ",".join(CHECKS), "--phases", phases, "--max-examples", str(examples),
        "--request-timeout", "10", "--generation-deterministic", "--no-color",
    ]
    if token:
        command += ["--header", f"Authorization: Bearer {token}"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    made = re.search(r"(\d+) generated", done.stdout)
    if done.returncode not in (0, 1) or not made:
        sys.stderr.write(done.stdout[-3000:] + done.stderr[-3000:])
        sys.exit(2)
    print(f"{role:24} {place['slug']:14} {made[1]:>6} requests  {'as told' if done.returncode == 0 else 'NOT AS TOLD'}", flush=True)
    if done.returncode:
        start = max(done.stdout.find("ERRORS ="), 0) or max(done.stdout.find("FAILURES ="), 0)
        print(done.stdout[start : start + 12000])
    return int(made[1]), done.returncode == 0


def main():
    options = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    options.add_argument("--binary", default=str(ROOT / "target/debug/palmares"))
    options.add_argument("--examples", type=int, default=3, help="random requests for each operation and role")
    options.add_argument("--roles", default="", help="only these, separated by commas")
    options.add_argument("--borders", action="store_true", help="every border of every schema too: 7,000 requests more a role")
    chosen = options.parse_args()
    wanted = {r.strip() for r in chosen.roles.split(",") if r.strip()}
    with tempfile.TemporaryDirectory() as folder, open(pathlib.Path(folder) / "server.log", "w") as log:
        folder = pathlib.Path(folder)
        server, base = serve(chosen.binary, free_port(), log)
        requests, well, alive = 0, True, False
        try:
            judged(base)
            for role, email in ROLES:
                if wanted and role not in wanted:
                    continue
                for place in (OPEN, PUBLISHED):
                    token = email and sign_in(base, email)
                    if role == "program":
                        token = program(base, token)
                    phases = "examples,coverage,fuzzing" if chosen.borders else "examples,fuzzing"
                    made, told = ask(folder, base, role, token, place, chosen.examples, phases)
                    requests, well = requests + made, well and told
            alive = server.poll() is None
        finally:
            server.terminate()
            server.wait(30)
    print(f"{requests} requests in all")
    sys.exit(0 if well and alive else 1)


if __name__ == "__main__":
    main()
