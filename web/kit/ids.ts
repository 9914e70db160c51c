const ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** True for an id as the API writes it. */
export const isId = (text: string): boolean => ID.test(text);

/** True if each part that the address names is an id. The others have a number or * instead of a name. */
export const hasIds = (parts: Readonly<Record<string, string | undefined>>): boolean =>
	Object.entries(parts).every(([name, part]) => !/^[a-z]/i.test(name) || part === undefined || isId(part));
