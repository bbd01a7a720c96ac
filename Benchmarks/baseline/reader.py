"""The older tools' way to read a log: every line parsed, the new ones checked one by one.

reader.py LOG [AFTER [LIMIT]]

Checks canonical form, id, signature and chain of the lines whose seq is above AFTER (0), of the
first LIMIT lines of the file, and prints the seconds it took and the number of lines checked.
"""

import base64
import hashlib
import json
import sys
import time

import nacl.signing

UNSIGNED = ("event_id", "public_key_id", "signature")


def canonical(message):
    text = json.dumps(message, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return text.encode()


def check(line, message, keys):
    if canonical(message) != line:
        raise ValueError("not canonical")
    signed = {key: value for key, value in message.items() if key not in UNSIGNED}
    digest = hashlib.sha256(canonical(signed)).digest()
    if digest.hex() != message["event_id"]:
        raise ValueError("another id")
    pk = message["pk"]
    if pk not in keys:
        keys[pk] = nacl.signing.VerifyKey(bytes.fromhex(pk))
    keys[pk].verify(digest, base64.b64decode(message["signature"]))


def main():
    after = int(sys.argv[2]) if len(sys.argv) > 2 else 0
    limit = int(sys.argv[3]) if len(sys.argv) > 3 else sys.maxsize
    start = time.monotonic()
    checked = 0
    keys = {}
    head = {"seq": 0, "event_id": "0" * 64}
    with open(sys.argv[1], "rb") as log:
        for number, line in enumerate(log, 1):
            if number > limit:
                break
            line = line.rstrip(b"\n")
            message = json.loads(line)
            if message["seq"] > after:
                if (message["seq"], message["prev"]) != (head["seq"] + 1, head["event_id"]):
                    raise ValueError("not linked")
                check(line, message, keys)
                checked += 1
            head = message
    print(time.monotonic() - start, checked)


main()
