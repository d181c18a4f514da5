# What flufl.bounce finds in mails, for comparison with ours. Prints one JSON object. Exit code 3: it is not installed.
#   flufl_bounce.py own           its own test mails: {file: {"path", "expected": [address ...]}}
#   flufl_bounce.py scan FILE...  {file: {"temporary": [...], "permanent": [...]}}
import ast
import json
import os
import sys
from email import message_from_binary_file

try:
    import flufl.bounce
except ImportError:
    sys.exit(3)


def text(address):
    return address.decode('latin1') if isinstance(address, bytes) else address


def own():
    # The table is read, not imported: its module needs a test runner that nobody installs.
    package = os.path.dirname(flufl.bounce.__file__)
    found = {}
    try:
        source = open(os.path.join(package, 'testing', 'helpers.py'), encoding='utf-8').read()
    except OSError:
        sys.exit(3)
    for node in ast.parse(source).body:
        if isinstance(node, ast.Assign) and getattr(node.targets[0], 'id', '') == 'DATA':
            for _, name, expected, *_more in ast.literal_eval(node.value):
                row = found.setdefault(name, {'path': os.path.join(package, 'tests', 'data', name), 'expected': []})
                row['expected'] = sorted(set(row['expected']) | {text(address) for address in expected})
    return found


def scan(paths):
    found = {}
    for path in paths:
        with open(path, 'rb') as file:
            message = message_from_binary_file(file)
        try:
            temporary, permanent = flufl.bounce.all_failures(message)
        except Exception as fault:  # A detector may stumble over hostile bytes; that is an answer too.
            found[path] = {'fault': type(fault).__name__, 'temporary': [], 'permanent': []}
            continue
        found[path] = {'temporary': sorted(map(text, temporary)), 'permanent': sorted(map(text, permanent))}
    return found


print(json.dumps(own() if sys.argv[1] == 'own' else scan(sys.argv[2:])))
