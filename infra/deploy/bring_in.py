"""Brings settings and people, or an export of everything, into a stack, or writes that export: the local runner's own import,
with the stack's tables in place of its own."""

import argparse
import os
import pathlib
import subprocess

import boto3

HOUSE = pathlib.Path(__file__).resolve().parents[2] / "Cargo.toml"


def bring_in(session, stack, arguments):
    """Runs the import; `session` is a boto3 session with rights on the stack's tables and secret."""
    stacks, functions = session.client("cloudformation"), session.client("lambda")
    function = stacks.describe_stack_resource(StackName=stack, LogicalResourceId="SignIn")["StackResourceDetail"]
    told = functions.get_function_configuration(FunctionName=function["PhysicalResourceId"])["Environment"]["Variables"]
    keys = session.get_credentials().get_frozen_credentials()
    aws = {"AWS_REGION": session.region_name, "AWS_ACCESS_KEY_ID": keys.access_key, "AWS_SECRET_ACCESS_KEY": keys.secret_key}
    if keys.token:
        aws["AWS_SESSION_TOKEN"] = keys.token
    command = ["cargo", "run", "--quiet", "--locked", "--manifest-path", HOUSE, "--package", "vestibule", "--", "--deployed", *arguments]
    return subprocess.run(command, env={**os.environ, **told, **aws}).returncode


def main():
    parser = argparse.ArgumentParser(prog="infra/deploy/import", description="Brings settings and people into a stack.")
    parser.add_argument("--stack", default="vestibule")
    parser.add_argument("--settings", help="a JSON object of settings; organisation.email is the least there must be")
    parser.add_argument("--people", help="CSV or JSON lines, with the columns that README.md names")
    parser.add_argument("--source", help="the system that the file of people comes from, such as imis or keycloak")
    parser.add_argument("--restore", help="an export of everything, before anything else is in the stack")
    parser.add_argument("--export", help="the file that an export of everything is written to; nothing is brought in")
    given = parser.parse_args()
    options = {"--settings": given.settings, "--import": given.people, "--source": given.source,
               "--restore": given.restore, "--export": given.export}
    arguments = [word for option, value in options.items() if value for word in (option, value)]
    raise SystemExit(bring_in(boto3.Session(), given.stack, arguments))


if __name__ == "__main__":
    main()
