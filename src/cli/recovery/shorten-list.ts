/** Named in one sentence at most. */
const MOST = 20;

/** What it is about by name; of many the first, and how many more there are. `count`: of all, where not all are in `names`. */
export function shortenList(names: readonly string[], count = names.length): string {
	const named = names.slice(0, MOST).join(', ');
	const more = count - Math.min(names.length, MOST);
	return more > 0 ? `${named} and ${more} more` : named;
}
