/** Whether it is an id as all of ours are: a UUID in lower case, and so no way to elsewhere. */
export const isId = (value: unknown): value is string =>
	typeof value === 'string' && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(value);

/** Whether all in an answer is an id, or null, that is called one: `id`, and what ends with `Id` or `Ids`. */
export function hasOnlyIds(answer: unknown): boolean {
	if (typeof answer !== 'object' || answer === null) return true;
	if (Array.isArray(answer)) return answer.every(hasOnlyIds);
	return Object.entries(answer).every(([name, value]) =>
		/^id$|Ids?$/.test(name) ? [value].flat().every((each) => each === null || isId(each)) : hasOnlyIds(value),
	);
}
