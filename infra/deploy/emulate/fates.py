"""What SES would report of a mail that was sent, and whether it becomes the mail's fate. Nobody but SES may send its events
to EventBridge, so the template's rule is asked whether it takes such an event, and the function is given it."""

import json
from pathlib import Path


def prove(stack, origin):
    """Needs a mail that was sent."""
    origin.settle()
    dynamodb, table = stack.emulator.client("dynamodb"), stack.names["OutboxTable"]
    sent = next(item for item in dynamodb.scan(TableName=table)["Items"] if item.get("fate") == {"S": "sent"})
    event = json.loads(Path("events/mail-fate.json").read_text())
    event["detail"]["mail"]["tags"] = {
        "mail": [sent["pk"]["S"].removeprefix("MAIL#")],
        "ses:configuration-set": [stack.names["MailEvents"]],
    }
    bridge = stack.emulator.client("events")
    pattern = bridge.describe_rule(Name=stack.names["MailFateFates"])["EventPattern"]
    if not bridge.test_event_pattern(EventPattern=pattern, Event=json.dumps(event))["Result"]:
        raise SystemExit(f"the rule {pattern} does not take {event}")
    stack.emulator.client("lambda").invoke(FunctionName=stack.names["MailFate"], Payload=json.dumps(event))
    item = dynamodb.get_item(TableName=table, Key={"pk": sent["pk"]}, ConsistentRead=True)["Item"]
    if item["fate"] != {"S": "bounced"}:
        raise SystemExit(f"a bounce was reported, and the mail's fate is {item['fate']}")
    print("   a bounce became a mail's fate", flush=True)
