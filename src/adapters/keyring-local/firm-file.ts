import { createHmac, timingSafeEqual } from 'node:crypto';
import { encodeContext } from '../../envelope/index.ts';
import type { FirmKeys } from './firm-keys.ts';
import type { RootKeys } from './root-keys.ts';

/** Which file: a copy under another firm's, another generation's or another installation's name does not verify. */
export interface FirmFile {
	readonly firm: string;
	readonly generation: number;
}

const NEW_LINE = 0x0a;

/** One line of JSON, one line of base64: HMAC-SHA-256 of which file it is and of the first line's bytes. */
export function encodeFirmFile(root: RootKeys, file: FirmFile, keys: FirmKeys): Uint8Array {
	const body = Buffer.from(JSON.stringify(keys));
	return Buffer.concat([body, Buffer.from(`\n${macOf(root, file, body).toString('base64')}\n`)]);
}

/** null: not a byte of it can be trusted. */
export function decodeFirmFile(root: RootKeys, file: FirmFile, bytes: Buffer): FirmKeys | null {
	const end = bytes.indexOf(NEW_LINE);
	if (end < 0) return null;
	const body = bytes.subarray(0, end);
	const expected = Buffer.from(`${macOf(root, file, body).toString('base64')}\n`);
	const found = bytes.subarray(end + 1);
	if (found.length !== expected.length || !timingSafeEqual(found, expected)) return null;
	return JSON.parse(body.toString()) as FirmKeys;
}

function macOf(root: RootKeys, { firm, generation }: FirmFile, body: Uint8Array): Buffer {
	const context = encodeContext(['firmseal/local-keyring/file/v1', root.installation, firm, String(generation)]);
	return createHmac('sha256', root.mac).update(context).update(body).digest();
}
