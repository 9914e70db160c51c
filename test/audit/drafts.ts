import { fc } from '@fast-check/vitest';
import {
	ACTIONS,
	type Action,
	type ActionRule,
	type EntryDraft,
	type EntryRole,
	type KeyUse,
} from '../../src/audit/index.ts';

export const uuid = fc.uuid();
const uuid7 = fc.uuid({ version: 7 });

const name = fc.stringMatching(/^[_A-Za-z][_0-9A-Za-z]{0,62}$/);
const coordinate = fc.tuple(name, name).map(([type, field]) => `${type}.${field}`);
const timestamp = fc
	.date({ min: new Date('2020-01-01'), max: new Date('9999-01-01'), noInvalidDate: true })
	.map((date) => date.toISOString());
const version = fc.integer({ min: 1, max: 0xffff_ffff });
const keyUse: fc.Arbitrary<KeyUse> = fc.oneof(
	fc.record({
		class: fc.stringMatching(/^[A-Z][A-Z0-9_]{0,31}$/),
		version,
		source: fc.constant('CACHE' as const),
		requestId: fc.constant(null),
	}),
	fc.record({
		class: fc.stringMatching(/^[A-Z][A-Z0-9_]{0,31}$/),
		version,
		source: fc.constant('KEYRING' as const),
		requestId: fc.option(fc.stringMatching(/^[0-9A-Za-z-]{1,64}$/)),
	}),
);
const roles: readonly EntryRole[] = ['OWNER', 'MEMBER', 'CLIENT', 'OPERATOR', 'APPROVER', 'AUDITOR'];
const actor = fc.oneof(
	fc.record({
		kind: fc.constantFrom('firm' as const, 'operator' as const),
		user: uuid,
		roles: fc.subarray([...roles]),
	}),
	fc.record({ kind: fc.constant('system' as const), user: fc.option(uuid), roles: fc.constant([]) }),
);

/** A draft that its action allows, with at most `maxRecords` records. */
export function draftOf(action: Action, maxRecords: number): fc.Arbitrary<EntryDraft> {
	const rule: ActionRule = ACTIONS[action];
	const required = (key: string) => rule.required.some((other) => other === key);
	const may = (key: string) => required(key) || rule.optional.some((other) => other === key);
	const id = (key: string) => (required(key) ? uuid : may(key) ? fc.option(uuid) : fc.constant(null));
	const list = <T>(key: string, item: fc.Arbitrary<T>, maxLength: number) =>
		fc.uniqueArray(item, { minLength: required(key) ? 1 : 0, maxLength: may(key) ? maxLength : 0 });
	const outcome = fc.constantFrom(
		...Object.entries(rule.outcomes).flatMap(([decision, reasons]) => reasons.map((reason) => ({ decision, reason }))),
	) as fc.Arbitrary<Pick<EntryDraft, 'decision' | 'reason'>>;
	return fc
		.record({
			outcome,
			firm: id('firm'),
			request: id('request'),
			lease: id('lease'),
			actor,
			plane: fc.constantFrom(
				'firm' as const,
				'operator' as const,
				'worker' as const,
				'cli' as const,
				'broker' as const,
			),
			hash: fc.stringMatching(/^[0-9a-f]{64}$/),
			hashed: required('hash') ? fc.constant(true) : may('hash') ? fc.boolean() : fc.constant(false),
			document: may('document') ? fc.option(fc.stringMatching(/^[0-9a-f]{64}$/)) : fc.constant(null),
			coordinates: list('coordinates', coordinate, 8),
			records: list('records', uuid7, maxRecords),
			keys: list('keys', keyUse, 4),
			count: version,
			bytes: fc.nat(Number.MAX_SAFE_INTEGER),
		})
		.map(({ outcome, count, hash, hashed, bytes, ...draft }) => ({
			...draft,
			...outcome,
			action,
			...(hashed ? { hash } : {}),
			...(required('bytes') ? { bytes } : {}),
			...(may('counts') ? { counts: Object.fromEntries(draft.coordinates.map((name) => [name, count])) } : {}),
		}));
}

export const anyDraft = (maxRecords = 20): fc.Arbitrary<EntryDraft> =>
	fc.constantFrom(...(Object.keys(ACTIONS) as Action[])).chain((action) => draftOf(action, maxRecords));

/** The keys that the log adds to a draft. */
export const stamp = fc.record({
	v: fc.constant(1 as const),
	id: uuid7,
	boot: uuid,
	sequence: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
	at: timestamp,
});

/** A valid draft for the reading of one note; a test changes one part of it. */
export const reading: EntryDraft = {
	action: 'content.open',
	decision: 'ALLOWED',
	firm: '01980000-0000-7000-8000-000000000001',
	actor: { kind: 'firm', user: '01980000-0000-7000-8000-000000000002', roles: ['MEMBER'] },
	plane: 'firm',
	request: '01980000-0000-7000-8000-000000000003',
	lease: null,
	document: '0123456789abcdef'.repeat(4),
	coordinates: ['Note.title', 'Note.body'],
	records: ['01980000-0000-7000-8000-0000000000ff'],
	keys: [{ class: 'NOTE', version: 3, source: 'CACHE', requestId: null }],
	reason: null,
};
