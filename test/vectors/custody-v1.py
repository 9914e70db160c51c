"""Makes custody-v1.json from the text of src/custody/FORMAT.md: python3 test/vectors/custody-v1.py

With --check it compares instead, and exits with 1 if the file differs. It needs Python's own library and the package `cryptography`. All
bytes that should be random come from SHA-256 of a label, so that each run makes the same file. It reads wraps, envelopes, stamps, recovery
codes and entries back, by the rules of the page, and stops if it accepts one to refuse, or refuses one to accept.
"""

import hashlib
import json
import pathlib
import sys

sys.dont_write_bytecode = True

from custody_v1_bytes import (AESGCM, CROCKFORD, P, SMALL_EXCHANGE, SMALL_SIGNING, b64, canonical, checkpoint, context, crockford,
                              document, exchange_product, grouped, has_text, hkdf_bytes, hpke_open, hpke_seal, key_commitment,
                              message_key, opens, payload, random, record_commitment, record_key, recovery_bits, recovery_code,
                              recovery_keys, refused_exchange, refused_signing, seal, sha256, sign, unb64, uuid, verifies)
from custody_v1_firms import Device, data_key, first_firm, name_hash
from custody_v1_log import is_base64, is_class, is_hash, is_int, is_like, is_object, is_one_of, is_uuid
from custody_v1_more_firms import one_owner, shares_of_owners, sub_log

FILE = pathlib.Path(__file__).with_name("custody-v1.json")
ABOUT = ("Made by custody-v1.py from the text of src/custody/FORMAT.md. Bytes are hexadecimal unless the format says base64. Objects of "
         "the format are given as their exact text. A refused entry comes after the entries 0 to `after` of its log; -1: it is entry 0.")
REVERSED = [("in another order of keys", lambda text: json.dumps(dict(reversed(json.loads(text).items())), separators=(",", ":"))),
            ("with a space", lambda text: text.replace('":', '": ', 1))]


def flip(data, at):
    data = bytearray(data)
    data[at] ^= 1
    return bytes(data)


def devices(w, by_name):
    firm, genesis = w.firm, w.log.genesis
    return [{
        "name": d.name, "firm": firm, "genesis": genesis, "person": d.person, "kind": d.kind, "exchangePrivate": d.exchange.hex(),
        "signingPrivate": d.signing.hex(), "exchangePublic": d.publics[0].hex(), "signingPublic": d.publics[1].hex(), "id": d.id,
        "statement": canonical(d.statement(firm, genesis)),
    } for d in by_name.values()]


def refused_keys():
    above = [(P + n).to_bytes(32, "little").hex() for n in (0, 1, 2, 9, 18)]
    signed = [key[:62] + f"{int(key[62:], 16) | 0x80:02x}" for key in SMALL_SIGNING + above]
    high = [key[:62] + f"{int(key[62:], 16) | 0x80:02x}" for key in SMALL_EXCHANGE + above + ["09" + "00" * 31]]
    keys = {"exchange": SMALL_EXCHANGE + above + high, "signing": SMALL_SIGNING + above + signed}
    for key in SMALL_EXCHANGE:
        assert exchange_product(bytes(31) + b"\x40", bytes.fromhex(key)) is None, key
    assert all(refused_exchange(bytes.fromhex(key)) for key in keys["exchange"])
    assert all(refused_signing(bytes.fromhex(key)) for key in keys["signing"])
    return keys


def data_keys(w):
    firm = w.firm
    pairs = [(c, v) for c, known in w.log.classes.items() for v in known["versions"]] + [("NOTE", 2**31 - 1)]
    return [{"firm": firm, "class": c, "version": v, "key": data_key(firm, c, v).hex(),
             "commitment": b64(key_commitment(data_key(firm, c, v), firm, c, v))} for c, v in pairs]


def wrap(firm, class_, version, recipient, wrapper, head, key, ephemeral, changes=()):
    info = context("firmseal/custody-wrap/v1", firm, class_, str(version), recipient.id)
    body = {"class": class_, "head": head, "recipient": recipient.id, "v": 1, "version": version, "wrapper": wrapper.id,
            "sealed": b64(hpke_seal(ephemeral, recipient.publics[0], info, bytes.fromhex(head), key))} | dict(changes)
    parts = (body["class"], str(body["version"]), body["recipient"], body["wrapper"], body["head"], body["sealed"])
    body["signature"] = b64(sign(wrapper.signing, context("firmseal/custody-wrap-sig/v1", firm, *parts)))
    return body


def open_wrap(text, firm, exchange, signing, commitment):
    """The data key, or None if the wrap is refused."""
    try:
        body = json.loads(text)
        keys = ["class", "head", "recipient", "sealed", "signature", "v", "version", "wrapper"]
        sealed, signature = unb64(body["sealed"]), unb64(body["signature"])
        assert canonical(body) == text and sorted(body) == keys and body["v"] == 1 and len(sealed) == 80
        parts = (firm, body["class"], str(body["version"]), body["recipient"])
        signed = context("firmseal/custody-wrap-sig/v1", *parts, body["wrapper"], body["head"], body["sealed"])
        assert verifies(signing, signature, signed) and not refused_signing(signing)
        key = hpke_open(exchange, sealed, context("firmseal/custody-wrap/v1", *parts), bytes.fromhex(body["head"]))
        assert key_commitment(key, firm, body["class"], body["version"]) == commitment
        return key
    except Exception:
        return None


def wraps(w, d):
    """Wraps of the first firm, each at an entry at which both devices are entitled, and wraps to refuse."""
    firm, good = w.firm, []
    for class_, version, recipient, wrapper, seq in (
        ("NOTE", 1, "alice-1", "alice-2", 7), ("NOTE", 1, "alice code", "alice-2", 8), ("NOTE", 2, "carol-1", "carol-1", 14),
        ("DOCUMENT", 3, "bob-1", "bob-1", 8), ("NOTE", 10, "alice code 2", "alice-3", 35),
    ):
        head, key = w.log.hashes[seq], data_key(firm, class_, version)
        ephemeral = random(f"ephemeral {class_} {version} {recipient}", 32)
        text = canonical(wrap(firm, class_, version, d[recipient], d[wrapper], head, key, ephemeral))
        assert open_wrap(text, firm, d[recipient].exchange, d[wrapper].publics[1], key_commitment(key, firm, class_, version)) == key
        good.append({"wrap": text, "firm": firm, "recipientExchangePrivate": d[recipient].exchange.hex(),
                     "wrapperSigningPublic": d[wrapper].publics[1].hex(), "dataKey": key.hex(), "ephemeralPrivate": ephemeral.hex()})
    return good, refused_wraps(w, d)


def refused_wraps(w, d):
    firm, refused = w.firm, []
    a1, a2, head, key, ephemeral = d["alice-1"], d["alice-2"], w.log.hashes[7], data_key(firm, "NOTE", 1), random("ephemeral", 32)

    def make(key=key, **changes):
        return wrap(firm, "NOTE", 1, a1, a2, head, key, ephemeral, changes)

    def refuse(why, body, firm=firm, to=a1.exchange, by=a2.publics[1]):
        text = body if isinstance(body, str) else canonical(body)
        commitment = key_commitment(key, w.firm, "NOTE", 1)
        assert open_wrap(text, firm, to, by, commitment) is None, why
        refused.append({"why": why, "wrap": text, "firm": firm, "recipientExchangePrivate": to.hex(), "wrapperSigningPublic": by.hex(),
                        "commitment": b64(commitment)})

    good = make()
    sealed, signature = unb64(good["sealed"]), unb64(good["signature"])
    for why, at in (("enc", 3), ("the ciphertext", 40), ("the tag", 79)):
        refuse(f"a bit of {why} differs", make(sealed=b64(flip(sealed, at))))
    refuse("enc is of small order", make(sealed=b64(bytes.fromhex(SMALL_EXCHANGE[3]) + sealed[32:])))
    refuse("sealed is a byte longer", make(sealed=b64(sealed + b"\0")))
    refuse("another data key is in it, which has another commitment", make(key=random("another key", 32)))
    refuse("the data key has 31 bytes", make(key=key[:31]))
    for name, value in (("class", "DOCUMENT"), ("version", 2), ("head", w.log.hashes[8]), ("recipient", a2.id)):
        refuse(f"{name} is not that of the HPKE", make(**{name: value}))
        refuse(f"{name} was changed after signing", good | {name: value})
    refuse("wrapper was changed after signing", good | {"wrapper": a1.id})
    refuse("v is 2", make(v=2))
    refuse("a key that is not listed", good | {"note": "x"})
    refuse("a key is missing", {name: value for name, value in good.items() if name != "wrapper"})
    refuse("a bit of the signature differs", good | {"signature": b64(flip(signature, 5))})
    refuse("the signature is of another device", good, by=a1.publics[1])
    refuse("the wrap is for another device", good, to=a2.exchange)
    refuse("the firm is another", good, firm=uuid("another firm"))
    refuse("sealed is base64 without padding", make(sealed=good["sealed"].rstrip("=")))
    for why, change in REVERSED:
        refuse("the JSON is " + why, change(canonical(good)))
    return refused


def record_wraps(w, d):
    """Wraps of record keys: of a thread to a client's device, of a leased record to an operator's."""
    out, firm = [], w.firm
    operator, client = Device("operator-1", "operator"), Device("clara-1", "clara")
    lease = uuid("lease") + "/" + hashlib.sha256(b"a request").hexdigest()
    for purpose, under, class_, table, row, version, generation, recipient, wrapper, seq in (
        ("SHARE", uuid("sub-log"), "COMMUNICATION", "threads", "thread", 1, 0, client, d["carol-1"], 20),
        ("LEASE", lease, "NOTE", "notes", "note", 7, 21, operator, d["bob-1"], 21),
    ):
        key, head = record_key(data_key(firm, class_, version), firm, class_, table, uuid(row), generation), w.log.hashes[seq]
        info = context("firmseal/record-wrap/v1", purpose, under, firm, class_, table, uuid(row), str(version), str(generation),
                       recipient.id)
        sealed = hpke_seal(random("ephemeral " + purpose, 32), recipient.publics[0], info, bytes.fromhex(head), key)
        body = {"class": class_, "commitment": b64(record_commitment(key)), "firm": firm, "generation": generation, "head": head,
                "purpose": purpose, "recipient": recipient.id, "row": uuid(row), "sealed": b64(sealed), "table": table, "under": under,
                "v": 1, "version": version, "wrapper": wrapper.id}
        body["signature"] = b64(sign(wrapper.signing, context("firmseal/record-wrap-sig/v1", canonical(body))))
        assert hpke_open(recipient.exchange, sealed, info, bytes.fromhex(head)) == key
        out.append({"wrap": canonical(body), "firm": firm, "recipientExchangePrivate": recipient.exchange.hex(),
                    "wrapperSigningPublic": wrapper.publics[1].hex(), "recordKey": key.hex(),
                    "ephemeralPrivate": random("ephemeral " + purpose, 32).hex()})
    return out


def record_keys(firm):
    out = []
    for class_, version, table, row, generation, messages in (
        ("NOTE", 7, "notes", "note", 0, []), ("NOTE", 7, "notes", "note", 21, []), ("DOCUMENT", 3, "document_versions", "version 1", 0, []),
        ("COMMUNICATION", 1, "threads", "thread", 2**32 - 1, ["message", "message 2"]),
    ):
        key = record_key(data_key(firm, class_, version), firm, class_, table, uuid(row), generation)
        out.append({"dataKey": data_key(firm, class_, version).hex(), "firm": firm, "class": class_, "table": table, "row": uuid(row),
                    "generation": generation, "recordKey": key.hex(), "commitment": record_commitment(key).hex(),
                    "messages": [{"id": uuid(m), "messageKey": message_key(key, uuid(m)).hex()} for m in messages]})
    return out


VALUES = [
    ("String", False, 0, ""), ("String", False, 64, ""), ("String", False, 0, "Privileged & confidential"),
    ("String", False, 256, "Zoë – “naïve” 日本語 🔏"), ("String", False, 1, "\ufeffmarked"),
    ("String", True, 32, ["a", None, "ü\n\"\\"]),
    ("ID", False, 0, "019ab00c-0000-7000-8000-000000000001"), ("Enum", False, 16, "HOURLY"),
    ("Int", False, 0, -2**31), ("Int", True, 0, []),
    ("Float", False, 16, 9007199254740991.0), ("Float", False, 0, 1.5e-7), ("Float", False, 0, -0.25), ("Boolean", False, 8, False),
    ("DateTime", False, 0, "2026-11-24T09:30:00.000Z"), ("Decimal", False, 32, "1200.00"), ("Decimal", True, 0, ["-0.10", None]),
    ("JSON", False, 128, {"b": [1, {"é": None}], "a": True, "": 1e-7, "€": "\u001f", "\ufb33": 1, "\U0001f512": 0}),
]


def envelopes(firm):
    good, key = [], data_key(firm, "NOTE", 7)

    def add(key, class_, table, row, version, generation, scalar, is_list, pad, value):
        where, nonce = (firm, class_, table, "body", row), random(f"nonce {len(good)}", 12)
        envelope = seal(key, where, version, generation, nonce, payload(scalar, is_list, pad, value))
        assert opens(key, where, version, generation, has_text(scalar, is_list), envelope)
        assert not pad or (len(envelope) - 74) % pad == 0
        good.append({"recordKey": key.hex(), "firm": firm, "class": class_, "table": table, "column": "body", "row": row,
                     "version": version, "generation": generation, "nonce": nonce.hex(), "type": {"scalar": scalar, "list": is_list},
                     "pad": pad, "value": value, "envelope": envelope.hex()})

    for n, value in enumerate(VALUES):
        row, generation = uuid(f"note {n}"), (0, 21, 2**32 - 1)[n % 3]
        add(record_key(key, firm, "NOTE", "notes", row, generation), "NOTE", "notes", row, 7, generation, *value)
    key, row = data_key(firm, "NOTE", 8), uuid("note")
    add(record_key(key, firm, "NOTE", "notes", row, 23), "NOTE", "notes", row, 8, 23, "String", False, 0, "After the lease.")
    thread = record_key(data_key(firm, "COMMUNICATION", 1), firm, "COMMUNICATION", "threads", uuid("thread"), 22)
    for message, value in (("message", "See the attached draft."), ("message 2", "")):
        add(message_key(thread, uuid(message)), "COMMUNICATION", "messages", uuid(message), 1, 22, "String", False, 64, value)
    return good, refused_envelopes(good[2], good[-2], thread)


def refused_envelopes(note, message, thread):
    """`note` is unpadded text. What differs from it is the reader's context, or the envelope."""
    refused, data = [], bytes.fromhex(note["envelope"])

    def refuse(why, envelope=None, at=note, **changes):
        given = {key: at[key] for key in at if key not in ("nonce", "pad", "value", "envelope")} | changes
        envelope = bytes.fromhex(at["envelope"]) if envelope is None else envelope
        where = tuple(given[key] for key in ("firm", "class", "table", "column", "row"))
        opened = opens(bytes.fromhex(given["recordKey"]), where, given["version"], given["generation"], True, envelope)
        assert not opened, why
        refused.append({"why": why} | given | {"envelope": envelope.hex()})

    for why, at in (("marker", 0), ("suite", 1), ("version", 5), ("firm tag", 6), ("generation", 13), ("commitment", 14), ("nonce", 46),
                    ("ciphertext", 58), ("tag", len(data) - 1)):
        refuse(f"a bit of the {why} differs", flip(data, at))
    refuse("the tag lacks its last byte", data[:-1])
    refuse("a byte follows the tag", data + b"\0")
    refuse("it has 74 bytes", data[:74])
    refuse("it is empty", b"")
    for name, value in (("firm", uuid("another firm")), ("class", "DOCUMENT"), ("table", "tasks"), ("column", "title"),
                        ("row", uuid("another row")), ("version", 8), ("generation", 0)):
        refuse(f"the reader asks for another {name}", **{name: value})
    refuse("the reader has another record key", recordKey=random("another record key", 32).hex())
    refuse("a message under the record key of its thread", at=message, recordKey=thread.hex())
    refuse("a message in the place of another", at=message, row=uuid("message 2"))
    other = random("another record key", 32)
    where = tuple(note[key] for key in ("firm", "class", "table", "column", "row"))
    forged = seal(other, where, note["version"], note["generation"], data[46:58], b"\1forged")
    refuse("the ciphertext and tag are of another key, the commitment is right", data[:46] + forged[46:])
    old = b"\xf5\x01" + data[2:10]
    old += data[46:58] + AESGCM(bytes.fromhex(note["recordKey"])).encrypt(data[46:58], b"\1old", old + context("firmseal/field/v1", *where))
    refuse("it is of suite 0x01", old)
    for why, plain in (
        ("empty", b""), ("of an unknown type", b"\4x"), ("JSON, where text was asked for", b"\2\"x\""),
        ("text that is not UTF-8", b"\1\xff"),
        ("padded with a length beyond its end", b"\x81\0\0\0\2x"), ("padded with a byte that is not zero", b"\x81\0\0\0\1x\1"),
        ("padded without a whole length", b"\x81\0\0"),
    ):
        sealed = seal(bytes.fromhex(note["recordKey"]), where, note["version"], note["generation"], data[46:58], plain)
        refuse("the payload is " + why, sealed)
    return refused


def documents(firm):
    out = []
    for n, length in enumerate((0, 1, 16383, 16384, 40000)):
        version_id, generation = uuid(f"version {n}"), (0, 21)[n % 2]
        key = record_key(data_key(firm, "DOCUMENT", 3), firm, "DOCUMENT", "document_versions", version_id, generation)
        salt = random(f"salt of document {n}", 24)
        made = document(key, firm, uuid("doc"), version_id, 3, generation, salt, bytes(i % 251 for i in range(length)))
        assert len(made) == 20 + 56 + length + 16 * (length // 16384 + 1)
        shown = {"object": made.hex()} if length < 1000 else {"sha256": hashlib.sha256(made).hexdigest(), "objectLength": len(made)}
        out.append({"recordKey": key.hex(), "firm": firm, "documentId": uuid("doc"), "versionId": version_id, "version": 3,
                    "generation": generation, "salt": salt.hex(), "plaintextPattern": {"length": length}} | shown)
    return out


def stamp(by, **values):
    body = {"v": 1, "revision": 1, "log": None, "origin": None, "device": by.id} | values
    body["signature"] = b64(sign(by.signing, context("firmseal/stamp/v1", canonical(body))))
    return body


is_stamp = is_object(
    v=is_one_of(1), firm=is_uuid, table=is_like("[_A-Za-z][_0-9A-Za-z]*"), row=is_uuid, revision=is_int(1), generation=is_int(0, 2**32 - 1),
    log=lambda value: value is None or is_uuid(value), head=is_hash, device=is_hash, signature=is_base64(64),
    columns=lambda value: isinstance(value, dict) and all(hash is None or is_base64(32)(hash) for hash in value.values()),
    origin=lambda value: value in (None, "PLATFORM") or is_hash(value), **{"class": is_class})


def accepts_stamp(text, public):
    body = json.loads(text)
    unsigned = canonical({key: value for key, value in body.items() if key != "signature"})
    return canonical(body) == text and is_stamp(body) and verifies(
        public, unb64(body["signature"]), context("firmseal/stamp/v1", unsigned))


def stamps(w, d, sub, sealed):
    """Stamps over the envelopes that were made before."""
    def columns(*items, **others):
        return {item["column"]: b64(sha256(bytes.fromhex(item["envelope"]))) for item in items} | others
    firm, out, clara = w.firm, [], Device("clara-1", "clara")
    base = {"firm": firm, "class": "NOTE", "table": "notes", "row": sealed[3]["row"], "generation": 0, "head": w.log.hashes[17]}
    for by, values in (
        (d["alice-1"], base | {"columns": columns(sealed[3], title=None)}),
        (d["bob-1"], base | {"row": uuid("note"), "columns": columns(sealed[-3]), "revision": 2, "origin": d["alice-1"].id,
                             "generation": 23, "head": w.log.hashes[25]}),
        (d["alice-1"], base | {"columns": {}, "revision": 2**53 - 1, "origin": "PLATFORM"}),
        (clara, {"firm": firm, "class": "COMMUNICATION", "table": "messages", "row": sealed[-2]["row"], "generation": 22,
                 "head": sub.log.hashes[3], "log": uuid("sub-log"), "columns": columns(sealed[-2])}),
    ):
        text = canonical(stamp(by, **values))
        assert accepts_stamp(text, by.publics[1])
        out.append({"stamp": text, "signingPublic": by.publics[1].hex(), "hash": sha256(text.encode()).hex()})
    return out, refused_stamps(d, base | {"columns": columns(sealed[3], title=None)})


def refused_stamps(d, base):
    by, refused = d["alice-1"], []

    def refuse(why, body, public=by.publics[1]):
        text = body if isinstance(body, str) else canonical(body)
        assert not accepts_stamp(text, public), why
        refused.append({"why": why, "stamp": text, "signingPublic": public.hex()})

    good = stamp(by, **base)
    for why, values in (
        ("v is 2", {"v": 2}), ("revision 0", {"revision": 0}), ("revision is text", {"revision": "1"}),
        ("generation 2^32", {"generation": 2**32}), ("a negative generation", {"generation": -1}),
        ("log is not a uuid", {"log": "sub-log"}), ("head is upper case", {"head": base["head"].upper()}),
        ("a hash of 31 bytes", {"columns": {"body": b64(bytes(31))}}), ("a hash is not text", {"columns": {"body": 1}}),
        ("columns is null", {"columns": None}), ("origin is neither PLATFORM nor a device", {"origin": "FIRM"}),
        ("a key that is not listed", {"note": "x"}), ("firm is not a uuid", {"firm": "firm"}),
    ):
        refuse(why, stamp(by, **base | values))
    for name, value in (("row", uuid("another row")), ("revision", 2), ("generation", 1), ("head", "0" * 64), ("columns", {})):
        refuse(f"{name} was changed after signing", good | {name: value})
    refuse("a key is missing", {key: value for key, value in good.items() if key != "origin"})
    refuse("a bit of the signature differs", good | {"signature": b64(flip(unb64(good["signature"]), 40))})
    refuse("the signature is of another device", good, d["bob-1"].publics[1])
    for why, change in REVERSED:
        refuse("the JSON is " + why, change(canonical(good)))
    return refused


def joining(w, d):
    out = []
    for n, (name, seq) in enumerate((("alice-2", 4), ("alice-3", 32))):
        device, firm, genesis, head = d[name], w.firm, w.log.genesis, w.log.hashes[seq]
        challenge, reveal = b64(random(f"challenge {n}", 32)), b64(random(f"reveal {n}", 32))
        commitment = sha256(context("firmseal/joining-commitment/v1", firm, device.person, device.id, reveal)).hex()
        digest = sha256(context("firmseal/joining-code/v1", firm, genesis, head, device.person, device.id, challenge, reveal))
        out.append({"firm": firm, "genesis": genesis, "head": head, "person": device.person, "device": device.id, "challenge": challenge,
                    "reveal": reveal, "commitment": commitment, "code": grouped(crockford(digest, 16))})
    return out


def safety_numbers(w, d):
    """`seq` is of the newest entry that counts: after the last key.generate too, it is that of the recovery.set before."""
    out, firm, genesis = [], w.firm, w.log.genesis
    newest = max(entry["seq"] for entry in w.log.entries if entry["kind"].split(".")[0] in ("device", "member") or
                 entry["kind"] in ("firm.begin", "recovery.set"))
    for seq, people in ((4, ("alice-1", "bob-1")), (newest, ("alice-1", "bob-1")), (newest, ("bob-1", "alice-1"))):
        ids, head = [d[name].person for name in people], w.log.hashes[seq]
        data = hashlib.sha512(context("firmseal/safety-number/v1", firm, genesis, str(seq), head, *sorted(ids))).digest()
        groups = [f"{int.from_bytes(data[5 * i:5 * i + 5], 'big') % 100_000:05}" for i in range(12)]
        out.append({"firm": firm, "genesis": genesis, "seq": seq, "head": head, "people": ids, "number": " ".join(groups)})
    return out


def accepts_code(shown):
    code = shown.replace("-", "").replace(" ", "").upper().replace("O", "0").replace("I", "1").replace("L", "1")
    checksum = crockford(sha256(context("firmseal/recovery-checksum/v1", code[:28])), 4)
    return len(code) == 32 and all(character in CROCKFORD for character in code) and code[28:] == checksum


def recovery_codes(w, d):
    out = []
    for name in ("alice code", "bob code"):
        bits, device = recovery_bits(name), d[name]
        text, code = recovery_code(bits)
        assert accepts_code(grouped(code)) and accepts_code(code.lower())
        assert recovery_keys(text, w.firm, device.person) == (device.exchange, device.signing)
        out.append({"firm": w.firm, "person": device.person, "randomBits": bits.hex(), "code": grouped(code),
                    "exchangePrivate": device.exchange.hex(), "signingPrivate": device.signing.hex(), "deviceId": device.id})
    code = recovery_code(recovery_bits("alice code"))[1]
    last = CROCKFORD[CROCKFORD.index(code[-1]) ^ 1]
    swapped = next(i for i in range(28) if code[i] != code[i + 1])
    refused = [
        ("the last character of the checksum differs", grouped(code[:-1] + last)),
        ("a character differs", grouped(CROCKFORD[CROCKFORD.index(code[0]) ^ 1] + code[1:])),
        ("two characters are swapped", grouped(code[:swapped] + code[swapped + 1] + code[swapped] + code[swapped + 2:])),
        ("a character is missing", grouped(code[:-1])), ("a character is too many", grouped(code + "0")),
        ("U is not in the alphabet", grouped("U" + code[1:])), ("it is empty", ""),
    ]
    for why, text in refused:
        assert not accepts_code(text), why
    return out, [{"why": why, "code": text} for why, text in refused]


def device_files(w, d):
    out = []
    for name, seq in (("alice-1", 0), ("alice-3", 33)):
        device, firm = d[name], w.firm
        text = canonical({"exchange": b64(device.exchange), "firm": firm, "genesis": w.log.genesis, "head": w.log.hashes[seq],
                          "kind": device.kind, "person": device.person, "seq": seq, "signing": b64(device.signing), "v": 1})
        prf, nonce = random("PRF of " + name, 32), random("nonce of " + name, 12)
        key = hkdf_bytes(prf, context("firmseal/device-unlock/v1", firm, device.person), 32)
        sealed = AESGCM(key).encrypt(nonce, text.encode(), context("firmseal/device-file/v1", firm, device.person))
        out.append({"firm": firm, "person": device.person, "json": text, "prfOutput": prf.hex(), "nonce": nonce.hex(),
                    "prfInput": sha256(context("firmseal/device-prf/v1", firm, device.person)).hex(), "file": (nonce + sealed).hex()})
    return out


def names(w, d):
    people = (("alice-1", "Alice Example"), ("bob-1", "Bob Example"), ("carol-1", "Zoë 日本語 🔏"))
    return [{"firm": w.firm, "person": d[device].person, "salt": b64(random("salt of " + name, 16)), "name": name,
             "hash": name_hash(w.firm, d[device].person, name)} for device, name in people]


def checkpoints(writers):
    out = []
    for n, w in enumerate(writers):
        vector, private, time = w.vector(), random(f"key of log {n}", 32), 1_795_512_600 + n
        note, vkey = checkpoint(private, w.origin, len(w.log.texts), bytes.fromhex(vector["treeRoot"]), time)
        out.append({"origin": w.origin, "size": len(w.log.texts), "root": vector["treeRoot"], "time": time,
                    "signingPrivate": private.hex(), "vkey": vkey, "note": note})
    return out


def make():
    sub = sub_log()
    w, d = first_firm(sub)
    writers = [w, one_owner(), shares_of_owners(), sub]
    good_wraps, bad_wraps = wraps(w, d)
    sealed, bad_sealed = envelopes(w.firm)
    good_stamps, bad_stamps = stamps(w, d, sub, sealed)
    codes, bad_codes = recovery_codes(w, d)
    vectors = {
        "devices": devices(w, d), "refusedKeys": refused_keys(), "dataKeys": data_keys(w), "wraps": good_wraps, "refusedWraps": bad_wraps,
        "recordWraps": record_wraps(w, d), "recordKeys": record_keys(w.firm), "envelopes": sealed, "refusedEnvelopes": bad_sealed,
        "documents": documents(w.firm), "stamps": good_stamps, "refusedStamps": bad_stamps, "joining": joining(w, d),
        "safetyNumbers": safety_numbers(w, d), "recoveryCodes": codes, "refusedRecoveryCodes": bad_codes,
        "deviceFiles": device_files(w, d), "names": names(w, d), "keyLogs": [writer.vector() for writer in writers],
        "refusedEntries": [refused for writer in writers for refused in writer.refused], "checkpoints": checkpoints(writers),
    }
    inputs = {"firm": w.firm, "people": {device.person: name.split("-")[0] for name, device in d.items() if "-" in name}}
    return written({"about": ABOUT, "inputs": inputs, "vectors": vectors})


def line(value):
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def written(whole):
    """One vector a line."""
    kinds = []
    for name, items in whole["vectors"].items():
        body = "[\n" + ",\n".join(map(line, items)) + "\n]" if isinstance(items, list) else line(items)
        kinds.append(f"{line(name)}:{body}")
    return (f'{{"about":{line(whole["about"])},\n"inputs":{line(whole["inputs"])},\n"vectors":{{\n' + ",\n".join(kinds) + "}}\n").encode()


if __name__ == "__main__":
    made = make()
    if "--check" not in sys.argv[1:]:
        FILE.write_bytes(made)
    elif not FILE.exists() or FILE.read_bytes() != made:
        sys.exit("custody-v1.json differs from what this program makes. Restore it, or change the program.")
