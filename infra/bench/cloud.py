"""The load of a busy morning on the deployment to an emulated AWS, whose one process does DynamoDB, Lambda and the API beside it."""

import os
import tempfile
from pathlib import Path

from . import load


def measure(seconds):
    # What only this part needs: AWS's own library, which the emulator's tools bring.
    from bring_in import bring_in
    from emulate.emulator import KEYS, Emulator
    from emulate.origin import Origin
    from emulate.stack import NAME, Stack, build

    with tempfile.TemporaryDirectory(prefix="vestibule-") as folder:
        folder = Path(folder)
        built = build(folder)
        with Emulator(folder) as emulator, Origin(emulator, 0) as origin:
            stack = Stack(emulator, built)
            stack.deploy(origin.address)
            origin.serve(stack)
            (folder / "settings.json").write_text('{"organisation.email": "office@harbour.example"}')
            (folder / "people.csv").write_text(load.people())
            os.environ["AWS_ENDPOINT_URL"] = emulator.endpoint
            arguments = ["--settings", str(folder / "settings.json"), "--import", str(folder / "people.csv")]
            if bring_in(emulator.session(KEYS), NAME, arguments) != 0:
                raise SystemExit("settings and people could not be brought in")
            return load.pressed(origin.server.server_port, seconds)
