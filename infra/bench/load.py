"""Sign-ins as they come on a busy morning, and ten times as many: what is shed, what stays alive, and how soon it is well again."""

import base64
import hashlib
import http.client
import json
import tempfile
import threading
import time

from .product import PASSWORD, Product

RATE = 20
# So many that nobody's own sign-ins meet each other: they are counted by name.
PEOPLE = [f"early{n}" for n in range(300)]


def measure(made, seconds):
    with tempfile.NamedTemporaryFile("w", suffix=".csv") as file:
        file.write(people())
        file.flush()
        with Product(made["vestibule"], "--import", file.name) as product:
            before = product.resident()
            found = pressed(product.port, seconds)
            return {**found, "resident_before_mb": before, "most_resident_mb": product.resident("VmHWM")}


def pressed(port, seconds):
    # Whose hash comes from elsewhere gets one of ours at the first sign-in.
    for person in PEOPLE:
        status, _ = ask(port, "POST", "/sign-in", {"username": person, "password": PASSWORD})
        if status != "200":
            raise SystemExit(f"{person} was answered {status}")
    calm = Arrivals(port, RATE, seconds).run()
    rush = Arrivals(port, 10 * RATE, min(seconds, 20)).run(beside=True)
    again = recovery(port)
    return {
        "calm": calm.told(),
        "rush": rush.told(),
        "beside_the_rush": told(rush.beside),
        "well_again_after_seconds": again,
    }


def people():
    """A file of them, with the password they have."""
    made = base64.b64encode(hashlib.pbkdf2_hmac("sha256", PASSWORD.encode(), b"sixteen-bytes-of", 1_000)).decode()
    rows = (f"contact,{person},{person}@people.example,pbkdf2_sha256$1000$sixteen-bytes-of${made}\n" for person in PEOPLE)
    return "kind,username,email,password_hash\n" + "".join(rows)


class Arrivals:
    """Requests that come at their own rate, however long the answers take."""

    def __init__(self, port, rate, seconds):
        self.port, self.rate, self.seconds = port, rate, seconds
        self.answers, self.beside = [], []

    def run(self, beside=False):
        began, threads = time.monotonic(), []
        if beside:
            threads.append(threading.Thread(target=self.look_around, args=(began,)))
            threads[0].start()
        for n in range(self.rate * self.seconds):
            time.sleep(max(0, began + n / self.rate - time.monotonic()))
            threads.append(threading.Thread(target=self.sign_in, args=(PEOPLE[n % len(PEOPLE)],)))
            threads[-1].start()
        for thread in threads:
            thread.join()
        return self

    def sign_in(self, username):
        self.answers.append(ask(self.port, "POST", "/sign-in", {"username": username, "password": PASSWORD}))

    def look_around(self, began):
        """What everybody else does meanwhile."""
        while time.monotonic() - began < self.seconds:
            self.beside.append(ask(self.port, "GET", "/session"))
            time.sleep(0.2)

    def told(self):
        return {"a_second": self.rate, "seconds": self.seconds, **told(self.answers)}


def ask(port, method, path, fields=None):
    """Status, or what went wrong, and milliseconds."""
    began = time.monotonic()
    try:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        origin = f"http://localhost:{port}"
        headers = {"Host": f"localhost:{port}", "Origin": origin, "Accept": "application/json", "Content-Type": "application/json"}
        connection.request(method, path, None if fields is None else json.dumps(fields), headers)
        answer = connection.getresponse()
        answer.read()
        connection.close()
        return str(answer.status), (time.monotonic() - began) * 1e3
    except OSError as error:
        return type(error).__name__, (time.monotonic() - began) * 1e3


def told(answers):
    """How many of each status, and the milliseconds that half of them, and all but a twentieth, stayed below."""
    statuses, taken = {}, sorted(ms for _, ms in answers)
    for status, _ in answers:
        statuses[status] = statuses.get(status, 0) + 1
    return {"answers": statuses, "p50_ms": taken[len(taken) // 2], "p95_ms": taken[len(taken) * 19 // 20]}


def recovery(port):
    """Seconds until a sign-in succeeds again within a second."""
    began = time.monotonic()
    while True:
        status, ms = ask(port, "POST", "/sign-in", {"username": PEOPLE[0], "password": PASSWORD})
        if status == "200" and ms < 1_000:
            return time.monotonic() - began
        if time.monotonic() - began > 60:
            raise SystemExit(f"still {status} after a minute")
        time.sleep(0.2)
