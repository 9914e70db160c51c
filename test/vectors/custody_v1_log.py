"""The key log of src/custody/FORMAT.md, sections 2 and 4 to 6, written from that page: `Log.apply` takes one entry after another, and
raises `Refused` with the rule that an entry breaks."""

import datetime
import json
import re

from custody_v1_bytes import ZERO_HASH, canonical, context, refused_exchange, refused_signing, sha256, unb64, verifies

UUID = re.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
CUSTODY_MOVES = {"PLATFORM": ("MOVING", "FIRM"), "MOVING": ("FIRM", "PLATFORM"), "FIRM": ("BACK",), "BACK": ("PLATFORM", "MOVING")}
TWO_OWNERS = ("member.role", "recovery.set", "custody.set", "key.retire", "witness.policy", "release.trust")
NOTICED = TWO_OWNERS + ("member.remove", "device.revoke")


class Refused(Exception):
    pass


def need(condition, rule):
    if not condition:
        raise Refused(rule)


# The form of JSON: each check is a function of a value.

def is_int(low, high=2**53 - 1):
    return lambda value: type(value) is int and low <= value <= high


def is_like(pattern):
    expression = re.compile(pattern)
    return lambda value: isinstance(value, str) and bool(expression.fullmatch(value))


def is_one_of(*values):
    return lambda value: value in values


def is_base64(length):
    def check(value):
        try:
            return len(unb64(value)) == length
        except (TypeError, ValueError):
            return False
    return check


def is_object(**keys):
    return lambda value: isinstance(value, dict) and value.keys() == keys.keys() and all(keys[key](value[key]) for key in keys)


def is_ascending(check, low, high):
    def whole(value):
        if not isinstance(value, list) or not low <= len(value) <= high or not all(map(check, value)):
            return False
        keys = [item.encode() for item in value]
        return all(a < b for a, b in zip(keys, keys[1:]))
    return whole


def is_time(value):
    if not isinstance(value, str) or not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", value):
        return False
    try:
        return bool(datetime.datetime.fromisoformat(value[:-1]))
    except ValueError:
        return False


is_uuid, is_hash, is_class = is_like(UUID.pattern), is_like("[0-9a-f]{64}"), is_like("[A-Z][A-Z0-9_]{0,31}")
is_statement = is_object(exchange=is_base64(32), kind=is_one_of("DEVICE", "RECOVERY"), signature=is_base64(64), signing=is_base64(32))
is_record = is_object(**{"class": is_class, "row": is_uuid, "table": is_like("[_A-Za-z][_0-9A-Za-z]{0,62}")})
is_devices = is_ascending(is_hash, 1, 2**20)


def is_records(most):
    def check(value):
        if not isinstance(value, list) or not 1 <= len(value) <= most or not all(map(is_record, value)):
            return False
        keys = [(record["table"].encode(), record["row"].encode()) for record in value]
        return all(a < b for a, b in zip(keys, keys[1:])) and all(record["table"] != "messages" for record in value)
    return check


def is_ways(value):
    forms = {
        "CODE": is_object(device=is_statement, way=is_one_of("CODE")),
        "OWNERS": is_object(device=is_statement, holders=is_ascending(is_uuid, 2, 16), k=is_int(2, 16), way=is_one_of("OWNERS")),
    }
    names = [way.get("way") if isinstance(way, dict) else None for way in value] if isinstance(value, list) else None
    return names in ([], ["CODE"], ["OWNERS"], ["CODE", "OWNERS"]) and all(forms[way["way"]](way) for way in value)


def is_role(value):
    return is_object(devices=is_ascending(is_hash, 0, 2**20), person=is_uuid, role=is_one_of("OWNER"))(value) or is_object(
        person=is_uuid, role=is_one_of("MEMBER"))(value)


is_begin = {"installation": is_like("[a-z0-9][a-z0-9.-]{0,99}"), "name": is_hash, "person": is_uuid, "device": is_statement}
is_named = is_object(name=is_hash, person=is_uuid)
FIRM = {
    "firm.begin": is_object(**is_begin),
    "device.add": is_object(device=is_statement, person=is_uuid),
    "device.revoke": is_object(devices=is_devices),
    "member.add": is_named,
    "member.name": is_named,
    "member.role": is_role,
    "member.remove": is_object(person=is_uuid),
    "roles.classes": is_object(MEMBER=is_ascending(is_class, 0, 16)),
    "recovery.set": is_object(person=is_uuid, ways=is_ways),
    "key.generate": is_object(**{"class": is_class, "commitment": is_base64(32), "version": is_int(1, 2**31 - 1)}),
    "key.retire": is_object(**{"class": is_class, "version": is_int(1, 2**31 - 1)}),
    "custody.set": is_object(**{"class": is_class, "custody": is_one_of(*CUSTODY_MOVES)}),
    "share.begin": is_object(head=is_hash, log=is_uuid, records=is_records(1000), seq=is_int(0, 2**32 - 1)),
    "share.end": is_object(records=is_records(1000), share=is_uuid),
    "lease.grant": is_object(device=is_hash, hash=is_hash, lease=is_uuid, records=is_records(200)),
    "notice": lambda value: is_object(body=lambda _: True, kind=is_one_of(*NOTICED))(value) and FIRM[value["kind"]](value["body"]),
    "witness.policy": is_object(policy=lambda value: isinstance(value, str) and len(value.encode()) <= 8192),
    "release.trust": is_object(manifests=is_ascending(is_hash, 0, 2**20)),
}
is_added = is_object(device=is_statement, name=is_hash, person=is_uuid)
SUB_LOG = {
    "log.begin": is_object(log=is_uuid, **is_begin),
    "staff.add": is_added, "client.add": is_added,
    "staff.revoke": is_object(devices=is_devices), "client.revoke": is_object(devices=is_devices),
    "share.begin": is_object(records=is_records(1000)), "share.end": is_object(records=is_records(1000)),
}
ENTRY = {"v": is_one_of(1), "firm": is_uuid, "seq": is_int(0, 2**32 - 1), "prev": is_hash, "kind": is_like("[a-z.]+"),
         "body": lambda value: isinstance(value, dict), "device": is_hash, "time": is_time, "signature": is_base64(64)}
is_agreement = is_object(device=is_hash, head=is_hash, seq=is_int(0, 2**32 - 1), signature=is_base64(64))
is_notice = is_object(notice=is_int(0, 2**32 - 1))


def agreed_text(firm, genesis, kind, body, device, seq, head):
    return context("firmseal/key-log-agreement/v1", firm, genesis, kind, canonical(body), device, str(seq), head)


def device_id(statement):
    return sha256(unb64(statement["exchange"]) + unb64(statement["signing"])).hex()


class Log:
    def __init__(self, sub=False):
        self.sub, self.texts, self.hashes, self.entries = sub, [], [], []
        self.people, self.devices, self.classes, self.ways, self.generations = {}, {}, {}, {}, {}
        self.named, self.member_classes, self.needed = set(), None, []
        self.had_recovery = self.had_custody = False

    @property
    def genesis(self):
        return self.hashes[0] if self.hashes else ZERO_HASH

    @property
    def head(self):
        return self.hashes[-1] if self.hashes else ZERO_HASH

    def owners(self):
        return [person for person, role in self.people.items() if role == "OWNER"]

    def active(self, person, kind="DEVICE"):
        return [i for i, d in self.devices.items() if d["person"] == person and d["kind"] == kind and d["active"]]

    def entitled(self, device, class_):
        found = self.devices[device]
        role = self.people.get(found["person"]) if found["active"] else None
        return role == "OWNER" or role == "MEMBER" and (self.member_classes is None or class_ in self.member_classes)

    def add(self, statement, person, kind):
        need(statement["kind"] == kind, "kind of device")
        exchange, signing = unb64(statement["exchange"]), unb64(statement["signing"])
        need(not refused_exchange(exchange), "exchange key")
        need(not refused_signing(signing), "signing key")
        signed = context("firmseal/device/v1", self.firm, self.genesis, person, kind, statement["exchange"], statement["signing"])
        need(verifies(signing, unb64(statement["signature"]), signed), "device statement")
        i = device_id(statement)
        need(i not in self.devices, "device stands once")
        self.devices[i] = {"person": person, "kind": kind, "active": True, "signing": signing, "used": False}
        return i

    def apply(self, text):
        need(len(text.encode()) <= 65536, "size of entry")
        try:
            entry = json.loads(text)
        except ValueError:
            raise Refused("canonical JSON") from None
        need(canonical(entry) == text, "canonical JSON")
        keys = {key: check for key, check in ENTRY.items()}
        if "agreement" in entry:
            keys["agreement"] = lambda value: is_agreement(value) or is_notice(value)
        need(is_object(**keys)(entry), "form of entry")
        seq, kind, body = entry["seq"], entry["kind"], entry["body"]
        need(seq == len(self.texts), "seq")
        need(entry["prev"] == self.head, "prev")
        kinds = SUB_LOG if self.sub else FIRM
        need(kind in kinds, "kind")
        need((kind == ("log.begin" if self.sub else "firm.begin")) == (seq == 0), "begin is entry 0")
        need(kinds[kind](body), "form of body")
        if seq == 0:
            self.firm = entry["firm"]
            need(self.add(body["device"], body["person"], "DEVICE") == entry["device"], "signed by the device in the body")
            self.people[body["person"]] = "STAFF" if self.sub else "OWNER"
        need(entry["firm"] == self.firm, "firm")
        need(entry["device"] in self.devices, "unknown device")
        device = self.devices[entry["device"]]
        need(device["active"], "active device")
        signed = canonical({key: value for key, value in entry.items() if key != "signature"})
        need(verifies(device["signing"], unb64(entry["signature"]), context("firmseal/key-log/v1", signed)), "signature")
        needs = False
        if seq and self.sub:
            self.check_sub(kind, body, device)
        elif seq:
            self.check(kind, body, device, entry["device"])
            needs = self.needs(kind, body, device["person"])
        need(needs == ("agreement" in entry), "agreement is there exactly if needed")
        if needs:
            self.agree(entry, device)
        before = {(i, c) for i in self.devices for c in self.classes if self.entitled(i, c)}
        if seq:
            (self.effect_sub if self.sub else self.effect)(seq, kind, body, device)
        for i, c in before:
            if not self.entitled(i, c):
                for version in self.classes[c]["versions"].values():
                    version["stale"] = True
        self.texts.append(text)
        self.entries.append(entry)
        self.needed.append(needs)
        self.hashes.append(sha256(text.encode()).hex())

    def check(self, kind, body, device, own):
        person, role = device["person"], self.people.get(device["person"])
        owner = role == "OWNER" and device["kind"] == "DEVICE"
        if device["kind"] == "RECOVERY":
            need(kind == "device.add" and body["person"] == person, "what a RECOVERY device signs")
            need(not device["used"], "a RECOVERY device adds one device")
        whose = self.people.get(body.get("person"))
        if kind == "device.add":
            need(whose, "known person")
            mine = body["person"] == person
            need(mine or owner and whose == "MEMBER" and not self.active(body["person"]), "who adds a device")
            need(device["kind"] == "RECOVERY" or len(self.active(body["person"])) < 16, "at most 16 devices")
        elif kind == "device.revoke":
            found = [self.devices.get(i) for i in body["devices"]]
            need(all(d and d["active"] and d["kind"] == "DEVICE" for d in found), "active devices")
            need(len({d["person"] for d in found}) == 1, "devices of one person")
            of = found[0]["person"]
            need(owner or of == person, "who revokes")
            need(self.people[of] != "OWNER" or len(self.active(of)) > len(found) or self.ways.get(of), "way of recovery")
        elif kind in ("key.generate", "share.begin", "share.end"):
            for c in [body["class"]] if kind == "key.generate" else {record["class"] for record in body["records"]}:
                need(self.entitled(own, c), "entitled to the class")
        else:
            need(owner, "an OWNER")
        {"member.add": self.check_member, "member.name": self.check_member, "member.role": self.check_member,
         "member.remove": self.check_member, "recovery.set": self.check_recovery, "key.generate": self.check_key,
         "key.retire": self.check_key, "custody.set": self.check_custody}.get(kind, lambda *_: None)(kind, body, person)
        need(kind != "notice" or len(self.owners()) == 1, "notice with one OWNER")
        named = set(body["MEMBER"]) if kind == "roles.classes" else {body["class"]} if "class" in body else set()
        named |= {record["class"] for record in body.get("records", ())}
        need(len(self.named | named) <= 16, "at most 16 classes")
        self.named |= named

    def check_member(self, kind, body, _):
        role = self.people.get(body["person"])
        if kind == "member.add":
            need(role is None, "known person")
            need(len(self.people) < 1000, "at most 1,000 people")
            return
        need(role, "known person")
        if kind == "member.role" and body["role"] == "OWNER":
            need(body["devices"] == sorted(self.active(body["person"])), "all active devices")
        elif kind != "member.name":
            need(self.owners() != [body["person"]], "last OWNER")

    def check_recovery(self, _, body, person):
        need(body["person"] == person, "own recovery")
        for way in body["ways"]:
            if way["way"] == "OWNERS":
                need(person not in way["holders"], "holders without the person")
                need(all(self.people.get(holder) == "OWNER" for holder in way["holders"]), "holders are OWNERs")
                need(way["k"] <= len(way["holders"]), "k of the holders")

    def check_key(self, kind, body, person):
        known = self.classes.get(body["class"])
        newest = max(known["versions"]) if known else 0
        if kind == "key.retire":
            need(known and body["version"] in known["versions"], "known version")
            need(body["version"] != newest, "newest version")
            return
        is_owner = self.people[person] == "OWNER"
        need(known or is_owner, "an OWNER begins a class")
        need(body["version"] > newest, "next version")
        free = not known or is_owner and known["custody"] == "PLATFORM"
        need(free or body["version"] == newest + 1, "next version")

    def check_custody(self, _, body, __):
        known = self.classes.get(body["class"], {"custody": "PLATFORM", "versions": {}})
        need(body["custody"] in CUSTODY_MOVES[known["custody"]], "move of custody")
        if body["custody"] in ("MOVING", "FIRM"):
            need(any(not v["stale"] and not v["retired"] for v in known["versions"].values()), "usable version")
            for owner in self.owners():
                need(len(self.active(owner)) + len(self.ways.get(owner, ())) >= 2, "two ways for each OWNER")

    def needs(self, kind, body, person):
        if kind == "member.remove":
            return self.people[body["person"]] == "OWNER"
        if kind == "device.revoke":
            of = self.devices[body["devices"][0]]["person"]
            return self.people[of] == "OWNER" and of != person and len(self.active(of)) == len(body["devices"])
        if kind == "recovery.set" and len(self.owners()) == 1 and not self.had_recovery and not self.had_custody:
            return False
        return kind in TWO_OWNERS

    def agree(self, entry, device):
        agreement, one = entry["agreement"], len(self.owners()) == 1
        if "notice" in agreement:
            need(one, "notice with one OWNER")
            at = agreement["notice"]
            need(at < entry["seq"] and self.entries[at]["kind"] == "notice", "a notice")
            notice = self.entries[at]
            need(notice["body"] == {"body": entry["body"], "kind": entry["kind"]}, "the same kind and body")
            need(self.devices[notice["device"]]["person"] == device["person"], "notice by the same person")
            for seq in range(at + 1, entry["seq"]):
                other = self.entries[seq]["device"]
                same = self.devices[other]["person"] == device["person"]
                need(not same or other == notice["device"], "no other device since the notice")
                need(not self.needed[seq], "no other agreement since")
            return
        by = self.devices.get(agreement["device"])
        need(by and by["active"], "active device agrees")
        if one:
            need(by["kind"] == "RECOVERY" and by["person"] == device["person"], "the OWNER's RECOVERY device agrees")
            need(not by["used"] or entry["kind"] == "recovery.set", "a used RECOVERY device agrees to recovery.set")
        else:
            need(by["kind"] == "DEVICE" and self.people[by["person"]] == "OWNER", "an OWNER agrees")
            need(by["person"] != device["person"], "another OWNER agrees")
        at = agreement["seq"]
        need(at < entry["seq"] and self.hashes[at] == agreement["head"], "head of the agreement")
        for seq in range(at + 1, entry["seq"]):
            need(not self.needed[seq], "no other agreement since")
            need(self.entries[seq]["device"] != agreement["device"], "voided by an entry")
        signed = agreed_text(self.firm, self.genesis, entry["kind"], entry["body"], agreement["device"], at, agreement["head"])
        need(verifies(by["signing"], unb64(agreement["signature"]), signed), "signature of the agreement")

    def end_recovery(self, person):
        self.ways.pop(person, None)
        for i in self.active(person, "RECOVERY"):
            self.devices[i]["active"] = False

    def end_ownership(self, person):
        self.end_recovery(person)
        for other, ways in self.ways.items():
            for way in [way for way in ways if person in way.get("holders", ())]:
                ways.remove(way)
                self.devices[device_id(way["device"])]["active"] = False

    def effect(self, seq, kind, body, device):
        person = body.get("person")
        if kind == "device.add":
            if device["kind"] == "RECOVERY":
                device["used"] = True
                for i in self.active(person):
                    self.devices[i]["active"] = False
            self.add(body["device"], person, "DEVICE")
        elif kind == "device.revoke":
            for i in body["devices"]:
                self.devices[i]["active"] = False
        elif kind == "member.add":
            self.people[person] = "MEMBER"
        elif kind == "member.role":
            self.people[person] = body["role"]
            if body["role"] == "MEMBER":
                self.end_ownership(person)
        elif kind == "member.remove":
            self.end_ownership(person)
            del self.people[person]
            for i in self.active(person):
                self.devices[i]["active"] = False
        elif kind == "roles.classes":
            self.member_classes = body["MEMBER"]
        elif kind == "recovery.set":
            self.end_recovery(person)
            self.had_recovery = self.had_recovery or bool(body["ways"])
            self.ways[person] = [dict(way) for way in body["ways"]]
            for way in body["ways"]:
                self.add(way["device"], person, "RECOVERY")
        elif kind == "key.generate":
            known = self.classes.setdefault(body["class"], {"custody": "PLATFORM", "versions": {}})
            known["versions"][body["version"]] = {"stale": False, "retired": False}
        elif kind == "key.retire":
            self.classes[body["class"]]["versions"][body["version"]]["retired"] = True
        elif kind == "custody.set":
            self.classes[body["class"]]["custody"] = body["custody"]
            self.had_custody = True
        elif kind in ("share.end", "lease.grant"):
            for record in body["records"]:
                self.generations[f"{record['table']}/{record['row']}"] = seq

    def check_sub(self, kind, body, device):
        role = self.people[device["person"]]
        if kind in ("client.add", "client.revoke"):
            people = {body["person"]} if kind == "client.add" else {
                self.devices[i]["person"] for i in body["devices"] if i in self.devices}
            need(role == "STAFF" or people == {device["person"]}, "staff, or the client for itself")
        else:
            need(role == "STAFF", "staff")
        if kind.endswith(".revoke"):
            for i in body["devices"]:
                need(i in self.devices and self.devices[i]["active"], "active devices")
                need(self.people[self.devices[i]["person"]] == kind.split(".")[0].upper(), "role of the devices")

    def effect_sub(self, _, kind, body, __):
        if kind.endswith(".add"):
            role = kind.split(".")[0].upper()
            need(self.people.setdefault(body["person"], role) == role, "staff or client")
            self.add(body["device"], body["person"], "DEVICE")
        for i in body.get("devices", ()):
            self.devices[i]["active"] = False

    def state(self):
        return {
            "size": len(self.texts), "head": self.head, "people": self.people,
            "devices": {i: {key: d[key] for key in ("person", "kind", "active")} for i, d in self.devices.items()},
            "classes": {c: {"custody": k["custody"], "versions": {str(v): s for v, s in k["versions"].items()}}
                        for c, k in self.classes.items()},
            "generations": self.generations,
        }
