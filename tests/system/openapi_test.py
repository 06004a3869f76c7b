"""schemas/openapi.yaml against a console: every example is sent and answered as it says, every answer fits its schema.

Examples of one name in parameters, body and response of an operation belong together. What differs from run to run is compared
by its type alone."""
import json
import os
import subprocess
import urllib.error
import urllib.parse
import urllib.request

import yaml

from rig import SOURCE, check

VARIES = {"token", "expires_at", "instance", "opened_at", "changed_at", "detail", "title", "hint"}
METHODS = ("get", "post", "put", "delete")
TYPES = {"object": dict, "array": list, "string": str, "integer": int, "boolean": bool}

DOCUMENT = yaml.safe_load((SOURCE / "schemas" / "openapi.yaml").read_text(encoding="utf-8"))


def whole(node):
    """The node that a $ref names."""
    while "$ref" in node:
        target = DOCUMENT
        for step in node["$ref"].removeprefix("#/").split("/"):
            target = target[step]
        node = target
    return node


def plain(value):
    """As JSON has it: YAML makes dates of some texts."""
    return json.loads(json.dumps(value, default=str))


def fits(value, schema, where):
    schema = whole(schema)
    if "anyOf" in schema:
        (schema,) = [each for each in map(whole, schema["anyOf"]) if set(each["required"]) <= set(value)][:1] or check(False, f"{where}: {value} is one of them")
    if "enum" in schema:
        check(value in schema["enum"], f"{where}: {value} is one of {schema['enum']}")
        return
    check(isinstance(value, TYPES[schema["type"]]), f"{where}: {value!r} is of type {schema['type']}")
    if schema["type"] == "object":
        for name in schema.get("required", []):
            check(name in value, f"{where}: has {name}: {value}")
        for name, member in value.items():
            check(name in schema["properties"], f"{where}: {name} is described")
            fits(member, schema["properties"][name], f"{where}/{name}")
    if schema["type"] == "array":
        for index, item in enumerate(value):
            fits(item, schema["items"], f"{where}/{index}")


def says(example, actual, where, varies=frozenset()):
    """All that the example says is so."""
    if isinstance(example, dict):
        for name, value in example.items():
            check(name in actual, f"{where}: has {name}: {actual}")
            if name in VARIES | varies:
                check(type(value) is type(actual[name]), f"{where}/{name}: {actual[name]!r} is like {value!r}")
            else:
                says(value, actual[name], f"{where}/{name}", varies)
    elif isinstance(example, list):
        check(len(example) == len(actual), f"{where}: {actual} has {len(example)} items")
        for index, item in enumerate(example):
            says(item, actual[index], f"{where}/{index}", varies)
    else:
        check(example == actual, f"{where}: {actual!r} is {example!r}")


class Example:
    """One request, made of everything that bears its name."""

    def __init__(self, name, path, method, parameters, body):
        self.name, self.method, self.headers, query = name, method.upper(), {}, {}
        for parameter in map(whole, parameters):
            examples = parameter.get("examples", {})
            if name not in examples:
                check(not parameter.get("required"), f"{method} {path} {name}: has an example of {parameter['name']}")
                continue
            value = str(plain(examples[name]["value"]))
            if parameter["in"] == "path":
                path = path.replace("{" + parameter["name"] + "}", urllib.parse.quote(value, safe=""))
            elif parameter["in"] == "query":
                query[parameter["name"]] = value
            else:
                self.headers[parameter["name"]] = value
        self.path = path + ("?" + urllib.parse.urlencode(query) if query else "")
        examples = body["content"]["application/json"].get("examples", {}) if body else {}
        self.body = json.dumps(plain(examples[name]["value"])).encode() if name in examples else None
        check(body is None or self.body is not None, f"{method} {path} {name}: has an example of the body")

    def send(self, base, token):
        headers = {**self.headers, **({"Authorization": f"Bearer {token}"} if token else {})}
        request = urllib.request.Request(base + self.path, data=self.body, headers=headers, method=self.method)
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return answer.status, answer.headers, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.headers, error.read().decode()


def run_operation(base, path, method, operation, shared, token):
    """Sends every example that a response has; their number."""
    count = 0
    for status, response in operation["responses"].items():
        for media_type, content in whole(response).get("content", {}).items():
            for name, example in content.get("examples", {}).items():
                where = f"{method} {path} {name}"
                sent = Example(name, path, method, shared + operation.get("parameters", []), operation.get("requestBody"))
                got, headers, text = sent.send(base, token)
                check(got == int(status), f"{where}: {got} is {status}: {text}")
                check(headers["Content-Type"].split(";")[0] == media_type, f"{where}: is {media_type}")
                actual = json.loads(text)
                fits(actual, content["schema"], where)
                says(plain(example["value"]), actual, where, {"id"} if status == "202" else frozenset())
                count += 1
    return count


def unused_names(operation, shared):
    """Names of parameters and bodies that no response has."""
    answered = {name for response in operation["responses"].values() for content in whole(response).get("content", {}).values() for name in content.get("examples", {})}
    given = {name for parameter in operation.get("parameters", []) for name in whole(parameter).get("examples", {})}
    body = operation.get("requestBody")
    given |= set(body["content"]["application/json"].get("examples", {})) if body else set()
    return given - answered


def token(base):
    wang = json.dumps({"name": "wang", "password": "correct horse battery"}).encode()
    with urllib.request.urlopen(urllib.request.Request(f"{base}/v1/session", data=wang), timeout=10) as answer:
        return json.loads(answer.read())["token"]


def sign_out(base):
    """The one answer without a body."""
    headers = {"Authorization": f"Bearer {token(base)}"}
    with urllib.request.urlopen(urllib.request.Request(f"{base}/v1/session", headers=headers, method="DELETE"), timeout=10) as answer:
        check(answer.status == 204 and answer.read() == b"", "signed out")
    try:
        urllib.request.urlopen(urllib.request.Request(f"{base}/v1/session", headers=headers), timeout=10).close()
        check(False, "the token is good for nothing any more")
    except urllib.error.HTTPError as error:
        check(error.code == 401, f"the token is good for nothing any more: {error.code}")


def refused_without_token(base, path, method, operation, shared):
    """Whatever wants a token says 401 to a request without one, and nothing else; how many were sent."""
    if operation.get("security", DOCUMENT["security"]) == []:
        return 0
    for parameter in map(whole, shared + operation.get("parameters", [])):
        if parameter["in"] == "path":
            path = path.replace("{" + parameter["name"] + "}", str(next(iter(parameter["examples"].values()))["value"]))
    where = f"{method} {path} without a token"
    request = urllib.request.Request(base + path, data=b"{}" if method == "post" else None, method=method.upper())
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            check(False, f"{where}: {answer.status}")
    except urllib.error.HTTPError as error:
        body = json.loads(error.read())
        check(error.code == 401 and body["type"].endswith(":not_signed_in"), f"{where}: {error.code} {body}")
        fits(body, whole(operation["responses"]["401"])["content"]["application/problem+json"]["schema"], where)
    return 1


def main():
    server = subprocess.Popen([os.environ["TEST_EXAMPLE_SERVER"]], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    base = f"http://127.0.0.1:{int(server.stdout.readline())}"
    count = 0
    for path, item in DOCUMENT["paths"].items():
        shared = item.get("parameters", [])
        for method in METHODS:
            if method not in item:
                continue
            operation = item[method]
            check(not unused_names(operation, shared), f"{method} {path}: every example has its answer: {unused_names(operation, shared)}")
            signed_in = operation.get("security", DOCUMENT["security"]) != []
            ran = run_operation(base, path, method, operation, shared, token(base) if signed_in else None)
            check(ran > 0 or "204" in operation["responses"], f"{method} {path}: has an example")
            count += ran
    for path, item in DOCUMENT["paths"].items():
        for method in METHODS:
            if method in item:
                count += refused_without_token(base, path, method, item[method], item.get("parameters", []))
    sign_out(base)
    print(f"{count} requests")
    server.stdin.close()
    check(server.wait(timeout=10) == 0, "the console ends")


if __name__ == "__main__":
    main()
