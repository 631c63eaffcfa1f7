"""The product held against its own description by somebody else's tool."""
