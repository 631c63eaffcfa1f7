"""AWS as a function meets it: the Runtime API that hands it events, and a DynamoDB that gives every reader the same answer."""

import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Condition, Thread

TABLES = ("DIRECTORY", "NAMES", "LOCKOUTS", "SESSIONS", "OUTBOX", "SETTINGS", "AUDIT", "RUNS")


class Runtime:
    """Runs while its `with` block does. Hands out so many events, and knows when the function has asked for one more."""

    def __init__(self, event=None, times=0, answers=None):
        self.event, self.left, self.asked_in_vain = event, times, Condition()
        self.idle, self.said = False, []
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.server.runtime, self.server.answers = self, answers or {}

    def __enter__(self):
        Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()

    def wait(self, seconds=120):
        """Until the function waits for an event that isn't there."""
        with self.asked_in_vain:
            if not self.asked_in_vain.wait_for(lambda: self.idle, seconds):
                raise SystemExit(f"the function did not ask for an event in {seconds} s")

    def next(self):
        with self.asked_in_vain:
            if self.left == 0:
                self.idle = True
                self.asked_in_vain.notify_all()
                return None
            self.left -= 1
            return self.event

    def environment(self, aws="http://127.0.0.1:9"):
        """What Lambda and the template tell a function; `aws` is where AWS is."""
        port = self.server.server_port
        return {
            "PATH": "/usr/bin:/bin",
            "AWS_REGION": "eu-west-1",
            "AWS_ACCESS_KEY_ID": "nobody",
            "AWS_SECRET_ACCESS_KEY": "nobody",
            "AWS_ENDPOINT_URL": aws,
            "AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{port}",
            "AWS_LAMBDA_FUNCTION_NAME": "function",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "512",
            "AWS_LAMBDA_FUNCTION_VERSION": "1",
            "AWS_LAMBDA_LOG_STREAM_NAME": "stream",
            "AWS_LAMBDA_LOG_GROUP_NAME": "group",
            "PUBLIC_ORIGIN": "https://accounts.example.org",
            "KEYS_SECRET": "keys",
            "CONFIGURATION_SET": "mail",
            "MAILS_PER_SECOND": "14",
            "LOOPBACK_PROVIDERS": "false",
            **{f"{table}_TABLE": table.lower() for table in TABLES},
        }

    def here(self):
        """The address of the DynamoDB beside it."""
        return f"http://127.0.0.1:{self.server.server_port}"


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        event = self.server.runtime.next()
        if event is None:
            # Held open until the function is ended.
            Condition().acquire()
            return self.rfile.read(1)
        self.answer(200, event, {
            "Lambda-Runtime-Aws-Request-Id": "8476a536-e9f4-11e8-9739-2dfe598c3fcd",
            "Lambda-Runtime-Deadline-Ms": "4102444800000",
            "Lambda-Runtime-Invoked-Function-Arn": "arn:aws:lambda:eu-west-1:000000000000:function:function",
            "Lambda-Runtime-Trace-Id": "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Parent=9a9197af755a6419;Sampled=0",
        })

    def do_POST(self):
        length = self.headers.get("Content-Length")
        body = self.rfile.read(int(length)) if length is not None else b"".join(self.chunks())
        target = self.headers.get("X-Amz-Target")
        if target is None:
            self.server.runtime.said.append(body)
            return self.answer(202, b"")
        self.answer(200, json.dumps(self.server.answers.get(target.split(".")[-1], {})).encode())

    def chunks(self):
        while size := int(self.rfile.readline(), 16):
            yield self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()

    def answer(self, status, body, headers=None):
        self.send_response(status)
        for name, value in {"Content-Type": "application/x-amz-json-1.0", "Content-Length": str(len(body)), **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass
