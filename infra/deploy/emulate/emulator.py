"""The emulated AWS: a process on loopback, with roles enforced, that knows nothing of this machine's environment."""

import os
import socket
import subprocess
import time
import urllib.request
from pathlib import Path

import boto3

REGION = "eu-west-1"
ACCOUNT = "000000000000"
# The emulator's root user. Functions never see these: they get their role's credentials.
ROOT = {"AWS_ACCESS_KEY_ID": "operator", "AWS_SECRET_ACCESS_KEY": "the-operator-of-the-emulated-cloud"}


KEYS = {"AccessKeyId": ROOT["AWS_ACCESS_KEY_ID"], "SecretAccessKey": ROOT["AWS_SECRET_ACCESS_KEY"]}


class Emulator:
    """Runs while its `with` block does."""

    def __init__(self, folder):
        self.folder = folder / "emulator"
        self.folder.mkdir()
        self.port = free_port()
        self.endpoint = f"http://127.0.0.1:{self.port}"

    def __enter__(self):
        self.log = open(self.folder / "log", "w")
        environment = {
            **ROOT,
            "PATH": "/usr/bin:/bin",
            "HOME": str(self.folder),
            "TMPDIR": str(self.folder),
            "AUTH": "true",
            "BIND_HOST": "127.0.0.1",
            "GATEWAY_PORT": str(self.port),
            "AWS_ENDPOINT_URL": self.endpoint,
            "MINISTACK_REGION": REGION,
            "S3_DATA_DIR": str(self.folder / "s3"),
            # A changed function answers at once.
            "LAMBDA_STATE_TRANSITION_SECONDS": "0",
        }
        command = [Path(os.environ["VESTIBULE_TOOLS"]) / "emulator/bin/ministack"]
        self.process = subprocess.Popen(command, cwd=self.folder, env=environment, stdout=self.log, stderr=self.log)
        for _ in range(300):
            if self.process.poll() is not None:
                break
            try:
                urllib.request.urlopen(f"{self.endpoint}/_ministack/health", timeout=1)
                return self
            except OSError:
                time.sleep(0.1)
        said = self.said()
        self.__exit__()
        raise SystemExit(f"the emulator did not start:\n{said}")

    def __exit__(self, *_):
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
        self.log.close()

    def said(self, lines=40):
        """The end of its log."""
        return "\n".join((self.folder / "log").read_text().splitlines()[-lines:])

    def client(self, service, credentials=None):
        """A client of a service, for the root user or for temporary credentials."""
        return self.session(credentials or KEYS).client(service, endpoint_url=self.endpoint)

    def session(self, keys):
        return boto3.Session(
            region_name=REGION,
            aws_access_key_id=keys["AccessKeyId"],
            aws_secret_access_key=keys["SecretAccessKey"],
            aws_session_token=keys.get("SessionToken"),
        )

    def environment(self):
        """What a program needs to act as the root user."""
        return {**ROOT, "AWS_REGION": REGION, "AWS_DEFAULT_REGION": REGION, "AWS_ENDPOINT_URL": self.endpoint}


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
