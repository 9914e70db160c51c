"""Key logs of src/custody/FORMAT.md, sections 4 to 6: three firms and a sub-log, and entries that each break one rule."""

import copy
import datetime

from custody_v1_bytes import (ZERO_HASH, b64, canonical, context, exchange_public, key_commitment, random, recovery_bits, recovery_code,
                              recovery_keys, sha256, sign, signing_public, tree_root, uuid)
from custody_v1_log import Log, Refused, agreed_text

INSTALLATION = "vault.example"
BEGIN = datetime.datetime(2026, 11, 24, 9, 30)
IDENTITY = "01" + "00" * 31


class Device:
    """A device of a person. A RECOVERY device of the way CODE has the keys of its code."""

    def __init__(self, name, person, kind="DEVICE", firm=None):
        self.name, self.person, self.kind = name, uuid(person), kind
        self.exchange, self.signing = random("exchange " + name, 32), random("signing " + name, 32)
        if firm:
            self.exchange, self.signing = recovery_keys(recovery_code(recovery_bits(name))[0], firm, self.person)
        self.publics = exchange_public(self.exchange), signing_public(self.signing)

    @property
    def id(self):
        return sha256(b"".join(self.publics)).hex()

    def statement(self, firm, genesis, person=None, kind=None):
        exchange, signing = map(b64, self.publics)
        kind = kind or self.kind
        signed = context("firmseal/device/v1", firm, genesis, person or self.person, kind, exchange, signing)
        return {"exchange": exchange, "kind": kind, "signature": b64(sign(self.signing, signed)), "signing": signing}


def name_hash(firm, person, name):
    return sha256(context("firmseal/name/v1", firm, person, b64(random("salt of " + name, 16)), name)).hex()


def record(class_, table, row):
    return {"class": class_, "row": uuid(row), "table": table}


def data_key(firm, class_, version):
    return random(f"data key {firm} {class_} {version}", 32)


class Writer:
    """Writes a log, and checks that each refused entry breaks exactly the rule that it names."""

    def __init__(self, name, firm, sub=None):
        self.name, self.firm, self.log, self.refused = name, uuid(firm), Log(bool(sub)), []
        self.origin = f"{INSTALLATION}/firmseal/{self.firm}/keys" + (f"/{uuid(sub)}" if sub else "")

    def entry(self, kind, body, by, agreement=None, **changes):
        seq = len(self.log.texts)
        # The clock of one device is behind: the times of a log need not ascend.
        time = BEGIN + datetime.timedelta(minutes=seq * 7, milliseconds=seq * 101, hours=-3 if by.name == "bob-1" else 0)
        entry = {"v": 1, "firm": self.firm, "seq": seq, "prev": self.log.head, "kind": kind, "body": body, "device": by.id,
                 "time": time.isoformat(timespec="milliseconds") + "Z"}
        if agreement:
            entry["agreement"] = agreement
        signer = changes.pop("signer", by)
        entry |= changes
        entry["signature"] = b64(sign(signer.signing, context("firmseal/key-log/v1", canonical(entry))))
        return entry

    def add(self, kind, body, by, agreed_by=None, notice=None):
        agreement = self.agree(kind, body, agreed_by) if agreed_by else {"notice": notice} if notice is not None else None
        self.log.apply(canonical(self.entry(kind, body, by, agreement)))
        return len(self.log.texts) - 1

    def agree(self, kind, body, by, at=None, signer=None):
        at = len(self.log.texts) - 1 if at is None else at
        head = self.log.hashes[at]
        text = agreed_text(self.firm, self.log.genesis, kind, body, by.id, at, head)
        return {"device": by.id, "head": head, "seq": at, "signature": b64(sign((signer or by).signing, text))}

    def refuse(self, why, rule, kind, body, by, agreed_by=None, agreement=None, **changes):
        if agreed_by:
            agreement = self.agree(kind, body, agreed_by)
        self.refuse_text(why, rule, canonical(self.entry(kind, body, by, agreement, **changes)))

    def refuse_text(self, why, rule, text):
        try:
            copy.deepcopy(self.log).apply(text)
        except Refused as refusal:
            if str(refusal) != rule:
                raise AssertionError(f"{why}: refused for {refusal}, not for {rule}") from None
            self.refused.append({"why": why, "log": self.name, "after": len(self.log.texts) - 1, "entry": text})
            return
        raise AssertionError(f"{why}: accepted")

    def begin(self, device, name, sub=None):
        body = {"device": device.statement(self.firm, ZERO_HASH), "installation": INSTALLATION,
                "name": name_hash(self.firm, device.person, name), "person": device.person}
        kind = "firm.begin"
        if sub:
            kind, body["log"] = "log.begin", uuid(sub)
        return kind, body, device

    def device(self, device, by, **changes):
        """Arguments of a device.add."""
        return "device.add", {"device": device.statement(self.firm, self.log.genesis, **changes), "person": device.person}, by

    def member(self, kind, device, name, by):
        return kind, {"name": name_hash(self.firm, device.person, name), "person": device.person}, by

    def owner(self, person, devices, by):
        return "member.role", {"devices": sorted(d.id for d in devices), "person": person.person, "role": "OWNER"}, by

    def key(self, class_, version, by):
        commitment = b64(key_commitment(data_key(self.firm, class_, version), self.firm, class_, version))
        return "key.generate", {"class": class_, "commitment": commitment, "version": version}, by

    def custody(self, class_, custody, by):
        return "custody.set", {"class": class_, "custody": custody}, by

    def code(self, device, **changes):
        return {"device": device.statement(self.firm, self.log.genesis, **changes), "way": "CODE"}

    def recovery(self, by, *ways):
        return "recovery.set", {"person": by.person, "ways": list(ways)}, by

    def vector(self):
        log = self.log
        root = tree_root([text.encode() for text in log.texts])
        return {"name": self.name, "origin": self.origin, "head": log.head, "treeRoot": root.hex(), "hashes": log.hashes,
                "state": copy.deepcopy(log.state()), "entries": log.texts}


def begin_rules(w, a1, a2):
    kind, body, by = w.begin(a1, "Alice Example")
    w.refuse("entry 0 is not firm.begin", "begin is entry 0", *w.device(a1, a1))
    w.refuse("the statement of entry 0 is signed for another genesis", "device statement", kind,
             body | {"device": a1.statement(w.firm, "1" * 64)}, by)
    w.refuse("the device of entry 0 is of kind RECOVERY", "kind of device", kind,
             body | {"device": a1.statement(w.firm, ZERO_HASH, kind="RECOVERY")}, by)
    w.refuse("entry 0 is signed by another device than the one in it", "signed by the device in the body", kind, body, a2)
    w.refuse("entry 0 has a prev", "prev", kind, body, by, prev="1" * 64)
    w.refuse("the name of the installation has a slash", "form of body", kind, body | {"installation": "vault.example/x"}, by)
    w.add(kind, body, by)


def form_rules(w, a1, a2, stranger):
    kind, body, by = w.device(a2, a1)
    seq = len(w.log.texts)
    good = w.entry(kind, body, by)
    w.refuse("seq leaves one out", "seq", kind, body, by, seq=seq + 1)
    w.refuse("seq was there before", "seq", kind, body, by, seq=seq - 1)
    w.refuse("prev is the hash of another entry", "prev", kind, body, by, prev=ZERO_HASH)
    w.refuse("the firm is another", "firm", kind, body, by, firm=uuid("another firm"))
    w.refuse("v is 2", "form of entry", kind, body, by, v=2)
    w.refuse("the entry has a key that is not listed", "form of entry", kind, body, by, note="x")
    w.refuse("the time is a day that does not exist", "form of entry", kind, body, by, time="2026-02-30T09:30:00.000Z")
    w.refuse("the time has no milliseconds", "form of entry", kind, body, by, time="2026-11-24T09:30:00Z")
    w.refuse("the kind is unknown", "kind", "device.remove", body, by)
    w.refuse("the kind is of a sub-log", "kind", "staff.add", body | {"name": "0" * 64}, by)
    w.refuse("firm.begin stands a second time", "begin is entry 0", *w.begin(a2, "Alice Example"))
    w.refuse("the body lacks a key", "form of body", kind, {"device": body["device"]}, by)
    w.refuse("the body has a key that is not listed", "form of body", kind, body | {"role": "OWNER"}, by)
    w.refuse("a person is not a lower-case uuid", "form of body", kind, body | {"person": body["person"].upper()}, by)
    w.refuse("the signature is of another device", "signature", kind, body, by, signer=a2)
    w.refuse("the device is unknown", "unknown device", kind, body, stranger)
    changed = dict(good, time="2026-11-24T09:30:00.001Z")
    w.refuse_text("the time was changed after signing", "signature", canonical(changed))
    w.refuse_text("the JSON has a space", "canonical JSON", canonical(good).replace(",", ", ", 1))
    w.refuse_text("the JSON has a key twice", "canonical JSON", canonical(good).replace('"v":1}', '"v":1,"v":1}'))
    w.refuse_text("a number is written as 1.0", "canonical JSON", canonical(good).replace('"v":1}', '"v":1.0}'))
    # A base64 digit before == carries four bits that are not used. Other bits there are another spelling of the same bytes.
    text, digits = good["signature"], "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    other = text[:-3] + digits[digits.index(text[-3]) + 1] + "=="
    w.refuse_text("the signature is another spelling of the same bytes", "form of entry", canonical(dict(good, signature=other)))
    w.refuse_text("S of the signature is not below the order", "signature", canonical(dict(good, signature=malleable(text))))


def malleable(signature):
    """The same R, and S plus the group's order."""
    import base64
    data = base64.b64decode(signature)
    s = int.from_bytes(data[32:], "little") + 2**252 + 27742317777372353535851937790883648493
    return b64(data[:32] + s.to_bytes(32, "little"))


def device_rules(w, a1, a2, bob, stranger):
    """Before bob has a device."""
    def add(why, rule, statement, person=None):
        w.refuse(why, rule, "device.add", {"device": statement, "person": person or a2.person}, a1)
    genesis = w.log.genesis
    add("a statement has the genesis of another log", "device statement", a2.statement(w.firm, "a" * 64))
    add("a statement has 64 zeros as genesis after entry 0", "device statement", a2.statement(w.firm, ZERO_HASH))
    add("a statement is of another person", "device statement", a2.statement(w.firm, genesis, person=bob.person))
    add("a statement is of another firm", "device statement", a2.statement(uuid("another firm"), genesis))
    add("a device of kind RECOVERY is added by device.add", "kind of device", a2.statement(w.firm, genesis, kind="RECOVERY"))
    add("a device is there already", "device stands once", a1.statement(w.firm, genesis))
    add("the person is unknown", "known person", stranger.statement(w.firm, genesis), stranger.person)
    for why, rule, exchange in (
        ("the exchange key is of small order", "exchange key", IDENTITY),
        ("the exchange key is not below p", "exchange key", "f0" + "ff" * 30 + "7f"),
        ("the exchange key has its highest bit set", "exchange key", "09" + "00" * 30 + "80"),
    ):
        forged = Device("forged", "alice")
        forged.publics = bytes.fromhex(exchange), forged.publics[1]
        add(why, rule, forged.statement(w.firm, genesis))
    # Under the identity as the key, R = identity and S = 0 verify for every message. No x fits the second key.
    for why, key in (("the signing key is of small order", IDENTITY), ("the signing key is no point", "02" + "00" * 31)):
        statement = a2.statement(w.firm, genesis)
        statement |= {"signing": b64(bytes.fromhex(key)), "signature": b64(bytes.fromhex(IDENTITY) + bytes(32))}
        add(why, "signing key", statement)


def first_firm(sub):
    w = Writer("two owners", "firm one")
    a1, a2, a3, b1, b2, c1 = (Device(name, name.split("-")[0]) for name in ("alice-1", "alice-2", "alice-3", "bob-1", "bob-2", "carol-1"))
    ar, ar2, br = (Device(name, name.split(" ")[0], "RECOVERY", w.firm) for name in ("alice code", "alice code 2", "bob code"))
    stranger = Device("mallory-1", "mallory")
    begin_rules(w, a1, a2)
    form_rules(w, a1, a2, stranger)
    device_rules(w, a1, a2, b1, stranger)
    first_people(w, a1, a2, b1, ar, stranger)
    first_keys(w, a1, a2, b1, b2, c1, br)
    first_custody(w, a1, a2, b1, b2, c1, ar)
    first_shares(w, a1, b1, c1, sub)
    first_end(w, a1, a2, a3, b1, b2, c1, ar, ar2)
    return w, {d.name: d for d in (a1, a2, a3, b1, c1, ar, ar2, br)}


def first_people(w, a1, a2, b1, ar, stranger):
    w.refuse("the free recovery.set has an agreement", "agreement is there exactly if needed", *w.recovery(a1, w.code(ar)), agreed_by=a1)
    w.refuse("a way has a device of kind DEVICE", "kind of device", *w.recovery(a1, w.code(ar, kind="DEVICE")))
    w.refuse("the way CODE stands twice", "form of body", *w.recovery(a1, w.code(ar), w.code(a2, kind="RECOVERY")))
    w.add(*w.recovery(a1, w.code(ar)))
    w.refuse("a RECOVERY device signs another kind", "what a RECOVERY device signs", *w.member("member.add", b1, "Bob Example", ar))
    w.add(*w.member("member.add", b1, "Bob Example", a1))
    w.refuse("a person is added twice", "known person", *w.member("member.add", b1, "Bob Example", a1))
    w.refuse("a RECOVERY device adds a device of another person", "what a RECOVERY device signs", *w.device(b1, ar))
    w.refuse("a role is changed without an agreement", "agreement is there exactly if needed", *w.owner(b1, [], a1))
    w.add(*w.device(b1, a1))
    w.refuse("a MEMBER adds a person", "an OWNER", *w.member("member.add", stranger, "Mallory", b1))
    w.refuse("a MEMBER begins a class", "an OWNER begins a class", *w.key("NOTE", 1, b1))
    w.refuse("the devices of a new OWNER are not all of theirs", "all active devices", *w.owner(b1, [], a1), agreed_by=ar)
    w.refuse("the devices of a new OWNER have one that is not theirs", "all active devices", *w.owner(b1, [b1, a1], a1), agreed_by=ar)
    kind, body, _ = w.owner(b1, [b1], a1)
    w.refuse("the agreement is signed by another device", "signature of the agreement", kind, body, a1,
             agreement=w.agree(kind, body, ar, signer=a1))
    w.refuse("the agreement is to another body", "signature of the agreement", kind, body, a1,
             agreement=w.agree(kind, body | {"devices": []}, ar))
    w.refuse("the agreement names another head", "head of the agreement", kind, body, a1,
             agreement=w.agree(kind, body, ar) | {"head": w.log.genesis})
    w.refuse("in a log with one OWNER a device of kind DEVICE agrees", "the OWNER's RECOVERY device agrees", kind, body, a1, agreed_by=b1)
    w.refuse("the last OWNER becomes a MEMBER", "last OWNER", kind, {"person": a1.person, "role": "MEMBER"}, a1, agreed_by=ar)
    w.refuse("the last OWNER is removed", "last OWNER", "member.remove", {"person": a1.person}, a1, agreed_by=ar)
    w.add(kind, body, a1, ar)
    w.refuse("a notice stands in a log with two OWNERs", "notice with one OWNER", "notice", {"body": body, "kind": kind}, a1)
    w.refuse("an OWNER adds a device of another OWNER", "who adds a device", *w.device(Device("bob-9", "bob"), a1))
    w.add(*w.device(a2, a1))


def first_keys(w, a1, a2, b1, b2, c1, br):
    def classes(names):
        return "roles.classes", {"MEMBER": names}, a1
    w.refuse("classes are not ascending", "form of body", *classes(["NOTE", "COMMUNICATION"]))
    w.refuse("a class stands twice", "form of body", *classes(["NOTE", "NOTE"]))
    w.refuse("a class is not upper case", "form of body", *classes(["Note"]))
    w.add(*classes(["COMMUNICATION", "NOTE"]))
    w.refuse("the log names a class more than sixteen", "at most 16 classes", *classes([f"C{i:02}" for i in range(15)]))
    w.refuse("version 0", "form of body", *w.key("NOTE", 0, a2))
    w.refuse("version 2^31", "form of body", *w.key("NOTE", 2**31, a2))
    kind, body, _ = w.key("NOTE", 1, a2)
    w.refuse("a commitment of 31 bytes", "form of body", kind, body | {"commitment": b64(bytes(31))}, a2)
    w.add(kind, body, a2)
    w.add(*w.key("DOCUMENT", 3, b1))
    w.add(*w.member("member.add", c1, "Carol Example", b1))
    w.add(*w.device(c1, b1))
    w.refuse("an OWNER adds a device of a MEMBER who has one", "who adds a device", *w.device(Device("carol-2", "carol"), b1))
    w.add(*w.key("COMMUNICATION", 1, a1))
    w.refuse("a version stands twice", "next version", *w.key("NOTE", 1, a1))
    w.refuse("a MEMBER leaves a version out", "next version", *w.key("NOTE", 3, c1))
    w.refuse("a MEMBER generates a key of a class that it does not read", "entitled to the class", *w.key("DOCUMENT", 4, c1))
    w.add(*w.key("NOTE", 2, c1))
    w.add(*w.key("NOTE", 7, a1))
    w.refuse("a recovery.set after the first has no agreement", "agreement is there exactly if needed", *w.recovery(b1, w.code(br)))
    w.refuse("a recovery.set is for another person", "own recovery", "recovery.set", {"person": a1.person, "ways": []}, b1, agreed_by=a2)
    w.refuse("a MEMBER sets a way of recovery", "an OWNER", *w.recovery(c1), agreed_by=a2)
    w.refuse("the RECOVERY device that stands in the log is set again", "device stands once", *w.recovery(
        a1, w.code(Device("alice code", "alice", "RECOVERY", w.firm))), agreed_by=b1)
    w.refuse("an OWNER without a way of recovery revokes their last device", "way of recovery", "device.revoke", {"devices": [b1.id]}, b1)
    w.refuse("the last device of an OWNER without a way of recovery is revoked", "way of recovery", "device.revoke",
             {"devices": [b1.id]}, a1, agreed_by=b1)
    w.refuse("an OWNER has one device and no way of recovery when custody moves", "two ways for each OWNER",
             *w.custody("NOTE", "MOVING", a1), agreed_by=b1)
    w.add(*w.recovery(b1, w.code(br)), a1)


def first_custody(w, a1, a2, b1, b2, c1, ar):
    move = w.custody("NOTE", "MOVING", a1)
    w.refuse("custody moves without an agreement", "agreement is there exactly if needed", *move)
    w.refuse("a MEMBER moves custody", "an OWNER", *w.custody("NOTE", "MOVING", c1), agreed_by=b1)
    w.refuse("custody moves for a class without a version", "usable version", *w.custody("TIME", "FIRM", a1), agreed_by=b1)
    w.refuse("PLATFORM goes BACK", "move of custody", *w.custody("NOTE", "BACK", a1), agreed_by=b1)
    w.refuse("a custody that does not exist", "form of body", *w.custody("NOTE", "MINE", a1), agreed_by=b1)
    w.refuse("a device of the same person agrees", "another OWNER agrees", *move, agreed_by=a2)
    w.refuse("a MEMBER agrees", "an OWNER agrees", *move, agreed_by=c1)
    w.refuse("a RECOVERY device agrees in a log with two OWNERs", "an OWNER agrees", *w.custody("NOTE", "MOVING", b1), agreed_by=ar)
    old = w.agree(*move[:2], b1)
    w.refuse("an agreement is to another kind", "signature of the agreement", *move, agreement=w.agree("key.retire", move[1], b1))
    w.refuse("an agreement has a key more", "form of entry", *move, agreement=old | {"notice": 3})
    w.add(*w.member("member.name", c1, "Carol Renamed", a1))
    w.add(*w.member("member.name", c1, "Carol Example", b1))
    w.refuse("the device that agreed has signed an entry since", "voided by an entry", *move, agreement=old)
    w.add(*move, b1)
    later = w.custody("COMMUNICATION", "FIRM", a1)
    w.add(*w.custody("NOTE", "FIRM", b1), a2)
    third = w.custody("DOCUMENT", "FIRM", b1)
    unused = w.agree(*third[:2], a2)
    w.add(*later, b1)
    w.refuse("another entry has needed an agreement since", "no other agreement since", *third, agreement=unused)
    w.refuse("FIRM goes to PLATFORM", "move of custody", *w.custody("NOTE", "PLATFORM", a1), agreed_by=b1)
    w.refuse("an OWNER leaves a version out while the class is in FIRM", "next version", *w.key("NOTE", 9, a1))
    w.refuse("an entry that needs no agreement has one", "agreement is there exactly if needed", *w.device(b2, b1), agreed_by=a1)
    w.refuse("the version to retire is the newest", "newest version", "key.retire", {"class": "NOTE", "version": 7}, a1, agreed_by=b1)
    w.refuse("the version to retire is unknown", "known version", "key.retire", {"class": "NOTE", "version": 3}, a1, agreed_by=b1)
    w.refuse("a version is retired without an agreement", "agreement is there exactly if needed", "key.retire",
             {"class": "NOTE", "version": 1}, a1)


def first_shares(w, a1, b1, c1, sub):
    thread, note = record("COMMUNICATION", "threads", "thread"), record("NOTE", "notes", "note")
    file = record("DOCUMENT", "documents", "doc")
    begin = {"head": sub.log.hashes[3], "log": uuid("sub-log"), "records": [thread], "seq": 3}
    w.refuse("a share names a message", "form of body", "share.begin",
             begin | {"records": [record("COMMUNICATION", "messages", "message")]}, a1)
    w.refuse("records are not ascending by table", "form of body", "share.begin", begin | {"records": [thread, note]}, a1)
    w.refuse("a record stands twice", "form of body", "share.begin", begin | {"records": [thread, thread]}, a1)
    w.refuse("a share has no record", "form of body", "share.begin", begin | {"records": []}, a1)
    w.refuse("a MEMBER shares a record of a class that it does not read", "entitled to the class", "share.begin",
             begin | {"records": [file, thread]}, c1)
    large = sorted((record("NOTE", "notes", f"note {i}") for i in range(201)), key=lambda item: item["row"])
    w.add("share.begin", begin, c1)
    lease = {"device": Device("operator-1", "operator").id, "hash": sha256(b"a request").hex(), "lease": uuid("lease"),
             "records": [file, note]}
    w.refuse("a MEMBER grants a lease", "an OWNER", "lease.grant", lease, c1)
    w.refuse("a lease names 201 records", "form of body", "lease.grant", lease | {"records": large}, b1)
    w.add("lease.grant", lease, b1)
    w.refuse("a MEMBER ends the lease of a class that it does not read", "entitled to the class", "share.end",
             {"records": [file, note], "share": uuid("lease")}, c1)
    w.add("share.end", {"records": [thread], "share": uuid("sub-log")}, c1)
    w.add("share.end", {"records": [note], "share": uuid("lease")}, a1)


def first_end(w, a1, a2, a3, b1, b2, c1, ar, ar2):
    w.refuse("a MEMBER removes a person", "an OWNER", "member.remove", {"person": a1.person}, c1)
    w.refuse("an OWNER is removed without an agreement", "agreement is there exactly if needed", "member.remove", {"person": b1.person}, a1)
    w.refuse("a MEMBER revokes the device of another person", "who revokes", "device.revoke", {"devices": [a2.id]}, c1)
    w.refuse("devices of two persons are revoked", "devices of one person", "device.revoke", {"devices": sorted([a2.id, c1.id])}, a1)
    w.refuse("devices are not ascending", "form of body", "device.revoke", {"devices": sorted([a1.id, a2.id], reverse=True)}, a1)
    w.refuse("no device is revoked", "form of body", "device.revoke", {"devices": []}, a1)
    w.refuse("a RECOVERY device is revoked by device.revoke", "active devices", "device.revoke", {"devices": [ar.id]}, a1)
    w.refuse("the last device of another OWNER is revoked without an agreement", "agreement is there exactly if needed",
             "device.revoke", {"devices": [b1.id]}, a1)
    w.add("member.remove", {"person": c1.person}, a1)
    w.refuse("a person who was removed signs", "active device", *w.key("NOTE", 8, c1))
    w.add(*w.key("NOTE", 8, b1))
    w.add(*w.key("COMMUNICATION", 2, a1))
    w.add("key.retire", {"class": "NOTE", "version": 1}, a1, b1)
    w.refuse("a policy of 8,193 bytes", "form of body", "witness.policy", {"policy": "é" * 4096 + "x"}, b1, agreed_by=a1)
    w.add("witness.policy", {"policy": "log vault.example/firmseal+00000000+AAAA\nquorum none\n"}, b1, a1)
    manifests = sorted(sha256(f"manifest {i}".encode()).hex() for i in range(2))
    w.refuse("manifests are not ascending", "form of body", "release.trust", {"manifests": manifests[::-1]}, a1, agreed_by=b1)
    w.add("release.trust", {"manifests": manifests}, a1, b1)
    w.add("device.revoke", {"devices": [a2.id]}, a1)
    w.refuse("custody moves with a stale version only", "usable version", *w.custody("DOCUMENT", "MOVING", a1), agreed_by=b1)
    w.refuse("a revoked device signs", "active device", *w.key("NOTE", 9, a2))
    w.refuse("a revoked device agrees", "active device agrees", *w.custody("NOTE", "BACK", b1), agreed_by=a2)
    w.refuse("a device that was revoked is added again", "device stands once", *w.device(a2, a1))
    w.refuse("a device is revoked twice", "active devices", "device.revoke", {"devices": [a2.id]}, a1)
    w.add(*w.key("NOTE", 9, a1))
    w.add(*w.custody("COMMUNICATION", "BACK", a1), b1)
    w.add(*w.device(a3, ar))
    w.refuse("a device that the recovery revoked signs", "active device", *w.key("NOTE", 10, a1))
    w.refuse("a RECOVERY device adds a second device", "a RECOVERY device adds one device", *w.device(Device("alice-4", "alice"), ar))
    w.add(*w.recovery(a3, w.code(ar2)), b1)
    w.refuse("a RECOVERY device that was replaced adds a device", "active device", *w.device(Device("alice-4", "alice"), ar))
    w.add(*w.key("NOTE", 10, a3))
