import { DOCUMENT_HEADER_LENGTH, SALT_LENGTH } from '../envelope/index.ts';

const COMMITMENT = DOCUMENT_HEADER_LENGTH + SALT_LENGTH;

const UUID = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}';
const TAG = new RegExp(`^${UUID}$`);
const NAME = new RegExp(`^${UUID}/[0-9a-f]{32}$`);

/** Whether it is what an object can be deleted by: a lower-case UUID. */
export const isObjectTag = (tag: unknown): tag is string => typeof tag === 'string' && TAG.test(tag);

/** Whether it is an object's name, `<tag>/<32 hexadecimal digits>`: nothing in it means anything to a file system or in a URL. */
export const isObjectName = (name: unknown): name is string => typeof name === 'string' && NAME.test(name);

/**
 * The name of an object that begins with `start`, 72 bytes: its digits are the first half of the object's commitment, which a fresh salt
 * makes its own. Another object, be it of the same version, isn't of this name.
 */
export const nameOfObject = (tag: string, start: Uint8Array): string =>
	`${tag}/${Buffer.from(start.subarray(COMMITMENT, COMMITMENT + 16)).toString('hex')}`;

/** @param name An object's. */
export const tagOfObject = (name: string): string => name.slice(0, name.indexOf('/'));
