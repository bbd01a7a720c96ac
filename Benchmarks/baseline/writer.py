"""The older tools' way to send: a script that loads the key, signs, appends under a lock.

writer.py KEY DIRECTORY WIRE FROM TO SUBJECT BODY [COUNT [SYNC]]

Writes COUNT lines (1) in one process under one lock, each made durable unless SYNC is 0, and prints
lines a second when there are several.
"""

import base64
import datetime
import fcntl
import hashlib
import json
import os
import sys
import time

import nacl.signing


def canonical(message):
    text = json.dumps(message, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return text.encode()


def line_after(head, key, wire, sender, to, subject, body):
    pk = key.verify_key.encode()
    now = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    message = {
        "ack_required": False, "body": body, "correlation_id": now, "from": sender, "kind": 1202,
        "pk": pk.hex(), "prev": head["event_id"], "priority": "medium", "refs": [],
        "seq": head["seq"] + 1, "subject": subject, "timestamp": now, "to": [to],
        "type": "request", "v": 1, "wire": wire,
    }
    digest = hashlib.sha256(canonical(message)).digest()
    message["event_id"] = digest.hex()
    message["public_key_id"] = sender + ":" + hashlib.sha256(pk).hexdigest()[:8]
    message["signature"] = base64.b64encode(key.sign(digest).signature).decode()
    return message


def load(path):
    if not os.path.exists(path):
        return {"seq": 0, "event_id": "0" * 64}
    with open(path) as file:
        return json.load(file)


def save(head, path):
    with open(path + ".new", "w") as file:
        json.dump(head, file)
    os.rename(path + ".new", path)


def main():
    key_path, directory, wire, sender, to, subject, body = sys.argv[1:8]
    count = int(sys.argv[8]) if len(sys.argv) > 8 else 1
    syncs = len(sys.argv) <= 9 or sys.argv[9] != "0"
    start = time.monotonic()
    with open(key_path, "rb") as file:
        key = nacl.signing.SigningKey(file.read())
    head_path = os.path.join(directory, "head.json")
    with open(os.path.join(directory, "lock"), "a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        head = load(head_path)
        with open(os.path.join(directory, "log.jsonl"), "ab") as log:
            for _ in range(count):
                message = line_after(head, key, wire, sender, to, subject, body)
                log.write(canonical(message) + b"\n")
                log.flush()
                if syncs:
                    os.fsync(log.fileno())
                head = {"seq": message["seq"], "event_id": message["event_id"]}
        save(head, head_path)
    if count == 1:
        print(head["event_id"], "stored")
    else:
        print(count / (time.monotonic() - start))


main()
