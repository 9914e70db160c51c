"""Three more key logs of src/custody/FORMAT.md: a firm with one OWNER, a firm whose OWNERs hold shares, and a sub-log."""

from custody_v1_bytes import uuid
from custody_v1_firms import Device, Writer, record


def devices(*names):
    return [Device(name, name.split("-")[0]) for name in names]


def codes(w, *names):
    return [Device(name, name.split(" ")[0], "RECOVERY", w.firm) for name in names]


def one_owner():
    w = Writer("one owner", "firm two")
    d1, d2, d3, d4, e1 = devices("dora-1", "dora-2", "dora-3", "dora-4", "erin-1")
    dr, dr2 = codes(w, "dora code", "dora code 2")
    w.add(*w.begin(d1, "Dora Example"))
    w.add(*w.device(d2, d1))
    w.add(*w.key("NOTE", 1, d1))
    w.add(*w.recovery(d2, w.code(dr)))
    w.refuse("the second recovery.set of a firm with one OWNER has no agreement", "agreement is there exactly if needed",
             *w.recovery(d1, w.code(dr2)))
    kind, body, _ = move = w.custody("NOTE", "MOVING", d1)
    notice = {"body": body, "kind": kind}
    w.refuse("a notice is of a kind that needs no agreement", "form of body", "notice",
             {"body": w.key("NOTE", 2, d1)[1], "kind": "key.generate"}, d1)
    w.refuse("a notice has the body of another kind", "form of body", "notice", {"body": {"person": d1.person}, "kind": kind}, d1)
    first = w.add("notice", notice, d1)
    w.refuse("the notice has another body", "the same kind and body", *w.custody("NOTE", "FIRM", d1), agreement={"notice": first})
    w.refuse("the notice is no notice", "a notice", *move, agreement={"notice": first - 1})
    w.refuse("the notice is of an entry to come", "a notice", *move, agreement={"notice": first + 1})
    w.add(*w.member("member.add", e1, "Erin Example", d2))
    w.refuse("another device of the person has signed an entry since the notice", "no other device since the notice", *move,
             agreement={"notice": first})
    second = w.add("notice", notice, d1)
    w.add(*w.device(e1, d1))
    w.refuse("a MEMBER gives a notice", "an OWNER", "notice", notice, e1)
    w.add(*w.key("NOTE", 2, e1))
    w.add(*move, notice=second)
    w.add(*w.custody("NOTE", "PLATFORM", d1), dr)
    w.refuse("a notice supports a second entry", "no other agreement since", *move, agreement={"notice": second})
    w.refuse("an agreement of before the newest entry that needed one", "no other agreement since", *move,
             agreement=w.agree(kind, body, dr, len(w.log.texts) - 2))
    w.add(*w.custody("NOTE", "FIRM", d1), dr)
    w.refuse("a RECOVERY device that does not stand in the log agrees", "active device agrees", *w.custody("NOTE", "BACK", d1),
             agreed_by=dr2)
    w.add(*w.device(d3, dr))
    w.refuse("a device that the recovery revoked signs", "active device", *w.key("NOTE", 3, d2))
    w.refuse("a RECOVERY device that was used agrees to another kind", "a used RECOVERY device agrees to recovery.set",
             *w.custody("NOTE", "BACK", d3), agreed_by=dr)
    w.refuse("a RECOVERY device that was used adds a second device", "a RECOVERY device adds one device", *w.device(d4, dr))
    w.refuse("the RECOVERY device has signed an entry since it agreed", "voided by an entry", *w.recovery(d3, w.code(dr2)),
             agreement=w.agree(*w.recovery(d3, w.code(dr2))[:2], dr, len(w.log.texts) - 2))
    w.add(*w.recovery(d3, w.code(dr2)), dr)
    w.refuse("a RECOVERY device that was replaced agrees", "active device agrees", *w.custody("NOTE", "BACK", d3), agreed_by=dr)
    w.add(*w.key("NOTE", 3, d3))
    w.add("device.revoke", {"devices": [d3.id]}, d3)
    w.refuse("a device that has revoked itself signs", "active device", *w.key("NOTE", 4, d3))
    w.add(*w.device(d4, dr2))
    return w


def shares_of_owners():
    w = Writer("shares of owners", "firm three")
    f1, g1, g2, h1, i1 = devices("fay-1", "gus-1", "gus-2", "hal-1", "ivy-1")
    fr, fr2, fr3, gr, hr = codes(w, "fay code", "fay code 2", "fay owners", "gus code", "hal code")
    w.add(*w.begin(f1, "Fay Example"))
    w.add(*w.member("member.add", g1, "Gus Example", f1))
    w.add(*w.device(g1, f1))
    w.add(*w.recovery(f1, w.code(fr)))
    w.add(*w.owner(g1, [g1], f1), fr)
    w.add(*w.member("member.add", h1, "Hal Example", g1))
    w.add(*w.device(h1, g1))
    w.add(*w.key("NOTE", 1, f1))

    def owners(holders, k):
        return {"device": fr3.statement(w.firm, w.log.genesis), "holders": sorted(d.person for d in holders), "k": k, "way": "OWNERS"}
    w.refuse("a holder is a MEMBER", "holders are OWNERs", *w.recovery(f1, owners([g1, h1], 2)), agreed_by=g1)
    w.add(*w.owner(h1, [h1], g1), f1)
    for why, rule, ways in (
        ("the person is among the holders", "holders without the person", [owners([f1, g1, h1], 2)]),
        ("k is above the number of holders", "k of the holders", [owners([g1, h1], 3)]),
        ("k is 1", "form of body", [owners([g1, h1], 1)]),
        ("there is one holder", "form of body", [owners([g1], 1) | {"k": 2}]),
        ("the ways are in another order", "form of body", [owners([g1, h1], 2), w.code(fr2)]),
        ("the holders are not ascending", "form of body", [owners([], 2) | {"holders": sorted([g1.person, h1.person], reverse=True)}]),
        ("two ways have one RECOVERY device", "device stands once", [w.code(fr3), owners([g1, h1], 2)]),
    ):
        w.refuse(why, rule, *w.recovery(f1, *ways), agreed_by=h1)
    w.add(*w.recovery(f1, w.code(fr2), owners([g1, h1], 2)), h1)
    w.add(*w.key("NOTE", 2, f1))
    w.refuse("the last device of an OWNER without a way of recovery is revoked with the agreement of a third", "way of recovery",
             "device.revoke", {"devices": [g1.id]}, f1, agreed_by=h1)
    w.add(*w.recovery(g1, w.code(gr)), f1)
    w.add("device.revoke", {"devices": [g1.id]}, f1, h1)
    w.refuse("an OWNER adds a device of an OWNER who has none", "who adds a device", *w.device(g2, f1))
    w.add(*w.device(g2, gr))
    w.add(*w.key("NOTE", 3, g2))
    w.add("member.role", {"person": g1.person, "role": "MEMBER"}, h1, f1)
    w.refuse("the RECOVERY device of a person who is no longer an OWNER signs", "active device", *w.device(g1, gr))
    w.refuse("the RECOVERY device whose holder is no longer an OWNER signs", "active device", *w.device(Device("fay-2", "fay"), fr3))
    w.add(*w.key("NOTE", 4, g2))
    w.add("roles.classes", {"MEMBER": []}, f1)
    w.refuse("a MEMBER generates a key of a class that was taken from it", "entitled to the class", *w.key("NOTE", 5, g2))
    w.add(*w.key("NOTE", 5, h1))
    for n in range(2, 17):
        w.add(*w.device(Device(f"fay-{n}", "fay"), f1))
    w.refuse("a person has more than sixteen devices", "at most 16 devices", *w.device(Device("fay-17", "fay"), f1))
    w.add(*w.device(Device("fay-17", "fay"), fr2))
    w.add("member.remove", {"person": h1.person}, h1, Device("fay-17", "fay"))
    w.add(*w.member("member.add", i1, "Ivy Example", Device("fay-17", "fay")))
    return w


def sub_log():
    w = Writer("sub-log", "firm one", sub="sub-log")
    a1, a2, b1, c1, x1, x2, y1, z1 = devices("alice-1", "alice-2", "bob-1", "carol-1", "clara-1", "clara-2", "yves-1", "zoe-1")

    def add(kind, device, name, by):
        return w.add(kind, body(device, name), by)

    def body(device, name):
        return w.member("", device, name, a1)[1] | {"device": device.statement(w.firm, w.log.genesis)}
    begin, first, _ = w.begin(a1, "Alice Example", "sub-log")
    w.refuse("entry 0 of a sub-log lacks its id", "form of body", begin, {k: v for k, v in first.items() if k != "log"}, a1)
    w.refuse("entry 0 of a sub-log is that of a firm's log", "kind", *w.begin(a1, "Alice Example"))
    w.add(begin, first, a1)
    w.refuse("a statement of the firm's log stands in a sub-log", "device statement", "staff.add",
             body(b1, "Bob Example") | {"device": b1.statement(w.firm, "a" * 64)}, a1)
    w.refuse("a kind of the firm's log stands in a sub-log", "kind", *w.device(a2, a1))
    add("staff.add", b1, "Bob Example", a1)
    w.refuse("a client's device is of kind RECOVERY", "kind of device", "client.add",
             body(x1, "Clara Example") | {"device": x1.statement(w.firm, w.log.genesis, kind="RECOVERY")}, b1)
    add("client.add", x1, "Clara Example", b1)
    shared = [record("COMMUNICATION", "threads", "thread")]
    w.refuse("a client shares a record", "staff", "share.begin", {"records": shared}, x1)
    w.refuse("a share of a sub-log names the id of a log", "form of body", "share.begin", {"log": uuid("sub-log"), "records": shared}, a1)
    w.refuse("a share of a sub-log names a message", "form of body", "share.begin",
             {"records": [record("COMMUNICATION", "messages", "message")]}, a1)
    w.refuse("an entry of a sub-log has an agreement", "agreement is there exactly if needed", "share.begin", {"records": shared}, a1,
             agreed_by=b1)
    w.add("share.begin", {"records": shared}, a1)
    w.refuse("a client adds a device of another person", "staff, or the client for itself", "client.add", body(y1, "Yves Example"), x1)
    w.refuse("a client adds staff", "staff", "staff.add", body(z1, "Zoe Example"), x1)
    add("client.add", x2, "Clara Example", x1)
    add("client.add", y1, "Yves Example", a1)
    w.refuse("a client revokes a device of another person", "staff, or the client for itself", "client.revoke",
             {"devices": [y1.id]}, x1)
    w.refuse("a client revokes staff", "staff", "staff.revoke", {"devices": [a1.id]}, x1)
    w.refuse("client.revoke has a device of staff", "role of the devices", "client.revoke", {"devices": [b1.id]}, a1)
    w.add("client.revoke", {"devices": [x1.id]}, x2)
    w.refuse("a client's device that was revoked signs", "active device", "client.add",
             body(Device("clara-3", "clara"), "Clara Example"), x1)
    w.refuse("a client's device that was revoked is added again", "device stands once", "client.add", body(x1, "Clara Example"), x2)
    add("staff.add", c1, "Carol Example", b1)
    add("staff.add", a2, "Alice Example", a1)
    w.add("staff.revoke", {"devices": [c1.id]}, a2)
    w.refuse("staff that was revoked signs", "active device", "share.end", {"records": shared}, c1)
    w.refuse("a client ends a share", "staff", "share.end", {"records": shared}, x2)
    w.add("share.end", {"records": shared}, b1)
    return w
