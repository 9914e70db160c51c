"""The bytes of src/custody/FORMAT.md and src/envelope/FORMAT.md, written from those pages: contexts, keys, HPKE (RFC 9180), envelopes,
documents, trees (RFC 6962) and checkpoints. Only Python's own library and the package `cryptography`."""

import base64
import hashlib
import hmac
import json
import struct

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

P = 2**255 - 19
ZERO_HASH = "0" * 64
SMALL_EXCHANGE = [
    "00" * 32, "01" + "00" * 31, "ec" + "ff" * 30 + "7f",
    "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
    "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
]
SMALL_SIGNING = SMALL_EXCHANGE[:3] + [
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
]


def random(name, length):
    """Bytes that look random and are the same in each run."""
    blocks = (hashlib.sha256(context("firmseal/custody-vectors/v1", name, str(i))).digest() for i in range(length // 32 + 1))
    return b"".join(blocks)[:length]


def uuid(name):
    data = bytearray(b"\x01\x9a\xb0\x0c" + random("uuid " + name, 12))
    data[6], data[8] = data[6] & 0x0F | 0x70, data[8] & 0x3F | 0x80
    text = data.hex()
    return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))


def context(*parts):
    return b"".join(struct.pack(">I", len(part.encode())) + part.encode() for part in parts)


def sha256(data):
    return hashlib.sha256(data).digest()


def b64(data):
    return base64.b64encode(data).decode()


def unb64(text):
    data = base64.b64decode(text, validate=True)
    if b64(data) != text:
        raise ValueError("another spelling of base64")
    return data


def number_text(value):
    """A number as ECMAScript writes it, which RFC 8785 requires."""
    if isinstance(value, int):
        return str(value)
    if value == 0:
        return "0"
    mantissa, _, exponent = repr(value).partition("e")
    power = int(exponent or 0)
    digits = mantissa.lstrip("-").replace(".", "")
    sign = "-" if value < 0 else ""
    if -7 < power < 0:
        return sign + "0." + "0" * (-power - 1) + digits
    if 0 < power < 21:
        return sign + digits.ljust(power + 1, "0")
    mantissa = mantissa.removesuffix(".0")
    return f"{mantissa}e{power:+d}" if power else mantissa


def canonical(value):
    """RFC 8785."""
    if isinstance(value, dict):
        keys = sorted(value, key=lambda key: key.encode("utf-16-be"))
        return "{" + ",".join(canonical(key) + ":" + canonical(value[key]) for key in keys) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ",".join(map(canonical, value)) + "]"
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return number_text(value)
    return json.dumps(value, ensure_ascii=False)


def expand(digest, prk, info, length):
    out, block = b"", b""
    while len(out) < length:
        block = hmac.new(prk, block + info + bytes([len(out) // digest().digest_size + 1]), digest).digest()
        out += block
    return out[:length]


def hkdf_bytes(key, info, length):
    return expand(hashlib.sha256, hmac.new(bytes(32), key, hashlib.sha256).digest(), info, length)


def hkdf(key, *parts):
    return hkdf_bytes(key, context(*parts), 32)


def exchange_public(private):
    return X25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw()


def signing_public(private):
    return Ed25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw()


def sign(private, data):
    return Ed25519PrivateKey.from_private_bytes(private).sign(data)


def verifies(public, signature, data):
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, data)
        return True
    except Exception:
        return False


def refused_exchange(key):
    return key.hex() in SMALL_EXCHANGE or int.from_bytes(key, "little") >= P


def refused_signing(key):
    """Also a key that is not a point: x² = (y² - 1) / (d y² + 1) has no solution."""
    y = int.from_bytes(key, "little") & (2**255 - 1)
    if y >= P or y.to_bytes(32, "little").hex() in SMALL_SIGNING:
        return True
    d = -121665 * pow(121666, -1, P) % P
    square = (y * y - 1) * pow(d * y * y + 1, -1, P) % P
    return pow(square, (P - 1) // 2, P) != 1


def exchange_product(private, public):
    """The shared secret of RFC 7748; None if it is zero."""
    try:
        return X25519PrivateKey.from_private_bytes(private).exchange(X25519PublicKey.from_public_bytes(public))
    except ValueError:
        return None


# HPKE, RFC 9180, base mode: KEM 0x0020, KDF 0x0001, AEAD 0x0002.
KEM_SUITE = b"KEM" + struct.pack(">H", 0x20)
HPKE_SUITE = b"HPKE" + struct.pack(">HHH", 0x20, 1, 2)


def labeled_extract(suite, salt, label, ikm):
    return hmac.new(salt or bytes(32), b"HPKE-v1" + suite + label + ikm, hashlib.sha256).digest()


def labeled_expand(suite, prk, label, info, length):
    return expand(hashlib.sha256, prk, struct.pack(">H", length) + b"HPKE-v1" + suite + label + info, length)


def hpke_cipher(shared, enc, recipient, info):
    prk = labeled_extract(KEM_SUITE, b"", b"eae_prk", shared)
    secret = labeled_expand(KEM_SUITE, prk, b"shared_secret", enc + recipient, 32)
    ids = labeled_extract(HPKE_SUITE, b"", b"psk_id_hash", b"")
    schedule = b"\0" + ids + labeled_extract(HPKE_SUITE, b"", b"info_hash", info)
    prk = labeled_extract(HPKE_SUITE, secret, b"secret", b"")
    key = labeled_expand(HPKE_SUITE, prk, b"key", schedule, 32)
    return AESGCM(key), labeled_expand(HPKE_SUITE, prk, b"base_nonce", schedule, 12)


def hpke_seal(ephemeral, recipient, info, aad, plaintext):
    enc = exchange_public(ephemeral)
    cipher, nonce = hpke_cipher(exchange_product(ephemeral, recipient), enc, recipient, info)
    return enc + cipher.encrypt(nonce, plaintext, aad)


def hpke_open(private, sealed, info, aad):
    shared = exchange_product(private, sealed[:32])
    if shared is None:
        raise ValueError("the product is zero")
    cipher, nonce = hpke_cipher(shared, sealed[:32], exchange_public(private), info)
    return cipher.decrypt(nonce, sealed[32:], aad)


def firm_tag(firm):
    return sha256(firm.encode())[:4]


def key_commitment(data_key, firm, class_, version):
    return hkdf(data_key, "firmseal/key-commitment/v1", firm, class_, str(version))


def record_key(data_key, firm, class_, table, row, generation):
    return hkdf(data_key, "firmseal/record-key/v2", firm, class_, table, row, str(generation))


def message_key(thread_key, message):
    return hkdf(thread_key, "firmseal/thread-message-key/v1", message)


def record_commitment(key):
    return hkdf(key, "firmseal/record-commitment/v1")


def has_text(scalar, is_list):
    return scalar in ("String", "ID", "Enum") and not is_list


def payload(scalar, is_list, pad, value):
    kind, data = (1, value.encode()) if has_text(scalar, is_list) else (2, canonical(value).encode())
    if pad == 0:
        return bytes([kind]) + data
    plain = bytes([kind | 0x80]) + struct.pack(">I", len(data)) + data
    return plain + bytes(-len(plain) % pad)


def seal(key, where, version, generation, nonce, plain):
    """`where` is firm, class, table, column and row."""
    header = b"\xf5\x02" + struct.pack(">I", version) + firm_tag(where[0]) + struct.pack(">I", generation) + record_commitment(key)
    return header + nonce + AESGCM(key).encrypt(nonce, plain, header + context("firmseal/field/v1", *where))


def opens(key, where, version, generation, is_text, envelope):
    """Whether the envelope opens to a payload of text or of JSON, for exactly this version and generation."""
    header = b"\xf5\x02" + struct.pack(">I", version) + firm_tag(where[0]) + struct.pack(">I", generation) + record_commitment(key)
    if len(envelope) < 75 or envelope[:46] != header:
        return False
    try:
        plain = AESGCM(key).decrypt(envelope[46:58], envelope[58:], header + context("firmseal/field/v1", *where))
    except Exception:
        return False
    if plain[0] & 0x80:
        length = struct.unpack(">I", plain[1:5])[0] if len(plain) >= 5 else len(plain)
        if length > len(plain) - 5 or any(plain[5 + length:]):
            return False
        plain = bytes([plain[0] & 0x7F]) + plain[5:5 + length]
    try:
        text = plain[1:].decode()
        return plain[0] == 1 if is_text else plain[0] == 2 and json.loads(text) is not None
    except ValueError:
        return False


def document(key, firm, document_id, version_id, version, generation, salt, plain):
    header = b"FSDOC\x02\0\0" + struct.pack(">I", version) + firm_tag(firm) + struct.pack(">I", generation)
    ctx = header + context("firmseal/document/v1", firm, document_id, version_id)
    info = b"c2sp.org/chunked-encryption@v1+AEAD_AES_256_GCM\0" + salt + ctx
    keys = expand(hashlib.sha512, key, info, 76)
    base = int.from_bytes(keys[32:44], "big")
    out = header + salt + keys[44:]
    for k in range(len(plain) // 16384 + 1):
        out += AESGCM(keys[:32]).encrypt((base ^ k).to_bytes(12, "big"), plain[k * 16384:(k + 1) * 16384], None)
    return out


def tree_root(leaves):
    if not leaves:
        return sha256(b"")
    if len(leaves) == 1:
        return sha256(b"\0" + leaves[0])
    k = 1 << (len(leaves) - 1).bit_length() - 1
    return sha256(b"\1" + tree_root(leaves[:k]) + tree_root(leaves[k:]))


def checkpoint(private, origin, size, root, time):
    """A note with a signature and a cosignature/v1 of the same key, and the vkey of the signature."""
    text = f"{origin}\n{size}\n{b64(root)}\n"
    public = signing_public(private)

    def line(kind, signature):
        key_id = sha256(origin.encode() + b"\n" + kind + public)[:4]
        return f"\u2014 {origin} {b64(key_id + signature)}\n"

    stated = struct.pack(">Q", time) + sign(private, f"cosignature/v1\ntime {time}\n{text}".encode())
    vkey = f"{origin}+{sha256(origin.encode() + bytes([10, 1]) + public)[:4].hex()}+{b64(bytes([1]) + public)}"
    return text + "\n" + line(b"\1", sign(private, text.encode())) + line(b"\4", stated), vkey


CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def crockford(data, characters):
    """The first bits of `data`, five a character."""
    bits = int.from_bytes(data, "big") >> len(data) * 8 - characters * 5
    return "".join(CROCKFORD[bits >> 5 * (characters - 1 - i) & 31] for i in range(characters))


def grouped(text):
    return "-".join(text[i:i + 4] for i in range(0, len(text), 4))


def recovery_code(bits):
    """The 28 characters and the 32 of the code, for 18 bytes of which the last four bits are zero."""
    text = crockford(bits, 28)
    return text, text + crockford(sha256(context("firmseal/recovery-checksum/v1", text)), 4)


def recovery_keys(text, firm, person):
    keys = hkdf_bytes(text.encode(), context("firmseal/recovery-device/v1", firm, person), 64)
    return keys[:32], keys[32:]


def recovery_bits(name):
    data = random("recovery code of " + name, 18)
    return data[:17] + bytes([data[17] & 0xF0])
