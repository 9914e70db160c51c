/** Whether the value is an id of ours: a UUID in lower case. In a path it can't lead elsewhere. */
export const isId = (value: unknown): value is string =>
	typeof value === 'string' && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(value);

/** Levels of nested objects and lists; no answer of ours has more. */
const DEEPEST = 64;

/** Whether every property named `id`, or ending in `Id` or `Ids`, is an id or null. False also if the answer is nested too deep. */
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
