const UUID = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}';
const TAG = new RegExp(`^${UUID}$`);
const NAME = new RegExp(`^${UUID}/[0-9a-f]{32}$`);

/** Whether it is what an object can be deleted by: a lower-case UUID. */
export const isObjectTag = (tag: unknown): tag is string => typeof tag === 'string' && TAG.test(tag);

/** Whether it is an object's name, `<tag>/<32 hexadecimal digits>`: nothing in it means anything to a file system or in a URL. */
export const isObjectName = (name: unknown): name is string => typeof name === 'string' && NAME.test(name);

/** @param name An object's. */
export const tagOfObject = (name: string): string => name.slice(0, name.indexOf('/'));
