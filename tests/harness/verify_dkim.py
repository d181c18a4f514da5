# Judges every DKIM signature of the message on standard input with python3-dkim, keys by DNS from the server host:port of the first argument.
# Prints JSON: [{"domain", "selector", "pass", "comment"}]. Exit 3 when a module is missing.
import json
import sys

try:
    import dkim
    import dns.resolver
except ImportError as missing:
    print(missing, file=sys.stderr)
    sys.exit(3)

host, port = sys.argv[1].rsplit(":", 1)
resolver = dns.resolver.Resolver(configure=False)
resolver.nameservers = [host.strip("[]")]
resolver.port = int(port)
resolver.lifetime = 5


def look_up(name, timeout=5):
    text = name.decode("ascii") if isinstance(name, bytes) else name
    try:
        answer = resolver.resolve(text, "TXT")
    except dns.exception.DNSException:
        return None
    return b"".join(answer[0].strings)


message = sys.stdin.buffer.read()
signatures = [value for name, value in dkim.rfc822_parse(message)[0] if name.lower() == b"dkim-signature"]
verdicts = []
for index, signature in enumerate(signatures):
    tags = dkim.util.parse_tag_value(signature)
    comment = ""
    try:
        passed = dkim.DKIM(message).verify(idx=index, dnsfunc=look_up)
    except dkim.DKIMException as fault:
        passed, comment = False, str(fault)
    verdicts.append({"domain": tags[b"d"].decode(), "selector": tags[b"s"].decode(), "pass": bool(passed), "comment": comment})
print(json.dumps(verdicts))
