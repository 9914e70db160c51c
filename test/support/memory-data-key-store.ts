import type { DataKeyRecord, DataKeyState, DataKeyStore } from '../../src/keys/index.ts';

/** The port in memory. Its additional methods act as other processes and as a database administrator. */
export interface MemoryDataKeyStore extends DataKeyStore {
	records(firm: string, keyClass: string): readonly DataKeyRecord[];
	alter(firm: string, keyClass: string, version: number, change: Partial<DataKeyRecord>): void;
}

export function createMemoryDataKeyStore(): MemoryDataKeyStore {
	const records: DataKeyRecord[] = [];
	const series = (firm: string, keyClass: string) => records.filter((r) => r.firm === firm && r.class === keyClass);
	const one = (firm: string, keyClass: string, version: number) =>
		series(firm, keyClass).find((record) => record.version === version);

	function alter(firm: string, keyClass: string, version: number, change: Partial<DataKeyRecord>): void {
		const index = records.findIndex((r) => r.firm === firm && r.class === keyClass && r.version === version);
		const record = records[index];
		if (!record) throw new Error(`no version ${version}`);
		records[index] = { ...record, ...change };
	}

	return {
		records: series,
		alter,
		async find(firm, keyClass, version) {
			return one(firm, keyClass, version) ?? null;
		},
		async findActive(firm, keyClass) {
			return series(firm, keyClass).find(({ state }) => state === 'ACTIVE') ?? null;
		},
		async findLatest(firm, keyClass) {
			return series(firm, keyClass).toSorted((a, b) => b.version - a.version)[0] ?? null;
		},
		async activate(key) {
			if (one(key.firm, key.class, key.version)) return false;
			for (const { version, state } of series(key.firm, key.class)) {
				if (state === 'ACTIVE') alter(key.firm, key.class, version, { state: 'RETIRED' satisfies DataKeyState });
			}
			records.push({ ...key, state: 'ACTIVE', sealed: 0, createdAt: new Date() });
			return true;
		},
		async reserve(firm, keyClass, version, count, limit) {
			const record = one(firm, keyClass, version);
			if (record?.state !== 'ACTIVE' || record.sealed + count > limit) return null;
			alter(firm, keyClass, version, { sealed: record.sealed + count });
			return record.sealed + count;
		},
	};
}
