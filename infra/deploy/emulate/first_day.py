"""The first day: the operator brings in settings and the first administrator, who gets in by the mail that follows."""

import os

from bring_in import bring_in

from .emulator import KEYS
from .rotation import expect, post
from .stack import NAME

SETTINGS = '{"organisation.email": "office@harbour.example"}'
PEOPLE = "kind,username,first_name,last_name,email\nadministrator,first,First,Admin,first@harbour.example\n"


def prove(stack, origin, folder):
    origin.empty()
    (folder / "settings.json").write_text(SETTINGS)
    (folder / "people.csv").write_text(PEOPLE)
    os.environ["AWS_ENDPOINT_URL"] = stack.emulator.endpoint
    arguments = ["--settings", str(folder / "settings.json"), "--import", str(folder / "people.csv")]
    if bring_in(stack.emulator.session(KEYS), NAME, arguments) != 0:
        raise SystemExit("settings and people could not be brought in")
    mail = origin.mail("first@harbour.example")[0]["text"]
    temporary = next(word for word in mail.split() if word.count("-") == 3)
    expect(200, post(origin, "/sign-in", username="first", password=temporary), "the mailed temporary password")
