import { it } from 'vitest';

/** Maps the title of a test to the reason why the emulator of a service cannot pass it. */
export type Gaps = Readonly<Record<string, string>>;

/** `it` for a suite with gaps: skips the tests with these titles, and shows the reason. */
export function itWithGaps(gaps: Gaps) {
	const unnamed = new Set(Object.keys(gaps));
	return {
		it(title: string, run: () => Promise<void>): void {
			unnamed.delete(title);
			const reason = gaps[title];
			if (reason === undefined) it(title, run);
			else it.skip(`${title} (skipped: ${reason})`, run);
		},
		/** At the end of the suite. */
		assertEachNamesATest(): void {
			if (unnamed.size > 0) throw new Error(`No test is called: ${[...unnamed].join('; ')}`);
		},
	};
}
