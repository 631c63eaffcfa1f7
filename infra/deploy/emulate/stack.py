"""The stack: built and deployed by SAM as an operator would, and what is known of it afterwards."""

import json
import os
import platform
import re
import subprocess
from pathlib import Path

from .policies import statements

NAME = "vestibule"
CONFIG = Path("infra/deploy/samconfig.toml").resolve()
ARCHITECTURE = {"x86_64": "x86_64", "aarch64": "arm64"}[platform.machine()]
# Functions as quick to build as they are quick enough: what is deployed for real is optimised to the end.
QUICK = {
    "CARGO_INCREMENTAL": "0",
    "CARGO_PROFILE_RELEASE_LTO": "off",
    "CARGO_PROFILE_RELEASE_CODEGEN_UNITS": "16",
    "CARGO_PROFILE_RELEASE_OPT_LEVEL": "1",
}


def sam(*arguments, **environment):
    tools = Path(os.environ["VESTIBULE_TOOLS"]) / "sam/bin"
    path = f"{tools}:{os.environ['PATH']}"
    command = [tools / "sam", *arguments, "--config-file", CONFIG]
    environment = {**os.environ, "SAM_CLI_TELEMETRY": "0", "PATH": path, **environment}
    ran = subprocess.run(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if ran.returncode != 0:
        raise SystemExit(f"sam {arguments[0]} failed:\n{ran.stdout}")
    return ran.stdout


def build(folder):
    """Builds every function for this machine; answers the folder."""
    built = folder / "built"
    sam("build", "--build-dir", built, "--parameter-overrides", f"Architecture={ARCHITECTURE}", **QUICK)
    return built


class Stack:
    def __init__(self, emulator, built):
        self.emulator, self.built = emulator, built
        self.cloud = emulator.client("cloudformation")

    def deploy(self, origin):
        parameters = {
            "PublicOrigin": origin,
            "SenderDomain": "harbour.example",
            "Architecture": ARCHITECTURE,
            "DeletionProtection": "false",
        }
        overrides = [f"{name}={value}" for name, value in parameters.items()]
        sam(
            "deploy", "--template-file", self.built / "template.yaml", "--no-fail-on-empty-changeset",
            "--parameter-overrides", *overrides, **self.emulator.environment(),
        )
        template = self.cloud.get_template(StackName=NAME, TemplateStage="Processed")["TemplateBody"]
        self.template = template["Resources"]
        found = self.cloud.list_stack_resources(StackName=NAME)["StackResourceSummaries"]
        self.names = {one["LogicalResourceId"]: one["PhysicalResourceId"] for one in found}
        self.outputs = {
            one["OutputKey"]: one["OutputValue"] for one in self.cloud.describe_stacks(StackName=NAME)["Stacks"][0]["Outputs"]
        }
        self.make_routes()
        self.widen_mail()

    def make_routes(self):
        """The emulator takes an HTTP API's stage and leaves the routes of its document out: they are made one by one."""
        gateway, api = self.emulator.client("apigatewayv2"), self.names["Api"]
        there = {route["RouteKey"] for route in gateway.get_routes(ApiId=api)["Items"]}
        functions = {}
        for path, methods in self.template["Api"]["Properties"]["Body"]["paths"].items():
            (method,) = methods.values()
            uri = method["x-amazon-apigateway-integration"]["uri"]["Fn::Sub"]
            key = "$default" if path == "/$default" else f"ANY {path}"
            if key not in there:
                functions.setdefault(re.search(r"\$\{(\w+)\.Arn}", uri)[1], []).append(key)
        for function, keys in functions.items():
            integration = gateway.create_integration(
                ApiId=api, IntegrationType="AWS_PROXY", PayloadFormatVersion="2.0", IntegrationUri=self.function_arn(function)
            )
            for key in keys:
                gateway.create_route(ApiId=api, RouteKey=key, Target=f"integrations/{integration['IntegrationId']}")

    def widen_mail(self):
        """The emulator takes a mail for one from every identity at once: roles that may send from ours may do so there."""
        for function in self.functions():
            may = [(action, resource) for action, resource in statements(self.template, function) if resource == "identity"]
            if may:
                allowed = {"Effect": "Allow", "Action": [action for action, _ in may], "Resource": "*"}
                self.emulator.client("iam").put_role_policy(
                    RoleName=self.names[f"{function}Role"],
                    PolicyName="every-identity",
                    PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [allowed]}),
                )

    def delete(self):
        sam("delete", "--no-prompts", "--region", self.emulator.environment()["AWS_REGION"], **self.emulator.environment())
        left = [s for s in self.cloud.list_stacks()["StackSummaries"] if s["StackName"] == NAME and "DELETE" not in s["StackStatus"]]
        if left:
            raise SystemExit(f"the stack is still there: {left}")

    def of_type(self, kind):
        """The logical ids of the resources of a type."""
        return [name for name, resource in self.template.items() if resource["Type"] == kind]

    def functions(self):
        return self.of_type("AWS::Lambda::Function")

    def function_arn(self, function):
        client = self.emulator.client("lambda")
        return client.get_function_configuration(FunctionName=self.names[function])["FunctionArn"]

    def environment(self):
        """What a function is told, and the root user's keys instead of its role's."""
        function = self.emulator.client("lambda").get_function_configuration(FunctionName=self.names["SignIn"])
        return {**function["Environment"]["Variables"], **self.emulator.environment()}
