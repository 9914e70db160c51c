/** Thousands of promises of WebCrypto that wait cost more than they gain. */
const LANES = 16;

/** What `work` makes of each item, in the order of the items, with 16 at a time. */
export async function inLanes<T, R>(items: readonly T[], work: (item: T, at: number) => Promise<R>): Promise<R[]> {
	const results: R[] = [];
	// Of all lanes: each takes the next item when it is done with one.
	const rest = items.entries();
	const lane = async (): Promise<void> => {
		for (const [at, item] of rest) results[at] = await work(item, at);
	};
	await Promise.all(Array.from({ length: LANES }, lane));
	return results;
}
