"""Makes django-v1.json: python3 test/vectors/django-v1.py > test/vectors/django-v1.json

What django-cryptography (1.0 to 2.0) and django-encrypted-model-fields (0.5 to 0.6) keep in a column, made with nothing but Python's own
pickle and the package `cryptography`, by what those libraries do: django-cryptography pickles the value, pads it, encrypts it with AES-CBC
under a key that PBKDF2 makes of Django's settings, and signs version, time, vector and ciphertext with SECRET_KEY; the other makes a text of
the value and a token of Fernet of that.
"""

import base64
import codecs
import datetime
import decimal
import hashlib
import json
import os
import pickle
import struct
import sys
import uuid
import zoneinfo

from cryptography.fernet import Fernet
from cryptography.hazmat.primitives import hashes, hmac, padding
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.kdf.pbkdf2 import PBKDF2HMAC

AT = 1_700_000_000
count = 0


def next_iv():
    global count
    count += 1
    return hashlib.sha256(b"iv %d" % count).digest()[:16]


KEYS = [
    {"secretKey": "test_key"},
    {"secretKey": "a, b \u00fc\u4f60", "cryptographyKey": "another", "salt": "nautobot-cryptography"},
    {"secretKey": "test_key", "fieldKey": base64.b64encode(bytes(range(16))).decode()},
]


def encryption_key(key):
    if "fieldKey" in key:
        return base64.b64decode(key["fieldKey"])
    kdf = PBKDF2HMAC(hashes.SHA256(), 32, key.get("salt", "django-cryptography").encode(), 30_000)
    return kdf.derive(key.get("cryptographyKey", key["secretKey"]).encode())


DERIVED = [encryption_key(key) for key in KEYS]


def frame(number, data):
    padder = padding.PKCS7(128).padder()
    iv = next_iv()
    encryptor = Cipher(algorithms.AES(DERIVED[number]), modes.CBC(iv)).encryptor()
    text = encryptor.update(padder.update(data) + padder.finalize()) + encryptor.finalize()
    signed = struct.pack(">cQ", b"\x80", AT) + iv + text
    signer = hmac.HMAC(KEYS[number]["secretKey"].encode(), hashes.SHA256())
    signer.update(signed)
    return (signed + signer.finalize()).hex()


UTC = datetime.timezone.utc
BERLIN = datetime.timezone(datetime.timedelta(hours=1))
NEWFOUNDLAND = datetime.timezone(-datetime.timedelta(hours=3, minutes=30), "NST")

VALUES = [
    ("String", "", ""),
    ("String", "hello", "hello"),
    ("String", "Grüße, 你好 👋\n\t", "Grüße, 你好 👋\n\t"),
    ("String", "x" * 300, "x" * 300),
    ("String", b"as bytes \xc3\xbc", "as bytes ü"),
    ("String", datetime.date(2026, 2, 28), "2026-02-28"),
    ("ID", "019b0000-0000-7000-8000-000000000000", "019b0000-0000-7000-8000-000000000000"),
    ("JSON", '{"a": [1, null, "\u00fc"]}', {"a": [1, None, "ü"]}),
    ("[String]", '["a", null]', ["a", None]),
    ("Boolean", True, True),
    ("Boolean", False, False),
    ("Int", 0, 0),
    ("Int", 255, 255),
    ("Int", 65_535, 65_535),
    ("Int", -1, -1),
    ("Int", 2**31 - 1, 2**31 - 1),
    ("Int", -(2**31), -(2**31)),
    ("Float", 1.5, 1.5),
    ("Float", -0.1, -0.1),
    ("Float", 2**40, 2**40),
    ("Decimal", decimal.Decimal("12.50"), "12.50"),
    ("Decimal", decimal.Decimal("-0.00"), "-0.00"),
    ("Decimal", decimal.Decimal("1E+3"), "1000"),
    ("Decimal", decimal.Decimal("-1.25E-7"), "-0.000000125"),
    ("Decimal", decimal.Decimal("0E-10"), "0.0000000000"),
    ("Decimal", 10**30, "1" + "0" * 30),
    ("DateTime", datetime.datetime(2026, 11, 29, 4, 5, 6, 789_123, UTC), "2026-11-29T04:05:06.789Z"),
    ("DateTime", datetime.datetime(2026, 1, 1, 0, 30, 0, 0, BERLIN), "2025-12-31T23:30:00.000Z"),
    ("DateTime", datetime.datetime(1969, 12, 31, 23, 59, 59, 999_999, NEWFOUNDLAND), "1970-01-01T03:29:59.999Z"),
    ("DateTime", datetime.datetime(2026, 11, 29, 4, 5, 6), "2026-11-29T04:05:06.000Z"),
    ("DateTime", datetime.datetime(2026, 10, 25, 2, 30, 0, 0, UTC, fold=1), "2026-10-25T02:30:00.000Z"),
    ("DateTime", datetime.datetime(1, 1, 1, 0, 0, 0, 0, UTC), "0001-01-01T00:00:00.000Z"),
    ("DateTime", datetime.datetime(2026, 11, 29, 4, 5, 6, 0, zoneinfo.ZoneInfo("UTC")), "2026-11-29T04:05:06.000Z"),
]


# Under pytz, which is not needed to say what it pickles as.
PYTZ = b"\x80\x03cdatetime\ndatetime\nq\x00C\n\x07\xea\x0b\x1d\x04\x05\x06\x00\x00\x00q\x01cpytz\n_UTC\nq\x02)Rq\x03\x86q\x04Rq\x05."

values = []
for index, (kind, value, answer) in enumerate(VALUES):
    for protocol in (2, 3, 4, 5):
        number = (index + protocol) % len(KEYS)
        stored = frame(number, pickle.dumps(value, protocol))
        values.append({"key": number, "protocol": protocol, "type": kind, "value": answer, "stored": stored})
values.append({"key": 0, "protocol": 3, "type": "DateTime", "value": "2026-11-29T04:05:06.000Z", "stored": frame(0, PYTZ)})


class Call:
    def __init__(self, *parts):
        self.parts = parts

    def __reduce__(self):
        return self.parts


class Text(str):
    pass


REFUSED = [
    ("runs a command", Call(os.system, ("id > /tmp/never",))),
    ("evaluates a text", Call(eval, ("1 + 1",))),
    ("imports and calls", Call(__import__, ("os",))),
    ("calls within a value", Call(datetime.timezone, (Call(eval, ("1",)),))),
    ("asks for another attribute", Call(getattr, (zoneinfo.ZoneInfo, "clear_cache"))),
    ("asks for the attribute of another class", Call(getattr, (decimal.Decimal, "_unpickle"))),
    ("is a codec of another name", Call(codecs.encode, ("x", "rot13"))),
    ("is a list", ["a"]),
    ("is a tuple", ("a", "b")),
    ("is a mapping", {"a": 1}),
    ("is a set", {1}),
    ("is a complex number", 1j),
    ("is a UUID", uuid.UUID(int=7)),
    ("is a time", datetime.time(1, 2)),
    ("is a length of time", datetime.timedelta(1)),
    ("is a zone", UTC),
    ("is a class", decimal.Decimal),
    ("is of a class derived of str", Text("x")),
    ("is at a place with a zone of its own", datetime.datetime(2026, 7, 1, tzinfo=zoneinfo.ZoneInfo("Europe/Berlin"))),
]
refused = [
    {"name": name, "protocol": protocol, "pickle": pickle.dumps(value, protocol).hex()}
    for name, value in REFUSED
    for protocol in (2, 4)
]
refused += [
    {"name": "is of protocol %d" % protocol, "protocol": protocol, "pickle": pickle.dumps("hello", protocol).hex()}
    for protocol in (0, 1)
]
BY_HAND = {
    "calls by INST": b"\x80\x02(S'id'\nios\nsystem\n.",
    "calls by OBJ": b"\x80\x02(cos\nsystem\nX\x02\x00\x00\x00ido.",
    "makes by NEWOBJ": b"\x80\x02cdatetime\ndatetime\n)\x81.",
    "sets by BUILD": b"\x80\x02cdecimal\nDecimal\nX\x01\x00\x00\x001\x85R}b.",
    "takes from the register of extensions": b"\x80\x02\x82\x01.",
    "refers to what is elsewhere": b"\x80\x02X\x01\x00\x00\x001Q.",
    "has another value behind it": b"\x80\x02NN.",
    "has bytes behind it": b"\x80\x02N.N",
    "has nothing": b"\x80\x02.",
    "ends before its end": b"\x80\x02N",
    "says a length that it has not": b"\x80\x04\x8d\xff\xff\xff\xff\xff\xff\xff\xffx.",
    "is longer than a value": b"\x80\x02N" + b"q\x00" * 500 + b".",
    "is deeper than a value": b"\x80\x02" + b"N" * 50 + b"\x85" * 40 + b".",
    "refers to itself": b"\x80\x02h\x00.",
    "has a text that is no Unicode": b"\x80\x02X\x01\x00\x00\x00\xff.",
    "has a day that is none": b"\x80\x03cdatetime\ndate\nC\x04\x07\xea\x02\x1e\x85R.",
    "has an hour that is none": b"\x80\x03cdatetime\ndatetime\nC\n\x07\xea\x01\x01\x18\x00\x00\x00\x00\x00\x85R.",
    "has a number that is none": b"\x80\x02cdecimal\nDecimal\nX\x04\x00\x00\x000x1f\x85R.",
    "names a prototype": b"\x80\x02c__proto__\nconstructor\n)R.",
}
refused += [{"name": name, "protocol": data[1], "pickle": data.hex()} for name, data in BY_HAND.items()]
for each in refused:
    each["stored"] = frame(0, bytes.fromhex(each["pickle"]))

NOT_HELD = [
    ("Int", "12"),
    ("Int", True),
    ("Int", 2**31),
    ("Int", b"\x01"),
    ("Boolean", 1),
    ("Float", float("nan")),
    ("Float", float("inf")),
    ("Float", decimal.Decimal("1.5")),
    ("Decimal", decimal.Decimal("NaN")),
    ("Decimal", decimal.Decimal("sNaN12")),
    ("Decimal", decimal.Decimal("-Infinity")),
    ("Decimal", decimal.Decimal("1E+999999")),
    ("Decimal", "1.5"),
    ("DateTime", datetime.date(2026, 2, 28)),
    ("DateTime", "2026-02-28"),
    ("String", 1),
    ("String", None),
    ("String", b"\xff\xfe"),
    ("JSON", "{"),
    ("JSON", 1),
]
not_held = [
    {"key": 0, "type": kind, "is": type(value).__name__, "stored": frame(0, pickle.dumps(value, 4))} for kind, value in NOT_HELD
]

FIELD_KEYS = [base64.urlsafe_b64encode(hashlib.sha256(b"field key %d" % n).digest()).decode() for n in (1, 2)]
TEXTS = [
    ("String", "", ""),
    ("String", "Grüße, 你好 👋", "Grüße, 你好 👋"),
    ("Boolean", "1", True),
    ("Boolean", "0", False),
    ("Int", "-42", -42),
    ("DateTime", str(datetime.datetime(2026, 11, 29, 4, 5, 6, 789_000, UTC)), "2026-11-29T04:05:06.789Z"),
    ("DateTime", str(datetime.datetime(2026, 11, 29, 4, 5, 6)), "2026-11-29T04:05:06.000Z"),
    ("String", str(datetime.date(2026, 2, 28)), "2026-02-28"),
]
tokens = [
    {
        "key": index % 2,
        "type": kind,
        "value": answer,
        "stored": text and Fernet(FIELD_KEYS[index % 2])._encrypt_from_parts(text.encode(), AT, next_iv()).decode(),
    }
    for index, (kind, text, answer) in enumerate(TEXTS)
]

json.dump(
    {
        "keys": KEYS,
        "derived": [key.hex() for key in DERIVED],
        "values": values,
        "refused": refused,
        "notHeld": not_held,
        "encryptedModelFields": {"keys": FIELD_KEYS, "values": tokens},
    },
    sys.stdout,
    indent="\t",
    ensure_ascii=False,
)
print()
