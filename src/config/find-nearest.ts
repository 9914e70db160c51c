/** The word that was probably meant, or null if none is similar. `bare` removes what the comparison ignores. */
export function findNearest<Word extends string>(
	word: string,
	words: readonly Word[],
	bare: (text: string) => string = (text) => text.toUpperCase(),
): Word | null {
	const [nearest] = words
		.map((known) => ({ known, distance: editDistance(bare(word), bare(known)) }))
		.sort((a, b) => a.distance - b.distance);
	return nearest && nearest.distance <= Math.max(2, bare(nearest.known).length / 3) ? nearest.known : null;
}

/** Levenshtein distance, one row at a time. */
function editDistance(a: string, b: string): number {
	let row = Array.from({ length: b.length + 1 }, (_, index) => index);
	for (let i = 1; i <= a.length; i++) {
		const next = [i];
		for (let j = 1; j <= b.length; j++) {
			const replaced = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
			next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
		}
		row = next;
	}
	return row[b.length] ?? 0;
}
