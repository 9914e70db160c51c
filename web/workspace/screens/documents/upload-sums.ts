/** A document's metadata, as far as it tells of uploads. */
export interface UploadedSize {
	readonly createdAt: string;
	readonly byteSize: number | null;
}

export type Step = 'DAY' | 'WEEK';

export interface Sum {
	/** Midnight of the reader at which the day or week begins. */
	readonly from: Date;
	readonly bytes: number;
}

/** How many days or weeks are shown. */
const SHOWN: Readonly<Record<Step, number>> = { DAY: 14, WEEK: 12 };
const DAYS: Readonly<Record<Step, number>> = { DAY: 1, WEEK: 7 };

/** The beginnings of the days or weeks up to that of `now`, the oldest first. Weeks begin on Monday. Clock changes do not shift them. */
export function beginningsOf(step: Step, now: Date): readonly Date[] {
	const back = step === 'WEEK' ? (now.getDay() + 6) % 7 : 0;
	return Array.from({ length: SHOWN[step] }, (_, index) => {
		const steps = SHOWN[step] - 1 - index;
		return new Date(now.getFullYear(), now.getMonth(), now.getDate() - back - steps * DAYS[step]);
	});
}

/** What was uploaded in each day or week. Documents from before the first one, or without a file, do not count. */
export function sumsOf(documents: readonly UploadedSize[], step: Step, now: Date): readonly Sum[] {
	const sums = beginningsOf(step, now).map((from) => ({ from, bytes: 0 }));
	for (const { createdAt, byteSize } of documents) {
		const at = Date.parse(createdAt);
		const sum = sums.findLast(({ from }) => from.getTime() <= at);
		if (sum === undefined || byteSize === null) continue;
		sum.bytes += byteSize;
	}
	return sums;
}
