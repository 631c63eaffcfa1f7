"""Who asks while infra/tools/check-api runs: nobody (`VESTIBULE_AS` is empty), or a sample user, in a session that is begun
anew every few seconds, since what is asked may well end it."""

import http.cookies
import json
import os
import urllib.request

import schemathesis

ORIGIN = os.environ["VESTIBULE_ORIGIN"]
CALLER = os.environ["VESTIBULE_AS"]
PASSWORD = "harbour-lantern-42"

# What would end the run, were it to come true: a second factor for everybody, a lock after one slip, a throttle.
HELD = ("mfa.", "lock.", "throttle.", "session.", "password.", "pin.channel", "recovery.by_mail", "organisation.email")


def begin():
    """Signs the caller in and gives the session."""
    body = json.dumps({"username": CALLER, "password": PASSWORD}).encode()
    headers = {"Origin": ORIGIN, "Content-Type": "application/json"}
    with urllib.request.urlopen(urllib.request.Request(f"{ORIGIN}/sign-in", body, headers), timeout=30) as answer:
        cookies = http.cookies.SimpleCookie()
        for line in answer.headers.get_all("Set-Cookie"):
            cookies.load(line)
    return cookies["__Host-session"].value


if CALLER:

    @schemathesis.auth(refresh_interval=5)
    class Session:
        """The caller's session."""

        def get(self, case, context):
            return begin()

        def set(self, case, data, context):
            case.cookies = {**(case.cookies or {}), "__Host-session": data}


@schemathesis.hook
def filter_case(context, case):
    """Leaves out a change of the settings that would end the run."""
    changes = case.body if case.operation.path == "/admin/settings" and isinstance(case.body, dict) else {}
    return not any(str(key).startswith(HELD) for key in changes)
