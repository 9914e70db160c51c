import { FirmsealError } from '../errors.ts';
import { KEY_LENGTH } from './derive-keys.ts';
import type { KeyContext } from './keyring.ts';

const FIRM = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const KEY_CLASS = /^[A-Z][A-Z0-9_]{0,31}$/;
/** AWS KMS accepts only these; other services accept more. */
const GRANT_NAME = /^[A-Za-z0-9:/_-]{1,256}$/;

/** The limit of AWS KMS. */
const MAX_WRAPPED_BYTES = 6144;

function isFirm(firm: unknown): boolean {
	return typeof firm === 'string' && FIRM.test(firm);
}

export function isKeyClass(keyClass: unknown): boolean {
	return typeof keyClass === 'string' && KEY_CLASS.test(keyClass);
}

export function isGrantName(name: unknown): boolean {
	return typeof name === 'string' && GRANT_NAME.test(name);
}

export function isWrapped(wrapped: unknown): wrapped is Uint8Array {
	return wrapped instanceof Uint8Array && wrapped.length > 0 && wrapped.length <= MAX_WRAPPED_BYTES;
}

export function isDataKey(plaintext: unknown): plaintext is Uint8Array {
	return plaintext instanceof Uint8Array && plaintext.length === KEY_LENGTH && plaintext.some((byte) => byte !== 0);
}

export function assertFirm(firm: string): void {
	if (!isFirm(firm)) throw new FirmsealError('INTERNAL', 'The keyring needs the lower-case UUID of a firm.');
}

export function assertContext(context: KeyContext): void {
	assertFirm(context.firm);
	if (!isKeyClass(context.class)) {
		throw new FirmsealError('INTERNAL', 'A key class is at most 32 capital letters, digits and underscores.');
	}
}

export function assertWrappedInput(wrapped: Uint8Array): void {
	if (!isWrapped(wrapped)) {
		throw new FirmsealError('INTERNAL', `A wrapped data key is 1 to ${MAX_WRAPPED_BYTES} bytes.`);
	}
}

/** Refuses a key of zeros: it was overwritten too early, and values under it would never open again. */
export function assertPlaintext(plaintext: Uint8Array): void {
	if (!isDataKey(plaintext)) {
		throw new FirmsealError('INTERNAL', `A data key is ${KEY_LENGTH} bytes, not all zero.`);
	}
}

export function assertGrantName(name: string): void {
	if (!isGrantName(name)) {
		throw new FirmsealError('INTERNAL', 'A grant name is at most 256 letters, digits and : / _ -.');
	}
}

export function assertKeyName(name: string): void {
	if (!/^[\x21-\x7e]{1,2048}$/.test(name)) {
		throw new FirmsealError('BAD_USER_INPUT', 'Name the key by the id that the key service uses, such as its ARN.');
	}
}

export function assertDays(days: number): void {
	if (!Number.isInteger(days) || days < 7 || days > 30) {
		throw new FirmsealError('BAD_USER_INPUT', 'Give 7 to 30 whole days until the key is destroyed.');
	}
}
