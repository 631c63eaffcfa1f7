"""Each role against everything there is: what its policy says is let through, all else is refused.

Asked with the role's own temporary credentials, of the services themselves, by calls that change nothing: they name items
that are not there, or hold conditions that can't be met. `refused` tells "you may not" from every other answer."""

from botocore.exceptions import ClientError

from .policies import statements

NOTHING = {"S": "NOTHING#proof"}


def prove(stack):
    asked = refused = 0
    for function in stack.functions():
        allowed = granted(stack, function)
        clients = as_role(stack, function)
        for action, resource, call in everything(stack, clients):
            asked += 1
            denied = is_refused(call)
            if denied == ((action, resource) in allowed):
                raise SystemExit(f"{function} {'may not' if denied else 'may'} {action} on {resource}, unlike its policy")
            refused += denied
    print(f"   {asked} calls, {refused} refused, each as the policies say", flush=True)


def granted(stack, function):
    """What the template's policy lets a function do: pairs of action and logical id (with the index, if it is one)."""
    return {(action, resource) for action, resource in statements(stack.template, function)}


def as_role(stack, function):
    sts = stack.emulator.client("sts")
    arn = stack.emulator.client("iam").get_role(RoleName=stack.names[f"{function}Role"])["Role"]["Arn"]
    credentials = sts.assume_role(RoleArn=arn, RoleSessionName="proof")["Credentials"]
    return {name: stack.emulator.client(name, credentials) for name in ("dynamodb", "secretsmanager", "sesv2", "sqs", "lambda")}


def everything(stack, clients):
    """Every action on every resource: what it is called, on what, and a call that tries it."""
    dynamodb = clients["dynamodb"]
    for table in stack.of_type("AWS::DynamoDB::Table"):
        properties, name = stack.template[table]["Properties"], stack.names[table]
        key = {one["AttributeName"]: NOTHING for one in properties["KeySchema"]}
        never = {"ConditionExpression": "attribute_exists(pk)"}
        query = {"KeyConditionExpression": "pk = :pk", "ExpressionAttributeValues": {":pk": NOTHING}}
        calls = {
            "GetItem": lambda t=name, k=key: dynamodb.get_item(TableName=t, Key=k),
            "BatchGetItem": lambda t=name, k=key: dynamodb.batch_get_item(RequestItems={t: {"Keys": [k]}}),
            "Query": lambda t=name, q=query: dynamodb.query(TableName=t, **q),
            "Scan": lambda t=name: dynamodb.scan(TableName=t, Limit=1),
            "PutItem": lambda t=name, k=key: dynamodb.put_item(TableName=t, Item=k, **never),
            "UpdateItem": lambda t=name, k=key: dynamodb.update_item(TableName=t, Key=k, **never),
            "DeleteItem": lambda t=name, k=key: dynamodb.delete_item(TableName=t, Key=k, **never),
            "BatchWriteItem": lambda t=name, k=key: dynamodb.batch_write_item(
                RequestItems={t: [{"DeleteRequest": {"Key": k}}]}
            ),
            "DescribeTable": lambda t=name: dynamodb.describe_table(TableName=t),
        }
        for action, call in calls.items():
            yield f"dynamodb:{action}", table, call
        for index in properties.get("GlobalSecondaryIndexes", []):
            hashed = index["KeySchema"][0]["AttributeName"]
            by_index = {"KeyConditionExpression": f"{hashed} = :it", "ExpressionAttributeValues": {":it": NOTHING}}
            call = lambda t=name, i=index["IndexName"], q=by_index: dynamodb.query(TableName=t, IndexName=i, **q)
            yield "dynamodb:Query", f"{table}/index/{index['IndexName']}", call
    secret = stack.outputs["KeysSecret"]
    yield "secretsmanager:GetSecretValue", "Keys", lambda: clients["secretsmanager"].get_secret_value(SecretId=secret)
    yield "secretsmanager:PutSecretValue", "Keys", lambda: clients["secretsmanager"].put_secret_value(
        SecretId=secret, SecretString="{}"
    )
    mail = {"Simple": {"Subject": {"Data": "proof"}, "Body": {"Text": {"Data": "proof"}}}}
    yield "ses:SendEmail", "identity", lambda: clients["sesv2"].send_email(
        FromEmailAddress="office@harbour.example", Destination={"ToAddresses": []}, Content=mail
    )
    queue = stack.names["DeadLetters"]
    yield "sqs:ReceiveMessage", "DeadLetters", lambda: clients["sqs"].receive_message(QueueUrl=queue)
    for function in stack.functions():
        yield "lambda:InvokeFunction", function, lambda f=function: clients["lambda"].invoke(
            FunctionName=stack.names[f], InvocationType="DryRun"
        )


def is_refused(call):
    try:
        call()
    except ClientError as error:
        return error.response["Error"]["Code"] in ("AccessDeniedException", "AccessDenied", "AccessDeniedFault")
    return False
