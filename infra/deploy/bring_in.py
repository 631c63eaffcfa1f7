"""Brings settings and people into a stack: the local runner's own import, with the stack's tables in place of its own."""

import argparse
import os
import subprocess

import boto3


def bring_in(session, stack, arguments):
    """Runs the import; `session` is a boto3 session with rights on the stack's tables and secret."""
    stacks, functions = session.client("cloudformation"), session.client("lambda")
    function = stacks.describe_stack_resource(StackName=stack, LogicalResourceId="SignIn")["StackResourceDetail"]
    told = functions.get_function_configuration(FunctionName=function["PhysicalResourceId"])["Environment"]["Variables"]
    keys = session.get_credentials().get_frozen_credentials()
    aws = {"AWS_REGION": session.region_name, "AWS_ACCESS_KEY_ID": keys.access_key, "AWS_SECRET_ACCESS_KEY": keys.secret_key}
    if keys.token:
        aws["AWS_SESSION_TOKEN"] = keys.token
    command = ["cargo", "run", "--quiet", "--locked", "--package", "vestibule", "--", "--deployed", *arguments]
    return subprocess.run(command, env={**os.environ, **told, **aws}).returncode


def main():
    parser = argparse.ArgumentParser(prog="infra/deploy/import", description="Brings settings and people into a stack.")
    parser.add_argument("--stack", default="vestibule")
    parser.add_argument("--settings", help="a JSON object of settings; organisation.email is the least there must be")
    parser.add_argument("--people", help="CSV or JSON lines, with the columns that README.md names")
    parser.add_argument("--source", help="the system that the file of people comes from, such as imis or keycloak")
    given = parser.parse_args()
    arguments = [*(["--settings", given.settings] if given.settings else []), *(["--import", given.people] if given.people else [])]
    arguments += ["--source", given.source] if given.source else []
    raise SystemExit(bring_in(boto3.Session(), given.stack, arguments))


if __name__ == "__main__":
    main()
