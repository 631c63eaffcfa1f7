"""The operator's page: its table of what each role may do is the template's."""

from pathlib import Path

from .policies import table

PAGE = Path("infra/operating.md")


def prove(stack):
    made = table(stack.template)
    if made not in PAGE.read_text():
        raise SystemExit(f"{PAGE} shows another table than the template makes:\n{made}")
