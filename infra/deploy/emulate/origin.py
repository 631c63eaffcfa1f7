"""One origin for browsers and tests: a proxy on loopback in front of the emulated API, whose own address has a path
before every path. Beside it, under `/_local`, what the local machine has there too: the mail that was caught; and, for
tests, a deployment as empty as on its first day."""

import http.client
import json
import time
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qs, urlsplit

HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "content-length"}


class Origin:
    """Listens while its `with` block runs; answers once it knows what it stands in front of."""

    def __init__(self, emulator, port):
        self.emulator = emulator
        self.server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self.server.daemon_threads = True
        self.server.origin = self
        self.address = f"http://localhost:{self.server.server_port}"
        self.earlier_mail = 0

    def __enter__(self):
        Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()

    def serve(self, stack):
        self.stack = stack
        self.dynamodb = self.emulator.client("dynamodb")
        self.functions = self.emulator.client("lambda")
        self.tables = [stack.names[table] for table in stack.of_type("AWS::DynamoDB::Table")]

    def forward(self, method, path, headers, body):
        """The API's answer: status, headers, body."""
        connection = http.client.HTTPConnection("127.0.0.1", self.emulator.port, timeout=60)
        try:
            prefix = f"/_aws/execute-api/{self.stack.names['Api']}/$default"
            connection.putrequest(method, prefix + path, skip_host=True, skip_accept_encoding=True)
            for name, value in headers:
                if name.lower() not in HOP_BY_HOP:
                    connection.putheader(name, value)
            connection.putheader("Content-Length", str(len(body)))
            connection.endheaders(body)
            answer = connection.getresponse()
            return answer.status, answer.getheaders(), answer.read()
        finally:
            connection.close()

    def mail(self, to):
        """What was caught for an address since the last emptying, newest first, once nothing is on its way any more."""
        self.settle()
        found = [mail for mail in self.caught()[self.earlier_mail :] if to is None or to in mail["To"]]
        return [
            {
                "id": mail["MessageId"],
                "to": ", ".join(mail["To"]),
                "from": mail["Source"],
                "subject": mail["Subject"],
                "html": mail["BodyHtml"],
                "text": mail["BodyText"],
                "sent_at": mail["Timestamp"],
            }
            for mail in reversed(found)
        ]

    def caught(self):
        with urllib.request.urlopen(f"{self.emulator.endpoint}/_ministack/ses/messages") as answer:
            accounts = json.load(answer)["messages"]
        return [mail for mails in accounts.values() for mail in mails]

    def settle(self):
        """Waits until every piece of work in the outbox is over or held."""
        table = self.stack.names["OutboxTable"]
        for _ in range(300):
            items = self.dynamodb.scan(TableName=table, ConsistentRead=True)["Items"]
            if not any(item.get("state", {}).get("S") in ("waiting", "sending") for item in items):
                return
            time.sleep(0.1)
        raise RuntimeError("after thirty seconds there is still mail on its way")

    def empty(self):
        """Empties every table, forgets the mail, and has every function start anew."""
        self.settle()
        for table in self.tables:
            keys = [key["AttributeName"] for key in self.dynamodb.describe_table(TableName=table)["Table"]["KeySchema"]]
            for item in self.dynamodb.scan(TableName=table, ConsistentRead=True)["Items"]:
                self.dynamodb.delete_item(TableName=table, Key={key: item[key] for key in keys})
        self.start_functions_anew()
        self.earlier_mail = len(self.caught())

    def start_functions_anew(self):
        """Ends every running function: the next call starts it again."""
        for function in self.stack.functions():
            name = self.stack.names[function]
            timeout = self.functions.get_function_configuration(FunctionName=name)["Timeout"]
            self.functions.update_function_configuration(FunctionName=name, Timeout=timeout)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def handle_any(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        origin, url = self.server.origin, urlsplit(self.path)
        try:
            if url.path == "/_local/mail" and self.command == "GET":
                caught = origin.mail(parse_qs(url.query).get("to", [None])[0])
                answer = 200, [("Content-Type", "application/json")], json.dumps(caught).encode()
            elif url.path == "/_local/empty" and self.command == "POST":
                origin.empty()
                answer = 204, [], b""
            else:
                answer = origin.forward(self.command, self.path, self.headers.items(), body)
        except Exception as error:  # A browser or a test is to read what went wrong, whatever it was.
            answer = 502, [("Content-Type", "text/plain")], f"{type(error).__name__}: {error}\n".encode()
        status, headers, body = answer
        self.send_response_only(status)
        for name, value in headers:
            if name.lower() not in HOP_BY_HOP:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = handle_any

    def log_message(self, *_):
        pass
