import { encodeContext } from '../../envelope/index.ts';
import type { RecoveryWay } from './bodies.ts';
import { bytesOfBase64, hexOf, sha256Hex } from './bytes.ts';

type Statement = RecoveryWay['device'];

/** As hexadecimal, without the sign bit. FORMAT.md, section 2. */
const REFUSED_BY_BOTH = ['00'.repeat(32), `01${'00'.repeat(31)}`, `ec${'ff'.repeat(30)}7f`];
const REFUSED_EXCHANGE = [
	...REFUSED_BY_BOTH,
	'e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800',
	'5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157',
];
const REFUSED_SIGNING = [
	...REFUSED_BY_BOTH,
	'26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
	'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
];
/** Little-endian: 2^255 - 19, and the order of the group of Ed25519. */
const FIELD = `ed${'ff'.repeat(30)}7f`;
const ORDER = 'edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010';

/**
 * The id of the device, if the device itself signed the statement for this log and person, and its keys are none that section 2 refuses;
 * null otherwise.
 */
export async function deviceOfStatement(
	statement: Statement,
	of: { readonly firm: string; readonly genesis: string; readonly person: string },
): Promise<string | null> {
	const exchange = bytesOfBase64(statement.exchange);
	const signing = bytesOfBase64(statement.signing);
	if (isRefusedExchange(exchange) || isRefusedSigning(signing)) return null;
	const parts = ['firmseal/device/v1', of.firm, of.genesis, of.person, statement.kind];
	const message = encodeContext([...parts, statement.exchange, statement.signing]);
	if (!(await verifySignature(statement.signing, message, statement.signature))) return null;
	const both = new Uint8Array(64);
	both.set(exchange);
	both.set(signing, 32);
	return sha256Hex(both);
}

/** Whether an Ed25519 signature verifies, in canonical base64. It never does with a key that section 2 refuses. */
export async function verifySignature(signing: string, message: Uint8Array, signature: string): Promise<boolean> {
	const bytes = bytesOfBase64(signature);
	if (!isBelow(bytes.subarray(32), ORDER)) return false;
	const raw = bytesOfBase64(signing);
	if (isRefusedSigning(raw)) return false;
	const key = await crypto.subtle.importKey('raw', raw, 'Ed25519', false, ['verify']);
	return crypto.subtle.verify('Ed25519', key, bytes, message);
}

function isRefusedExchange(key: Uint8Array): boolean {
	return (key[31] as number) >= 0x80 || !isBelow(key, FIELD) || REFUSED_EXCHANGE.includes(hexOf(key));
}

function isRefusedSigning(key: Uint8Array): boolean {
	const unsigned = Uint8Array.from(key);
	unsigned[31] = (unsigned[31] as number) & 0x7f;
	return !isBelow(unsigned, FIELD) || REFUSED_SIGNING.includes(hexOf(unsigned));
}

/** Whether a little-endian number is below another, which is given in hexadecimal. Both are public. */
function isBelow(bytes: Uint8Array, limit: string): boolean {
	return hexOf(bytes.toReversed()) < hexOf(bytesOfHex(limit).reverse());
}

const bytesOfHex = (hex: string): Uint8Array =>
	Uint8Array.from({ length: hex.length / 2 }, (_, at) => Number.parseInt(hex.slice(2 * at, 2 * at + 2), 16));
