import { DOCUMENT_HEADER_LENGTH, SALT_LENGTH } from '../envelope/index.ts';

const COMMITMENT = DOCUMENT_HEADER_LENGTH + SALT_LENGTH;

const UUID = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}';
const TAG = new RegExp(`^${UUID}$`);
const NAME = new RegExp(`^${UUID}/[0-9a-f]{32}$`);

/** Whether this is a lower-case UUID, by which objects can be deleted. */
export const isObjectTag = (tag: unknown): tag is string => typeof tag === 'string' && TAG.test(tag);

/** Whether this is an object's name, `<tag>/<32 hexadecimal digits>`. Such a name has no special meaning in a file system or a URL. */
export const isObjectName = (name: unknown): name is string => typeof name === 'string' && NAME.test(name);

/**
 * The name of the object that begins with `start`, 72 bytes. The digits are the first half of the object's commitment, which is unique because
 * of its random salt. No other object matches this name, not even one of the same version.
 */
export const nameOfObject = (tag: string, start: Uint8Array): string =>
	`${tag}/${Buffer.from(start.subarray(COMMITMENT, COMMITMENT + 16)).toString('hex')}`;

/** @param name The name of an object. */
export const tagOfObject = (name: string): string => name.slice(0, name.indexOf('/'));
