#!/usr/bin/env python3
"""Generates clients from openapi.yaml, has their compilers look at them, and scores a ballot with each on a running server.

    python3 tests/clients.py

TypeScript: openapi-typescript makes the types, openapi-fetch is the client, `tsc --strict` checks it, node runs it. Python:
openapi-python-client makes the client, `mypy --strict` checks the program that uses it. Generators come from npm and PyPI, at
the versions below, into a temporary folder. The server is `palmares demo`, as for contract.py. Exit status: 0 when both scored,
1 otherwise, 2 when it could not be tried.
"""

import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from contract import OPEN, PASSWORD, ROOT, call, free_port, judged, serve, sign_in  # noqa: E402

NPM = ["openapi-typescript@7.13.0", "openapi-fetch@0.17.0", "typescript@5.9.3"]
PYPI = ["openapi-python-client==0.29.1", "mypy==2.4.1"]
JUDGE = "judge1@talents-cup.example"

TYPESCRIPT = """
import createClient from "openapi-fetch";
import type { components, paths } from "./api.js";

declare const process: { argv: string[]; exit(code: number): never };
const [, , baseUrl = "", email = "", password = ""] = process.argv;

function must<T>(got: { data?: T; error?: components["schemas"]["Problem"] }): T {
  if (got.data === undefined) {
    console.error(JSON.stringify(got.error));
    process.exit(1);
  }
  return got.data;
}

const guest = createClient<paths>({ baseUrl });
const session = must(await guest.POST("/api/v1/sessions", { body: { email, password } }));
if (!("access_token" in session) || !session.access_token) {
  process.exit(1);
}
const judge = createClient<paths>({ baseUrl, headers: { Authorization: `Bearer ${session.access_token}` } });
const assignments = must(await judge.GET("/api/v1/me/assignments"));
console.error(`${assignments.items.length} assignments`);
const entry = { slug: "%(slug)s", round: "%(round)s", entry: "3" };
const address = "/api/v1/competitions/{slug}/rounds/{round}/entries/{entry}/ballot" as const;
const draft = must(await judge.PUT(address, {
  params: { path: entry, header: { "If-None-Match": "*" } },
  body: { marks: { technology: "41.5" } },
}));
const submitted = must(await judge.POST(`${address}/submission`, {
  params: { path: entry, header: { "If-Match": `"v${draft.version}"` } },
  body: { marks: { technology: "41.5", team: "30" }, comment: "By TypeScript." },
}));
const status: components["schemas"]["BallotStatus"] = submitted.status;
console.log(JSON.stringify({ status, total: submitted.total, version: submitted.version }));

// What is wrong comes as a problem, with its place.
const wrong = await judge.POST(`${address}/submission`, {
  params: { path: entry, header: { "If-Match": `"v${submitted.version}"` } },
  body: { marks: { technology: "1,25", team: "30" } },
});
if (wrong.response.status !== 422 || wrong.error?.errors?.[0]?.pointer !== "/marks/technology") {
  process.exit(1);
}
""" % OPEN

PYTHON = """
import json
import sys

from palmares_client import AuthenticatedClient, Client
from palmares_client.api.accounts import sign_in
from palmares_client.api.ballots import save_ballot, submit_ballot
from palmares_client.models import Ballot, BallotRequest, BallotRequestMarks, Problem, SessionView, SignInRequest

base, email, password = sys.argv[1:]
session = sign_in.sync(client=Client(base_url=base), body=SignInRequest(email=email, password=password))
assert isinstance(session, SessionView) and isinstance(session.access_token, str), session
judge = AuthenticatedClient(base_url=base, token=session.access_token)


def marks(**given: object) -> BallotRequestMarks:
    return BallotRequestMarks.from_dict(given)


draft = save_ballot.sync("%(slug)s", "%(round)s", "%(entry)s", client=judge, body=BallotRequest(marks=marks(technology="48.5")), if_none_match="*")
assert isinstance(draft, Ballot), draft
submitted = submit_ballot.sync(
    "%(slug)s", "%(round)s", "%(entry)s", client=judge, if_match=f'"v{draft.version}"',
    body=BallotRequest(marks=marks(technology="48.5", team="30"), comment="By Python."),
)
assert isinstance(submitted, Ballot), submitted
print(json.dumps({"status": submitted.status.value, "total": submitted.total, "version": submitted.version}))

# What is wrong comes as a problem, with its place.
wrong = submit_ballot.sync(
    "%(slug)s", "%(round)s", "%(entry)s", client=judge, if_match=f'"v{submitted.version}"',
    body=BallotRequest(marks=marks(technology="1,25", team="30")),
)
assert isinstance(wrong, Problem) and wrong.errors and wrong.errors[0].pointer == "/marks/technology", wrong
""" % OPEN


def run(what, command, folder, environment=None):
    """Runs a command; its output, or the end of it all."""
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, env={**os.environ, **(environment or {})})
    if done.returncode:
        sys.stderr.write(f"{what}:\n{done.stdout[-6000:]}{done.stderr[-6000:]}\n")
        sys.exit(1)
    return done.stdout


def install(what, command, folder):
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.stderr.write(f"{what} can't be installed:\n{done.stderr[-3000:]}\n")
        sys.exit(2)


def typescript(folder, base):
    """The ballot that the TypeScript client scored."""
    settings = {"type": "module", "private": True}
    (folder / "package.json").write_text(json.dumps(settings))
    install("TypeScript's generator", ["npm", "install", "--silent", "--no-fund", "--no-audit", *NPM], folder)
    (folder / "score.ts").write_text(TYPESCRIPT)
    tools = folder / "node_modules/.bin"
    run("openapi-typescript", [tools / "openapi-typescript", ROOT / "openapi.yaml", "-o", "api.d.ts"], folder)
    strict = ["--strict", "--noUncheckedIndexedAccess", "--exactOptionalPropertyTypes", "--target", "es2022", "--module", "nodenext"]
    run("tsc", [tools / "tsc", *strict, "--lib", "es2022,dom,dom.iterable", "score.ts"], folder)
    return run("the TypeScript client", ["node", "score.js", base, JUDGE, PASSWORD], folder)


def python(folder, base):
    """The ballot that the Python client scored."""
    install("venv", [sys.executable, "-m", "venv", "venv"], folder)
    tools = folder / "venv/bin"
    install("Python's generator", [tools / "pip", "install", "--quiet", "--disable-pip-version-check", *PYPI], folder)
    generate = [tools / "openapi-python-client", "generate", "--path", ROOT / "openapi.yaml", "--meta", "none"]
    said = run("openapi-python-client", [*generate, "--output-path", "palmares_client"], folder)
    left_out = said.count("response will be omitted")
    print(f"openapi-python-client leaves {left_out} answers untyped (unions inside of unions)", file=sys.stderr)
    (folder / "score.py").write_text(PYTHON)
    run("mypy", [tools / "mypy", "--strict", "--follow-imports=silent", "score.py"], folder)
    return run("the Python client", [tools / "python", "score.py", base, JUDGE, PASSWORD], folder)


def main():
    options = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    options.add_argument("--binary", default=str(ROOT / "target/debug/palmares"))
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as folder, open(pathlib.Path(folder) / "server.log", "w") as log:
        folder = pathlib.Path(folder)
        server, base = serve(chosen.binary, free_port(), log)
        try:
            judged(base)
            for name, score, total, entry in [("TypeScript", typescript, "71.5", "3"), ("Python", python, "78.5", str(OPEN["entry"]))]:
                (folder / name).mkdir()
                said = json.loads(score(folder / name, base))
                print(f"{name:12} {said}", flush=True)
                organizer = sign_in(base, "organizer@talents-cup.example")
                place = f"/api/v1/competitions/{OPEN['slug']}/rounds/{OPEN['round']}/entries/{entry}/ballots"
                kept = call(base, "GET", place, token=organizer)["items"][0]
                assert said["status"] == kept["status"] == "submitted" and float(said["total"]) == float(total), (said, kept)
        finally:
            server.terminate()
            server.wait(30)


if __name__ == "__main__":
    main()
