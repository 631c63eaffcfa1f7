"""What a function takes by itself: its size, its start, the first call by TLS, a call when it is warm."""

import base64
import json
import re
import signal
import socket
import ssl
import subprocess
import tempfile
import time
from pathlib import Path

from .aws import Runtime

# Starts of which the quickest counts: the others were disturbed.
STARTS = 15
# Calls between two counts of a warm function.
CALLS = 10


def weigh(bootstrap):
    """What doesn't depend on who else computes here: bytes, and instructions up to the first time it asks for an event."""
    with Runtime() as runtime:
        started, _ = counted(bootstrap, runtime, runtime.environment())
    return {"megabytes": bootstrap.stat().st_size / 1e6, "start_million": started / 1e6}


def start(bootstrap):
    """CPU milliseconds up to the first time it asks for an event, and megabytes in memory then."""
    spent, resident = [], []
    for _ in range(STARTS):
        with Runtime() as runtime:
            process = subprocess.Popen([bootstrap], env=runtime.environment(), stdout=subprocess.DEVNULL)
            runtime.wait()
            time.sleep(0.01)
            spent.append(cpu(process.pid))
            resident.append(memory(process.pid))
            end(process)
    return {"start_ms": min(spent), "resident_mb": min(resident)}


def warm(bootstrap, event, answers, right):
    """Million instructions of one more call; `right` says whether an answer is what it should be."""
    totals = []
    # The first ones make connections, read the settings, and fill caches.
    for times in (5, 5 + CALLS):
        with Runtime(json.dumps(event).encode(), times, answers) as runtime:
            total, _ = counted(bootstrap, runtime, runtime.environment(aws=runtime.here()))
            for wrong in (said for said in runtime.said if not right(json.loads(said))):
                raise SystemExit(f"{bootstrap} answered {wrong} (on a busy machine a call may have run out of time: once more)")
        totals.append(total)
    return (totals[1] - totals[0]) / CALLS / 1e6


def first_tls(bootstrap, event):
    """Million instructions of a process's first call by TLS, up to where it refuses a certificate that is none of Amazon's: roots
    read, keys agreed on, the certificate looked at. The signature of one that it takes comes on top."""
    with Runtime(json.dumps(event).encode(), 0) as runtime:
        before, _ = counted(bootstrap, runtime, runtime.environment(aws="https://localhost:9"))
    with Stranger() as stranger, Runtime(json.dumps(event).encode(), 1) as runtime:
        after, _ = counted(bootstrap, runtime, runtime.environment(aws=stranger.address), until=stranger.refused)
    return (after - before) / 1e6


def counted(bootstrap, runtime, environment, until=None):
    """Instructions of a function until it waits for an event in vain, or until something else has come."""
    with tempfile.NamedTemporaryFile() as out:
        command = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={out.name}", str(bootstrap)]
        process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        (until or runtime.wait)()
        process.send_signal(signal.SIGTERM)
        told = process.communicate(timeout=60)[1]
    found = re.search(r"Collected : (\d+)", told)
    if found is None:
        raise SystemExit(f"valgrind counted nothing:\n{told}")
    return int(found[1]), told


class Stranger:
    """A server with a certificate that nobody knows, while its `with` block runs."""

    def __enter__(self):
        self.folder = tempfile.TemporaryDirectory()
        key, certificate = Path(self.folder.name) / "key", Path(self.folder.name) / "certificate"
        command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"]
        command += ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout", str(key), "-out", str(certificate)]
        subprocess.run(command, check=True, stderr=subprocess.DEVNULL)
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(certificate, key)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.listener.settimeout(60)
        self.address = f"https://localhost:{self.listener.getsockname()[1]}"
        return self

    def __exit__(self, *_):
        self.listener.close()
        self.folder.cleanup()

    def refused(self):
        """Until a caller has looked at the certificate and gone."""
        connection, _ = self.listener.accept()
        try:
            self.context.wrap_socket(connection, server_side=True).read()
        except ssl.SSLError as error:
            if "UNKNOWN_CA" in str(error) or "CERTIFICATE" in str(error):
                return
            raise
        raise SystemExit("a certificate of nobody's was taken")


def cpu(process):
    """CPU milliseconds that a process has taken, threads that have ended included: the kernel's clock of it (clock_getcpuclockid)."""
    return time.clock_gettime(((~process) << 3) | 2) * 1e3


def threads(process):
    """CPU milliseconds by the name of the thread."""
    spent = {}
    for thread in Path(f"/proc/{process}/task").iterdir():
        try:
            name, ran = (thread / "comm").read_text().strip(), (thread / "schedstat").read_text().split()[0]
        except FileNotFoundError:
            continue
        spent[name] = spent.get(name, 0) + int(ran) / 1e6
    return spent


def memory(process, what="VmRSS"):
    """Megabytes in memory; `VmHWM` for the most there were."""
    return int(re.search(rf"{what}:\s+(\d+)", Path(f"/proc/{process}/status").read_text())[1]) * 1024 / 1e6


def end(process):
    process.terminate()
    process.wait()


# A session, and the user whose it is, as DynamoDB gives them.
SECRET = base64.urlsafe_b64encode(b"A" * 32).decode().rstrip("=")
SESSION = f"__Host-session=s.maria.{SECRET}"


def session_answers():
    """What a session check finds."""
    now = int(time.time())
    number = lambda value: {"N": str(value)}
    session = {
        "user": {"S": "maria"}, "epoch": number(1), "remembered": {"BOOL": False}, "started_at": number(now), "last_used": number(now),
        "ends_at": number(now + 36_000), "idle_seconds": number(3_600), "browser": {"S": "Mozilla/5.0"}, "place": {"S": "192.0.2"},
        "proven": {"BOOL": False}, "family": {"S": "family"}, "untried": {"BOOL": False},
    }
    user = {
        "id": {"S": "maria"}, "username": {"S": "maria"}, "kind": {"S": "contact"}, "epoch": number(1), "state": {"S": "active"},
        "first_name": {"S": "Maria"}, "last_name": {"S": "Marin"}, "email": {"S": "maria@members.example"}, "company": {"S": "Harbour"},
        "group": {"S": "Crew"}, "permissions": {"L": [{"S": "orders.read"}]}, "profiles": {"L": []}, "company_exceptions": {"L": []},
        "created_at": number(now - 1_000_000),
    }
    return {"BatchGetItem": {"Responses": {"sessions": [session], "directory": [user]}, "UnprocessedKeys": {}}}


def session_event(sample):
    """`GET /session`, as API Gateway tells it."""
    event = json.loads(sample.read_text())
    event["rawPath"] = event["requestContext"]["http"]["path"] = "/session"
    event["requestContext"]["http"]["method"] = "GET"
    event["cookies"] = [SESSION]
    del event["body"], event["headers"]["content-type"]
    return event
