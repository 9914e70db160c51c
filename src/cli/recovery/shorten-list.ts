/** The most names in one sentence. */
const MOST = 20;

/** Joins names for a sentence: if there are many, the first ones and how many more. `count` is the total if `names` lacks some. */
export function shortenList(names: readonly string[], count = names.length): string {
	const named = names.slice(0, MOST).join(', ');
	const more = count - Math.min(names.length, MOST);
	return more > 0 ? `${named} and ${more} more` : named;
}
