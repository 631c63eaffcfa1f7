"""The logs of the deployment after the tests: JSON lines, the metrics in them, and no secret."""

import json
import re

# What must never be in a log: whatever lets somebody in, and whole addresses.
SECRETS = {
    "the sample password": r"harbour-lantern",
    "a password of a test": r"quiet-otter|a-new-password|new-password",
    "a password hash": r"\$argon2",
    "a mailed link": r"token=",
    "a link's token": r"k\d+\.[0-9A-Z]{26}\.",
    "a session or ticket": r"__Host-",
    "a member's whole address": r"maria@members\.example|family@members\.example|nora@members\.example",
}
METRICS = {"SignIns", "Mails", "HashTime", "ReadUnits", "WriteUnits"}


def prove(stack):
    keys = json.loads(stack.emulator.client("secretsmanager").get_secret_value(SecretId=stack.outputs["KeysSecret"])["SecretString"])
    secrets = {**SECRETS, **{f"the key {name}": re.escape(key) for name, key in keys.items() if name != "current"}}
    lines, counted, functions = 0, set(), set()
    for stream, message in messages(stack):
        for what, pattern in secrets.items():
            if re.search(pattern, message):
                raise SystemExit(f"{what} is in the log {stream}: {message}")
        if not message.startswith("{"):
            continue
        line = json.loads(message)
        lines += 1
        if "_aws" in line:
            functions.add(line["Function"])
            for directive in line["_aws"]["CloudWatchMetrics"]:
                counted |= {metric["Name"] for metric in directive["Metrics"]}
                for name in [*directive["Dimensions"][0], *(metric["Name"] for metric in directive["Metrics"])]:
                    if name not in line:
                        raise SystemExit(f"a metric without its {name}: {message}")
    if METRICS - counted:
        raise SystemExit(f"never counted: {', '.join(METRICS - counted)}")
    print(f"   {lines} lines of {len(functions)} functions; counted: {', '.join(sorted(counted))}", flush=True)


def messages(stack):
    client = stack.emulator.client("logs")
    group = stack.outputs["LogGroup"]
    for streams in client.get_paginator("describe_log_streams").paginate(logGroupName=group):
        for stream in streams["logStreams"]:
            name, token = stream["logStreamName"], None
            while True:
                more = {"nextToken": token} if token else {}
                page = client.get_log_events(logGroupName=group, logStreamName=name, startFromHead=True, **more)
                yield from ((name, event["message"]) for event in page["events"])
                if not page["events"] or page["nextForwardToken"] == token:
                    break
                token = page["nextForwardToken"]
