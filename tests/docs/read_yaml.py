"""Reads YAML files; writes every text in them whose key ends with .toml into FOLDER, and prints every name RELAY_...

    python3 read_yaml.py FOLDER FILE...
"""
import pathlib
import sys

import yaml


def visit(node, name, folder):
    if isinstance(node, dict):
        for key, value in node.items():
            if str(key).startswith("RELAY_"):
                print(key)
            if str(key).endswith(".toml") and isinstance(value, str):
                (folder / f"{len(list(folder.iterdir()))}-{key}").write_text(value)
            visit(value, key, folder)
    elif isinstance(node, list):
        for value in node:
            visit(value, name, folder)
    elif name == "name" and str(node).startswith("RELAY_"):
        print(node)


folder = pathlib.Path(sys.argv[1])
for path in sys.argv[2:]:
    with open(path, encoding="ascii") as file:
        for document in yaml.safe_load_all(file):
            visit(document, "", folder)
