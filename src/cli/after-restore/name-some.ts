/** Named in one sentence at most. */
const MOST = 20;

/** What it is about by name; of many the first, and how many more there are. */
export function nameSome(names: readonly string[]): string {
	const named = names.slice(0, MOST).join(', ');
	return names.length > MOST ? `${named} and ${names.length - MOST} more` : named;
}
