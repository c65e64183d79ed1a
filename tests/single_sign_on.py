#!/usr/bin/env python3
"""Signs in at a real provider of OpenID Connect that runs here: oidc-provider (npm), which the OpenID Foundation certified.

It installs the provider into a folder (`--node-modules` takes one that has it), starts it and `palmares serve` beside it,
and goes the whole way as a browser does: the button, the provider's own pages, the way back, the session; a second time,
into the same account; a refusal at the provider; an account elsewhere that is linked from inside and given up again;
new keys of the provider; a provider that is gone.

    python3 tests/single_sign_on.py            needs node 20 or newer, npm, and `cargo build`

Exit status: 0 when all went as it should, 1 otherwise, 2 when it could not be tried.
"""

import argparse
import html
import http.cookiejar
import json
import os
import pathlib
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parent.parent
SECRET = "the secret of the client, longer than it needs to be"
PASSWORD = "walnut ferry copper dusk"
PROVIDER = """
import { generateKeyPairSync } from 'node:crypto';
import Provider from 'oidc-provider';
const [issuer, back, secret] = process.argv.slice(2);
const key = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' });
const provider = new Provider(issuer, {
  clients: [{ client_id: 'palmares', client_secret: secret, redirect_uris: [back], id_token_signed_response_alg: 'ES256' }],
  jwks: { keys: [{ ...key, alg: 'ES256', use: 'sig', kid: `key-${Date.now()}` }] },
  claims: { email: ['email', 'email_verified'], profile: ['name'] },
  cookies: { keys: ['a key of the cookies'] },
  pkce: { required: () => true },
  findAccount: async (ctx, id) => ({ accountId: id, claims: async () =>
    ({ sub: id, email: `${id}@example.edu`, email_verified: true, name: 'Li Na 李娜' }) }),
});
provider.listen(Number(new URL(issuer).port), '127.0.0.1', () => console.log('listening'));
"""


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Answer:
    def __init__(self, status, url, text):
        self.status, self.url, self.text = status, url, text

    def json(self):
        return json.loads(self.text) if self.text else None


class Browser:
    """Keeps cookies and follows redirects."""

    def __init__(self, base):
        self.base = base
        jar = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self.opener = urllib.request.build_opener(jar)

    def go(self, url, form=None):
        url = urllib.parse.urljoin(self.base, url)
        data = urllib.parse.urlencode(form).encode() if form is not None else None
        return self._send(urllib.request.Request(url, data=data))

    def ask(self, method, path, body=None):
        data = json.dumps(body).encode() if body is not None else None
        request = urllib.request.Request(f"{self.base}/api/v1{path}", data=data, method=method)
        request.add_header("X-Palmares", "1")
        request.add_header("Sec-Fetch-Site", "same-origin")
        if body is not None:
            request.add_header("Content-Type", "application/json")
        return self._send(request)

    def _send(self, request):
        try:
            with self.opener.open(request, timeout=30) as answer:
                return Answer(answer.status, answer.url, answer.read().decode())
        except urllib.error.HTTPError as answer:
            return Answer(answer.code, answer.url, answer.read().decode())

    def through(self, page, name, refuse=False):
        """Fills in the provider's pages until the browser is back."""
        for _ in range(8):
            if page.url.startswith(self.base):
                return page
            if refuse:
                abort = re.search(r'href="([^"]*/abort)"', page.text)
                page = self.go(urllib.parse.urljoin(page.url, html.unescape(abort.group(1))))
                continue
            action = re.search(r'<form[^>]*action="([^"]+)"', page.text)
            if not action:
                sys.exit(f"the provider shows no form at {page.url}: {page.text[:2000]}")
            fields = dict(re.findall(r'<input[^>]*type="hidden"[^>]*name="([^"]+)"[^>]*value="([^"]*)"', page.text))
            if fields.get("prompt") == "login":
                fields |= {"login": name, "password": "anything"}
            page = self.go(urllib.parse.urljoin(page.url, html.unescape(action.group(1))), fields)
        sys.exit(f"the browser never came back; it is at {page.url}")

    def sign_in(self, name, refuse=False):
        return self.through(self.go("/sign-in/real"), name, refuse)


def check(what, fine, shown=""):
    print(("ok      " if fine else "WRONG   ") + what)
    if not fine:
        sys.exit(f"{shown}"[:3000])


def wait_for(url, process):
    for _ in range(200):
        if process.poll() is not None:
            return False
        try:
            urllib.request.urlopen(url, timeout=2).close()
            return True
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    return False


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--node-modules", type=pathlib.Path, help="a folder node_modules that has oidc-provider")
    parser.add_argument("--palmares", type=pathlib.Path, default=ROOT / "target/debug/palmares")
    arguments = parser.parse_args()
    if not arguments.palmares.exists() or not shutil.which("node"):
        print("needs node and `cargo build`", file=sys.stderr)
        sys.exit(2)
    processes = []
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        try:
            play(arguments, folder, processes)
        finally:
            for process in processes:
                process.terminate()
                process.wait()


def play(arguments, folder, processes):
    if arguments.node_modules:
        (folder / "node_modules").symlink_to(arguments.node_modules.resolve())
    else:
        install = ["npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", str(folder), "oidc-provider@9"]
        if subprocess.run(install, check=False).returncode != 0:
            print("oidc-provider can't be installed", file=sys.stderr)
            sys.exit(2)
    issuer, base = f"http://127.0.0.1:{free_port()}", f"http://127.0.0.1:{free_port()}"
    (folder / "provider.mjs").write_text(PROVIDER)
    (folder / "secret").write_text(SECRET)
    described = {"code": "real", "label": {"en": "Real provider", "zh": "真实的登录服务"}, "issuer": issuer,
                 "client_id": "palmares", "client_secret_file": "secret", "new_accounts": True}
    (folder / "providers.json").write_text(json.dumps({"providers": [described]}))

    def start_provider():
        back = f"{base}/sign-in/real/callback"
        process = subprocess.Popen(["node", "provider.mjs", issuer, back, SECRET], cwd=folder,
                                   stdout=subprocess.DEVNULL, stderr=(folder / "provider.log").open("a"))
        processes.append(process)
        if not wait_for(f"{issuer}/.well-known/openid-configuration", process):
            sys.exit(f"the provider did not start: {(folder / 'provider.log').read_text()}")
        return process

    provider = start_provider()
    log = (folder / "palmares.log").open("w")
    server = subprocess.Popen(
        [str(arguments.palmares), "serve", "--port", base.rsplit(":", 1)[1], "--data-dir", str(folder / "data"),
         "--providers", str(folder / "providers.json")], stderr=log, env={**os.environ, "RUST_LOG": "info"})
    processes.append(server)
    if not wait_for(f"{base}/healthz", server):
        sys.exit(f"palmares did not start: {(folder / 'palmares.log').read_text()}")

    browser = Browser(base)
    page = browser.go("/sign-in")
    check("the sign-in page has the button", "/sign-in/real" in page.text, page.text)
    done = browser.sign_in("li")
    check("somebody new signs in", done.status == 200 and "li@example.edu" in done.text, done.text)
    me = browser.ask("GET", "/me").json()
    check("the session is theirs, with name and confirmed address from the provider",
          me["name"] == "Li Na 李娜" and me["email_verified"] is True, me)
    again = Browser(base)
    again.sign_in("li")
    check("a second browser comes into the same account", again.ask("GET", "/me").json()["id"] == me["id"])
    check("signing out ends the session", again.ask("DELETE", "/sessions/current").status == 204
          and again.ask("GET", "/me").status == 401)

    refused = Browser(base).sign_in("li", refuse=True)
    check("who refuses at the provider is told so", refused.status == 409 and "did not sign you in" in refused.text,
          refused.text)
    stranger = Browser(base)
    stolen = browser.go("/sign-in/real")
    check("the provider remembers the browser and sends it back at once", stolen.url.startswith(base), stolen.url)
    lost = stranger.go(stolen.url)
    check("another browser does not come back from there", lost.status == 409, lost.text)

    account = {"email": "wang@example.org", "password": PASSWORD, "name": "Wang Li"}
    check("somebody registers with a password", browser.ask("POST", "/users", account).status == 201)
    wang = Browser(base)
    proof = {"email": account["email"], "password": PASSWORD, "cookie": True}
    check("and signs in with it", wang.ask("POST", "/sessions", proof).status == 201)
    begun = wang.ask("POST", "/me/identities", {"provider": "real"})
    linked = wang.through(wang.go(begun.json()["url"]), "wang-li")
    check("links what they are at the provider", linked.status == 200, linked.text)
    phone = Browser(base)
    phone.sign_in("wang-li")
    check("and signs in by it", phone.ask("GET", "/me").json()["email"] == account["email"])
    (identity,) = wang.ask("GET", "/me/identities").json()["items"]
    check("and gives it up", wang.ask("DELETE", f"/me/identities/{identity['id']}").status == 204)
    (only,) = browser.ask("GET", "/me/identities").json()["items"]
    check("nobody gives up their last way in", browser.ask("DELETE", f"/me/identities/{only['id']}").status == 409)

    provider.terminate()
    provider.wait()
    away = Browser(base).go("/sign-in/real/callback?state=x&code=y")
    check("what comes back from nowhere is refused", away.status == 409, away.text)
    start_provider()
    rotated = Browser(base).sign_in("li")
    known_too_shortly = rotated.status == 409
    check("a provider that came back with new keys is not asked again at once", known_too_shortly or rotated.status == 200,
          rotated.text)
    if known_too_shortly:
        time.sleep(60)
        rotated = Browser(base).sign_in("li")
        check("and is believed a minute later", rotated.status == 200, rotated.text)

    written = (folder / "palmares.log").read_text()
    leaked = [s for s in ("li@example.edu", "Li Na", SECRET, "code=", "eyJ") if s in written]
    check("the log holds no code, token, secret or name", not leaked, leaked)
    server.terminate()
    check("the server stops well", server.wait(30) == 0)
    print("all went as it should, with oidc-provider of npm")


if __name__ == "__main__":
    main()
