"""Each binary that was built, started by Amazon's own runtime interface emulator and given its event, with nothing behind
it: a request is answered, by its page or with 503; a batch comes back whole; nothing crashes."""

import json
import os
import platform
import subprocess
import time
import urllib.request
from pathlib import Path

import samcli

from .emulator import REGION, free_port

EMULATOR = Path(samcli.__file__).parent / "local/rapid" / f"aws-lambda-rie-{ {'aarch64': 'arm64'}.get(platform.machine(), 'x86_64') }"
# Nothing listens there: a service that is away.
NOWHERE = "http://127.0.0.1:9"


def prove(built, folder):
    for event in sorted(Path("events").glob("*.json")):
        function = "".join(word.capitalize() for word in event.stem.split("-"))
        answer = invoke(built / function / "bootstrap", event.read_bytes(), folder)
        verdict = judge(answer)
        print(f"   {event.stem}: {verdict}", flush=True)


def invoke(bootstrap, event, folder):
    port = free_port()
    environment = {
        "PATH": "/usr/bin:/bin",
        "AWS_REGION": REGION,
        "AWS_ACCESS_KEY_ID": "nobody",
        "AWS_SECRET_ACCESS_KEY": "nobody",
        "AWS_ENDPOINT_URL": NOWHERE,
        "AWS_LAMBDA_FUNCTION_TIMEOUT": "60",
        "PUBLIC_ORIGIN": "http://localhost:8400",
        "KEYS_SECRET": "keys",
        "CONFIGURATION_SET": "mail",
        "MAILS_PER_SECOND": "14",
        "LOOPBACK_PROVIDERS": "false",
        **{f"{table}_TABLE": table.lower() for table in ("DIRECTORY", "NAMES", "LOCKOUTS", "SESSIONS", "OUTBOX", "SETTINGS", "AUDIT", "RUNS")},
    }
    command = [EMULATOR, "--log-level", "error", "--runtime-interface-emulator-address", f"127.0.0.1:{port}"]
    command += ["--runtime-api-address", f"127.0.0.1:{free_port()}", bootstrap]
    with open(folder / "runtime.log", "w") as log:
        process = subprocess.Popen(command, cwd=bootstrap.parent, env=environment, stdout=log, stderr=log)
        try:
            address = f"http://127.0.0.1:{port}/2015-03-31/functions/function/invocations"
            for _ in range(100):
                try:
                    return json.load(urllib.request.urlopen(urllib.request.Request(address, data=event), timeout=60))
                except ConnectionError:
                    time.sleep(0.1)
                except urllib.error.URLError:
                    time.sleep(0.1)
            raise SystemExit(f"{bootstrap} did not answer:\n{(folder / 'runtime.log').read_text()}")
        finally:
            process.terminate()
            process.wait()


def judge(answer):
    """What the answer is, in words; an end of the program if it is none that a function may give."""
    if "statusCode" in answer:
        status = answer["statusCode"]
        if status in (200, 401, 503) and (status != 503 or '"try_again"' in answer["body"]):
            return f"answers {status}"
    elif "batchItemFailures" in answer:
        return f"gives back {len(answer['batchItemFailures'])} of the batch"
    elif "isAuthorized" in answer:
        return f"lets {'somebody' if answer['isAuthorized'] else 'nobody'} in"
    elif answer.get("errorType") and "panic" not in json.dumps(answer):
        return "says that it could not, and is called again"
    raise SystemExit(f"not an answer of a function: {answer}")
