/** Whether it is an id as all of ours are: a UUID in lower case, and so no way to elsewhere. */
export const isId = (value: unknown): value is string =>
	typeof value === 'string' && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(value);
