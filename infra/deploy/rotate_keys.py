"""Gives the secret of a stack a new key, and makes it the one that new values are made with.

In two steps, so that at no moment does one function use a key that another does not know: functions look at the secret
every five minutes. Older keys stay, for what was made with them: links, temporary passwords, sealed secrets."""

import argparse
import json
import secrets
import time

import boto3

# A little more than the time after which functions fetch the keys again.
KNOWN_EVERYWHERE = 330


def rotate(client, secret, wait=KNOWN_EVERYWHERE):
    """Adds a key, waits until every function knows it, makes it current. Answers its id."""
    keys = read(client, secret)
    numbers = [int(name[1:]) for name in keys if name[0] == "k" and name[1:].isdigit()]
    new = f"k{max(numbers, default=0) + 1}"
    write(client, secret, {**keys, new: secrets.token_urlsafe(48)})
    time.sleep(wait)
    write(client, secret, {**read(client, secret), "current": new})
    return new


def read(client, secret):
    return json.loads(client.get_secret_value(SecretId=secret)["SecretString"])


def write(client, secret, keys):
    client.put_secret_value(SecretId=secret, SecretString=json.dumps(keys))


def main():
    arguments = argparse.ArgumentParser(prog="infra/deploy/rotate-keys", description="Gives a stack a new key.")
    arguments.add_argument("stack", nargs="?", default="vestibule")
    stack = arguments.parse_args().stack
    outputs = boto3.client("cloudformation").describe_stacks(StackName=stack)["Stacks"][0]["Outputs"]
    secret = next(one["OutputValue"] for one in outputs if one["OutputKey"] == "KeysSecret")
    print(f"A new key is added; in {KNOWN_EVERYWHERE} seconds every function knows it, and it becomes the current one.")
    print(f"{rotate(boto3.client('secretsmanager'), secret)} is the current key now.")


if __name__ == "__main__":
    main()
