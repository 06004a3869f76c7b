"""Officers of a console under test: made by `lamplight officer`, signed in over HTTP, at work over HTTP or from the shell."""
import json
import os
import subprocess
import urllib.error
import urllib.request

from rig import PROGRAM, check

MADE = "shown this once: "


def send(url, body=None, token=None, method=None, headers=None):
    """(status, headers, text) of one request to the console."""
    headers = {"Content-Type": "application/json", **(headers or {})}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data=data, headers=headers, method=method)
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, answer.headers, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read().decode()


def command(rig, *arguments, stdin=None, token=None):
    """(exit code, stdout, stderr) of a command of the program on this data folder."""
    environment = {**os.environ, **({"LAMPLIGHT_TOKEN": token} if token else {})}
    done = subprocess.run([PROGRAM, *arguments, "--data", str(rig.data)], capture_output=True, text=True, input=stdin, env=environment)
    return done.returncode, done.stdout, done.stderr


def add_officer(rig, name, roles, units=()):
    """(password, key) of one who is made by `lamplight officer add`."""
    told = rig.run("officer", "add", name, *(f"--role={role}" for role in roles), *(f"--unit={unit}" for unit in units))
    return told.split(MADE)[1].strip(), told.split("key ")[1].split(",")[0]


class Officer:
    """One who is there, and signed in."""

    def __init__(self, rig, base, name, roles, units=()):
        self.rig, self.base, self.name = rig, base, name
        self.password, _ = add_officer(rig, name, roles, units)
        self.sign_in()

    def sign_in(self):
        status, _, text = send(f"{self.base}/v1/session", {"name": self.name, "password": self.password})
        check(status == 201, f"{self.name} signs in: {status} {text}")
        self.token, self.key = json.loads(text)["token"], json.loads(text)["officer"]

    def get(self, path, **headers):
        return send(self.base + path, token=self.token, headers=headers)

    def read(self, path):
        """What lies there, as JSON."""
        status, _, text = self.get(path)
        check(status == 200, f"{self.name} reads {path}: {status} {text}")
        return json.loads(text)

    def ask(self, case, what, body=None, **headers):
        return send(f"{self.base}/v1/cases/{case}/{what}", body or {}, self.token, headers=headers)

    def does(self, case, what, body=None, **headers):
        """The case after it was done."""
        status, _, text = self.ask(case, what, body, **headers)
        check(status == 200, f"{self.name} does {what}: {status} {text}")
        return json.loads(text)

    def refused(self, case, what, status, problem, body=None, **headers):
        got, _, text = self.ask(case, what, body, **headers)
        check(got == status and f"urn:lamplight:problem:{problem}" in text, f"{what} by {self.name} is refused as {problem}: {got} {text}")
        return json.loads(text)

    def list(self, kind):
        """Ids of the cases on a worklist."""
        return [case["id"] for case in self.read(f"/v1/cases?list={kind}&limit=500")["cases"]]

    def shell(self, *arguments):
        """(exit code, stdout, stderr) of `lamplight case …`."""
        return command(self.rig, "case", *arguments, token=self.token)

    def shell_does(self, *arguments):
        """The case after it was done from the shell."""
        code, out, err = self.shell(*arguments, "--json")
        check(code == 0, f"{self.name}: case {' '.join(arguments)}: {code} {err}")
        return json.loads(out)
