"""A new key, on the running deployment: what was made with the old one still does what it did."""

import json
import urllib.error
import urllib.request

from rotate_keys import rotate

PASSWORD = "harbour-lantern-42"


def prove(stack, origin):
    """Needs the sample organisation as it is on its first day."""
    old_link = link(origin, "maria", "maria@members.example")
    new = rotate(stack.emulator.client("secretsmanager"), stack.outputs["KeysSecret"], wait=0)
    # Functions that start anew know the new key at once; on AWS the command waits instead.
    origin.start_functions_anew()
    expect(200, post(origin, "/reset", token=old_link, password="after-the-rotation-1"), "a link made before")
    expect(200, post(origin, "/sign-in", username="maria", password="after-the-rotation-1"), "the password it set")
    expect(200, post(origin, "/sign-in", username="sam", password=PASSWORD), "a password hashed before")
    new_link = link(origin, "paula", "paula@partner.example")
    if not new_link.startswith(f"{new}."):
        raise SystemExit(f"a new link is not made with {new}")
    expect(200, post(origin, "/reset", token=new_link, password="after-the-rotation-2"), "a link made after")
    expect(410, post(origin, "/reset", token=old_link, password="after-the-rotation-3"), "a link used before")
    print(f"   links, passwords: as before; {new} is current", flush=True)


def link(origin, username, address):
    """Asks for a link and takes its token from the mail."""
    expect(202, post(origin, "/forgot-password", username=username), "asking for a link")
    return origin.mail(address)[0]["text"].split("token=")[1].split()[0]


def post(origin, path, **body):
    headers = {"Content-Type": "application/json", "Origin": origin.address}
    request = urllib.request.Request(origin.address + path, data=json.dumps(body).encode(), headers=headers)
    try:
        return urllib.request.urlopen(request).status
    except urllib.error.HTTPError as error:
        return error.code


def expect(status, answered, what):
    if answered != status:
        raise SystemExit(f"{what}: {answered} instead of {status}")
