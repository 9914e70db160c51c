import { ObjectStoreError, type StoreFinding } from './object-store.ts';

/** An answer of an object store that can't be right is as good as none. */
export function insist(holds: boolean): void {
	if (!holds)
		throw new ObjectStoreError('AWAY', 'The object store gave an answer that cannot be right; it was not used.');
}

/** A number of bytes, or of anything else. */
export function checkedSize(size: number): number {
	insist(Number.isSafeInteger(size) && size >= 0);
	return size;
}

/** The findings with nothing but what the port names. */
export function checkedFindings(findings: readonly StoreFinding[]): StoreFinding[] {
	insist(Array.isArray(findings));
	return findings.map(({ check, ok, mend }) => {
		insist(typeof check === 'string' && typeof ok === 'boolean' && (ok ? mend === null : typeof mend === 'string'));
		return { check, ok, mend };
	});
}
