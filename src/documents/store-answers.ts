import { ObjectStoreError, type RetainedObjects, type StoreFinding } from './object-store.ts';

/** An answer of an object store that can't be right is as good as none. */
export function assertAnswer(holds: boolean): void {
	if (!holds)
		throw new ObjectStoreError('AWAY', 'The object store gave an answer that cannot be right; it was not used.');
}

/** A number of bytes, or of anything else. */
export function checkedSize(size: number): number {
	assertAnswer(Number.isSafeInteger(size) && size >= 0);
	return size;
}

/** Of so many tags: some of them, and each by a date or on hold. */
export function checkedRetained({ objects, until, onHold }: RetainedObjects, tags: number): RetainedObjects {
	assertAnswer(checkedSize(objects) > 0 && objects <= tags && checkedSize(onHold) <= objects);
	assertAnswer(until === null ? onHold === objects : until instanceof Date && !Number.isNaN(until.getTime()));
	return { objects, until, onHold };
}

/** The findings with nothing but what the port names. */
export function checkedFindings(findings: readonly StoreFinding[]): StoreFinding[] {
	assertAnswer(Array.isArray(findings));
	return findings.map(({ check, ok, mend }) => {
		assertAnswer(
			typeof check === 'string' && typeof ok === 'boolean' && (ok ? mend === null : typeof mend === 'string'),
		);
		return { check, ok, mend };
	});
}
