# Walks a story with boto3 or with the AWS CLI, as Debian ships them. Arguments: which of the two, the endpoint. The story comes as JSON on
# standard input; what was called, and what failed, goes out as JSON. What the installed version does not know is left out and told.
import base64
import contextlib
import io
import json
import re
import sys
import time

tool, endpoint = sys.argv[1], sys.argv[2]
if tool == "awscli":
    # It brings a botocore of its own, which must be the first to be imported.
    from awscli.clidriver import create_clidriver

    driver = create_clidriver()
    session = driver.session
else:
    import boto3
    import botocore.session

    session = botocore.session.get_session()
from botocore import xform_name
from botocore.config import Config
from botocore.exceptions import ClientError

models = {}


def model(service):
    if service not in models:
        models[service] = session.get_service_model(service)
    return models[service]


class Unknown(Exception):
    pass


def at(answer, path):
    for name in path.split("|") if "|" in path else path.split("."):
        if answer is None:
            return None
        answer = answer.get(name) if isinstance(answer, dict) else answer[int(name)] if int(name) < len(answer) else None
    return answer


def fill(value, shape, saved):
    """The input as the installed version knows it: members that are newer than its model are left out."""
    if isinstance(value, list):
        return [fill(one, shape.member, saved) for one in value]
    if not isinstance(value, dict):
        return value
    if "$saved" in value:
        if saved.get(value["$saved"]) is None:
            raise Unknown("it needs what an operation answers that this version does not know")
        return saved[value["$saved"]]
    if "$bytes" in value:
        return value["$bytes"] if tool == "awscli" else base64.b64decode(value["$bytes"])
    if "$date" in value:
        return value["$date"]
    if shape.type_name == "map":
        return {name: fill(member, shape.value, saved) for name, member in value.items()}
    return {name: fill(member, shape.members[name], saved) for name, member in value.items() if name in shape.members}


def knows(value, shape):
    if isinstance(value, list):
        return all(knows(one, shape.member) for one in value)
    if not isinstance(value, dict) or shape.type_name != "structure":
        return True
    return all(name in shape.members and knows(member, shape.members[name]) for name, member in value.items() if not name.startswith("$"))


clients = {}


def by_boto3(service, operation, arguments):
    if service not in clients:
        clients[service] = boto3.client(service, endpoint_url=endpoint, region_name="us-east-1", config=Config(retries={"max_attempts": 0}))
    try:
        return getattr(clients[service], xform_name(operation))(**arguments), None
    except ClientError as error:
        return None, (error.response["Error"]["Code"], str(error))


def by_awscli(service, operation, arguments):
    out, err = io.StringIO(), io.StringIO()
    words = ["--endpoint-url", endpoint, "--output", "json", service, xform_name(operation, "-"), "--cli-input-json", json.dumps(arguments)]
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = driver.main(words)
    if code == 0:
        return json.loads(out.getvalue() or "{}"), None
    if "Invalid choice" in err.getvalue():
        raise Unknown("the tool has no command for it")
    found = re.search(r"\((\w+)\)", err.getvalue())
    return None, (found.group(1) if found else str(code), err.getvalue().strip())


call = {"boto3": by_boto3, "awscli": by_awscli}[tool]
visits, failures, unknown, saved = {}, [], [], {}


def count(name, what=None):
    visit = visits.setdefault(name, {"calls": 0, "ok": 0, "refused": 0})
    visit["calls"] += 1
    if what:
        visit[what] += 1


def mismatch(answer, wanted):
    for path, value in wanted.items():
        if at(answer, path) != value:
            return f"{path} is {json.dumps(at(answer, path), default=str)}, not {json.dumps(value)}"
    return None


for step in json.load(sys.stdin):
    service, operation = step["service"], step["operation"]
    name = f"{service}.{operation}"
    if operation not in model(service).operation_names:
        unknown.append(name)
        continue
    shape = model(service).operation_model(operation).input_shape
    try:
        arguments = fill(step["input"], shape, saved) if shape else {}
    except Unknown as reason:
        unknown.append(f"{name}: {reason}")
        continue
    # Without the member that is refused nothing would be.
    if step.get("refuse") and shape and not knows(step["input"], shape):
        unknown.append(f"{name}: it does not know all members")
        continue
    until, deadline = step.get("until"), time.monotonic() + 30
    while True:
        try:
            answer, refusal = call(service, operation, arguments)
        except Unknown as reason:
            unknown.append(f"{name}: {reason}")
            break
        if refusal:
            code, text = refusal
            if step.get("refuse", "").removesuffix("Exception") == code.removesuffix("Exception"):
                count(name, "refused")
            else:
                count(name)
                failures.append(f"{name}: {text}")
            break
        wrong = mismatch(answer, until) if until else mismatch(answer, step.get("expect", {}))
        if until and wrong and time.monotonic() < deadline:
            count(name, "ok")
            time.sleep(0.1)
            continue
        if step.get("refuse") or wrong:
            count(name)
            failures.append(f"{name}: {wrong or 'it was not refused with ' + step['refuse']}")
        else:
            count(name, "ok")
            for key, path in step.get("save", {}).items():
                saved[key] = at(answer, path)
        break

known = [f"{service}.{operation}" for service in ("sesv2", "ses", "sts") for operation in model(service).operation_names]
print(json.dumps({"visits": visits, "failures": failures, "unknown": unknown, "known": known}))
