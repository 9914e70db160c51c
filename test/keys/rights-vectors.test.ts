import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { canonicalRequest, type LeaseRequest } from '../../src/access/index.ts';
import { systemClock } from '../../src/clock/clock.ts';
import { createRightsProofs, deriveCommitment, type Keyring } from '../../src/keys/index.ts';
import { hashLeaseRequest, hashLeaseText, hexOf } from '../../src/leases/request-hash.ts';
import { createMemoryDataKeyStore } from '../support/memory-data-key-store.ts';

interface Vector {
	readonly firm: string;
	readonly dataKey: string;
	readonly version: number;
	readonly statement: readonly string[];
	readonly mac: string;
}

interface RequestVector extends LeaseRequest {
	readonly reason: string;
	readonly ticket: string;
	readonly requestHash: string;
}

const read = (name: string) =>
	JSON.parse(readFileSync(`test/vectors/${name}.json`, 'utf8')) as {
		macs: readonly Vector[];
		requests: readonly RequestVector[];
	};
const { requests } = read('rights-v1');
const macs = [
	'rights-v1',
	'rights-jobs-v1',
	'rights-jobs-v2',
	'rights-invitations-v1',
	'rights-people-v1',
	'rights-custody-v1',
	'erasures-v1',
].flatMap((name) => read(name).macs);
const bytes = (hex: string) => new Uint8Array(Buffer.from(hex, 'hex'));

/** Rights proofs with exactly this data key. */
function rightsOf({ firm, version, dataKey }: Pick<Vector, 'firm' | 'version' | 'dataKey'>) {
	const record = {
		firm,
		class: 'RIGHTS',
		version,
		state: 'ACTIVE',
		wrapped: new Uint8Array(48),
		commitment: deriveCommitment(bytes(dataKey), { firm, class: 'RIGHTS', version }),
		keyId: 'key',
		ownKey: false,
		sealed: 0,
		createdAt: new Date(0),
	} as const;
	const unwrap = async () => ({ plaintext: bytes(dataKey), keyId: 'key', requestId: 'request' });
	const store = {
		...createMemoryDataKeyStore(),
		findActive: async () => record,
		find: async (_firm: string, _class: string, asked: number) => (asked === version ? record : null),
	};
	return createRightsProofs({ keyring: { unwrap } as unknown as Keyring, store, ttlSeconds: 60, clock: systemClock });
}

describe('rights, by vectors of an independent program', () => {
	it('include every vector', () => {
		expect([macs.length, requests.length]).toEqual([56, 3]);
	});

	it.each(macs.map((vector, index) => ({ index, vector })))(
		'give and verify the MAC of vector $index',
		async ({ vector }) => {
			const rights = rightsOf(vector);
			expect(hexOf(await rights.prove(vector.firm, vector.statement))).toBe(vector.mac);
			expect(await rights.verify(vector.firm, vector.statement, bytes(vector.mac))).toBe(true);
			for (let bit = 0; bit < 36 * 8; bit++) {
				const changed = bytes(vector.mac);
				changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
				expect(await rights.verify(vector.firm, vector.statement, changed)).toBe(false);
			}
			for (const other of macs)
				if (other !== vector) expect(await rights.verify(vector.firm, other.statement, bytes(vector.mac))).toBe(false);
		},
	);

	it.each(requests.map((vector, index) => ({ index, vector })))('give the hash of request $index', ({ vector }) => {
		expect(hexOf(hashLeaseText(vector.lease, vector.reason))).toBe(vector.reasonHash);
		expect(hexOf(hashLeaseText(vector.lease, vector.ticket))).toBe(vector.ticketHash);
		expect(hexOf(hashLeaseRequest(vector))).toBe(vector.requestHash);
		const shuffled = {
			...vector,
			classes: [...vector.classes].reverse(),
			coordinates: vector.coordinates && [...vector.coordinates].reverse(),
			records: vector.records && [...vector.records].reverse(),
		};
		expect(canonicalRequest(shuffled)).toBe(canonicalRequest(vector));
	});
});
