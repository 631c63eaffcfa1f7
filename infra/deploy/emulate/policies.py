"""What the roles of the processed template may do."""


def statements(template, function):
    role = template[f"{function}Role"]["Properties"]
    for policy in role.get("Policies", []):
        for statement in policy["PolicyDocument"]["Statement"]:
            for action in listed(statement["Action"]):
                for resource in listed(statement["Resource"]):
                    yield action, named(resource)


def listed(value):
    return value if isinstance(value, list) else [value]


def named(resource):
    """A policy's resource as people call it: `OutboxTable`, `OutboxTable/index/queue`, `identity`."""
    if "Fn::GetAtt" in resource:
        return listed(resource["Fn::GetAtt"])[0].split(".")[0]
    text = resource["Fn::Sub"]
    if ":ses:" in text:
        return text.rsplit(":", 1)[1].split("/")[0]
    return text.replace("${", "").replace(".Arn}", "")


def table(template):
    """The operator's table: what each role may do, from the processed template."""
    functions = [name for name, resource in template.items() if resource["Type"] == "AWS::Lambda::Function"]
    lines = ["| function | may |", "| -- | -- |"]
    for function in functions:
        by_resource = {}
        for action, resource in statements(template, function):
            by_resource.setdefault(resource, []).append(action.split(":")[1])
        may = "; ".join(f"{resource}: {', '.join(actions)}" for resource, actions in by_resource.items())
        lines.append(f"| {function} | {may} |")
    return "\n".join(lines)
