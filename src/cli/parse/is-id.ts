/** Whether it is an id as all of ours are: a UUID in lower case, and so no way to elsewhere. */
export const isId = (value: unknown): value is string =>
	typeof value === 'string' && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(value);

/** Objects and lists within each other: more than any answer of ours has. */
const DEEPEST = 64;

/** Whether all in an answer is an id, or null, that is called one: `id`, and what ends with `Id` or `Ids`. false too for one that is too deep. */
export function hasOnlyIds(answer: unknown, deepest = DEEPEST): boolean {
	if (typeof answer !== 'object' || answer === null) return true;
	if (deepest === 0) return false;
	if (Array.isArray(answer)) return answer.every((each) => hasOnlyIds(each, deepest - 1));
	return Object.entries(answer).every(([name, value]) =>
		/^id$|Ids?$/.test(name)
			? [value].flat().every((each) => each === null || isId(each))
			: hasOnlyIds(value, deepest - 1),
	);
}
