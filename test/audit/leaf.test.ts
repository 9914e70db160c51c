import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { chunkDraft, type Entry, encodeLeaf, leafVersionOf, MAX_LEAF_BYTES, parseLeaf } from '../../src/audit/index.ts';
import { FirmsealError } from '../../src/errors.ts';
import invitationVectors from '../vectors/audit-entry-invitations-v1.json' with { type: 'json' };
import releaseVectors from '../vectors/audit-entry-release-v1.json' with { type: 'json' };
import sessionVectors from '../vectors/audit-entry-sessions-v1.json' with { type: 'json' };
import vectors from '../vectors/audit-entry-v1.json' with { type: 'json' };
import newerVectors from '../vectors/audit-entry-v2.json' with { type: 'json' };
import newestVectors from '../vectors/audit-entry-v3.json' with { type: 'json' };
import { anyDraft, reading, stamp } from './drafts.ts';

const entry: Entry = {
	...reading,
	v: 1,
	id: '01980000-0000-7000-8000-000000000010',
	boot: '01980000-0000-7000-8000-000000000011',
	sequence: 7,
	at: '2026-11-24T15:04:05.006Z',
};
const SECRET = 'the-client-is-insolvent';

function messageOf(act: () => unknown): string {
	try {
		act();
	} catch (error) {
		expect(error).toBeInstanceOf(FirmsealError);
		expect((error as FirmsealError).code).toBe('INTERNAL');
		return (error as FirmsealError).message;
	}
	throw new Error('It was accepted.');
}
/** Encodes `entry` with one part changed to a value that its type does not allow. */
const encodeWith = (change: object) => () => encodeLeaf({ ...entry, ...change });

describe('vectors', () => {
	it.each([...vectors, ...newerVectors, ...newestVectors, ...invitationVectors, ...sessionVectors, ...releaseVectors])(
		'$name',
		({ entry, leaf }) => {
			expect(encodeLeaf(entry as unknown as Entry)).toBe(leaf);
			expect(parseLeaf(leaf)).toEqual(entry);
		},
	);
});

describe('encoding and parsing a leaf', () => {
	test.prop([anyDraft(), stamp])('preserves every draft of every action', (draft, log) => {
		const whole: Entry = { ...draft, ...log, v: leafVersionOf(draft) };
		const leaf = encodeLeaf(whole);
		expect(parseLeaf(leaf)).toEqual(whole);
		expect(encodeLeaf(parseLeaf(leaf))).toBe(leaf);
		expect(leaf).toMatch(/^[\x20-\x7e]+$/);
	});

	test.prop([anyDraft(), stamp])('does not depend on the order of keys in memory', (draft, log) => {
		const whole: Entry = { ...draft, ...log, v: leafVersionOf(draft) };
		const reversed = Object.fromEntries(Object.entries(whole).reverse()) as unknown as Entry;
		expect(encodeLeaf(reversed)).toBe(encodeLeaf(whole));
	});
});

describe('the leaf version', () => {
	it('is 2 only if the entry contains something that version 1 cannot express', () => {
		const hash = 'ab'.repeat(32);
		const asked = {
			...entry,
			action: 'lease.request',
			lease: entry.id,
			coordinates: [],
			records: [],
			keys: [],
			hash,
		} as const;
		expect(messageOf(() => encodeLeaf({ ...asked, v: 1 }))).toContain('"v"');
		expect(parseLeaf(encodeLeaf({ ...asked, v: 2 }))).toMatchObject({ v: 2, hash });
		expect(messageOf(encodeWith({ v: 2 }))).toContain('"v"');
		expect(messageOf(encodeWith({ v: 3 }))).toContain('"v"');
	});
});

describe('content cannot enter a leaf', () => {
	it.each([
		['a key of its own', { title: SECRET }],
		['a key named by content', { [SECRET]: 1 }],
		['a key in the actor', { actor: { ...entry.actor, name: SECRET } }],
		['a key in a key use', { keys: [{ ...entry.keys[0], note: SECRET }] }],
		['a reason in words', { reason: SECRET }],
		['a document instead of its hash', { document: `{ note(id: "${SECRET}") { title } }` }],
		['an alias as coordinate', { coordinates: [SECRET] }],
		['a path as coordinate', { coordinates: ['Note.title.length'] }],
		['a record that is text', { records: [SECRET] }],
		['a person by e-mail', { actor: { ...entry.actor, user: `${SECRET}@northgate.example` } }],
		['a role in words', { actor: { ...entry.actor, roles: [SECRET] } }],
		['a request id of the client', { request: SECRET }],
		['a firm by name', { firm: SECRET }],
		['a lease by name', { lease: SECRET }],
		['a class in words', { keys: [{ ...entry.keys[0], class: SECRET }] }],
		['a call id with spaces', { keys: [{ ...entry.keys[0], source: 'KEYRING', requestId: `${SECRET} !` }] }],
		['an endless call id', { keys: [{ ...entry.keys[0], source: 'KEYRING', requestId: 'a'.repeat(65) }] }],
		['an action of its own', { action: SECRET }],
		['a plane of its own', { plane: SECRET }],
		['a time in words', { at: SECRET }],
		['counts by content', { counts: { [SECRET]: 1 } }],
		['a nested object', { firm: { text: SECRET } }],
	])('%s is refused without being repeated', (_, change) => {
		expect(messageOf(encodeWith(change))).not.toContain(SECRET);
	});

	test.prop([fc.constantFrom(...Object.keys(entry)), fc.anything()])(
		'any other value of a key is refused or well-formed',
		(key, value) => {
			const before = (entry as unknown as Record<string, unknown>)[key];
			fc.pre(JSON.stringify(value) !== JSON.stringify(before));
			let leaf: string;
			try {
				leaf = encodeLeaf({ ...entry, [key]: value });
			} catch {
				return;
			}
			// An accepted change is still well-formed: another number, or another of the fixed words.
			expect(parseLeaf(leaf)).toEqual({ ...entry, [key]: value });
		},
	);
});

describe('invalid values', () => {
	it.each([
		['an upper-case UUID', 'firm', { firm: entry.firm?.toUpperCase().replace('1', 'A') }],
		['an entry id that is not a UUIDv7', 'id', { id: '01980000-0000-4000-8000-000000000010' }],
		['another version', 'v', { v: 2 }],
		['number 0', 'sequence', { sequence: 0 }],
		['a number beyond 2^53-1', 'sequence', { sequence: 2 ** 53 }],
		['a fraction', 'sequence', { sequence: 1.5 }],
		['a time without milliseconds', 'at', { at: '2026-11-24T15:04:05Z' }],
		['a time with an offset', 'at', { at: '2026-11-24T15:04:05.000+01:00' }],
		['a day that does not exist', 'at', { at: '2026-02-30T15:04:05.000Z' }],
		['a coordinate twice', 'coordinates', { coordinates: ['Note.title', 'Note.title'] }],
		['a record twice', 'records', { records: [entry.records[0], entry.records[0]] }],
		['129 coordinates', 'coordinates', { coordinates: Array.from({ length: 129 }, (_, n) => `Note.f${n}`) }],
		['key version 0', 'keys', { keys: [{ ...entry.keys[0], version: 0 }] }],
		['a call id from the cache', 'keys', { keys: [{ ...entry.keys[0], requestId: 'a' }] }],
		['129 keys', 'keys', { keys: Array.from({ length: 129 }, (_, n) => ({ ...entry.keys[0], version: n + 1 })) }],
		['a firm person without id', 'actor', { actor: { ...entry.actor, user: null } }],
		['a system with roles', 'actor', { actor: { kind: 'system', user: null, roles: ['OWNER'] } }],
		['undefined instead of null', 'lease', { lease: undefined }],
		['counts of undefined', 'counts', { counts: undefined }],
	])('%s is refused, and the error names the key', (_, key, change) => {
		expect(messageOf(encodeWith(change))).toContain(`"${key}"`);
	});
});

describe('the rules of an action', () => {
	const denial = {
		action: 'content.deny',
		decision: 'DENIED',
		reason: 'NO_LEASE',
		records: [],
		keys: [],
		counts: { 'Note.title': 50, 'Note.body': 50 },
	};
	it('accepts a denial', () => expect(encodeWith(denial)()).toContain('"counts":{"Note.body":50,"Note.title":50}'));
	it.each([
		['an opening without records', 'records', { records: [] }],
		['an opening without keys', 'keys', { keys: [] }],
		['an opening of no firm', 'firm', { firm: null }],
		['an opening of no request', 'request', { request: null }],
		['an opening that was denied', 'decision', { decision: 'DENIED' }],
		['an opening with a reason', 'reason', { reason: 'NO_LEASE' }],
		['an opening with counts', 'counts', { counts: denial.counts }],
		['a denial with records', 'records', { ...denial, records: entry.records }],
		['a denial with keys', 'keys', { ...denial, keys: entry.keys }],
		['a denial without reason', 'reason', { ...denial, reason: null }],
		["a denial with the keyring's reason", 'reason', { ...denial, reason: 'AWAY' }],
		['a denial that counts one of two', 'counts', { ...denial, counts: { 'Note.title': 50 } }],
		['a denial that counts another', 'counts', { ...denial, counts: { 'Note.title': 50, 'Note.text': 50 } }],
		['a denial that counts nothing', 'counts', { ...denial, counts: { 'Note.title': 50, 'Note.body': 0 } }],
		['a start with a firm', 'firm', { action: 'process.start', coordinates: [], records: [], keys: [] }],
	])('refuses %s', (_, key, change) => {
		expect(messageOf(encodeWith(change))).toContain(`"${key}"`);
	});
});

describe('parsing a leaf', () => {
	const leaf = encodeLeaf(entry);
	it.each([
		['a space', leaf.replace(',', ', ')],
		['another order', `{"v":1,${leaf.slice(1).replace(',"v":1}', '}')}`],
		['a key twice', leaf.replace('"v":1', '"v":1,"v":1')],
		['an escape that need not be', leaf.replace('Note.title', 'Note.\\u0074itle')],
		['a record with bits beyond its bytes', leaf.replace(/"records":\["(.{21})./, '"records":["$1B')],
		['an unknown key', leaf.replace('"v":1', '"v":1,"w":1')],
		['half a leaf', leaf.slice(0, leaf.length / 2)],
		['no object', '[]'],
		['nothing', ''],
		['more than 64 KiB', leaf.padEnd(MAX_LEAF_BYTES + 1)],
	])('refuses %s', (_, text) => {
		expect(text).not.toBe(leaf);
		messageOf(() => parseLeaf(text));
	});
});

it('the largest entry of each kind stays below 64 KiB', () => {
	const name = (n: number) => `A${String(n).padStart(62, '0')}.${'a'.repeat(63)}`;
	const record = (n: number) => `01980000-0000-7000-8000-${String(n).padStart(12, '0')}`;
	const largest = {
		coordinates: Array.from({ length: 128 }, (_, n) => name(n)),
		keys: Array.from({ length: 128 }, () => ({
			class: 'C'.repeat(32),
			version: 0xffff_ffff,
			source: 'KEYRING' as const,
			requestId: 'f'.repeat(64),
		})),
		lease: entry.firm,
		sequence: Number.MAX_SAFE_INTEGER,
		actor: { ...entry.actor, roles: ['OWNER', 'MEMBER', 'CLIENT', 'OPERATOR', 'APPROVER', 'AUDITOR'] as const },
	};
	const [chunk] = chunkDraft({ ...entry, ...largest, records: Array.from({ length: 5000 }, (_, n) => record(n)) });
	const leaf = encodeLeaf({ ...entry, ...chunk, sequence: largest.sequence });
	expect(leaf.length).toBeGreaterThan(60_000);
	expect(new TextEncoder().encode(leaf).length).toBeLessThanOrEqual(MAX_LEAF_BYTES);
});
