import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLeafChecks } from '../../src/audit/verify/leaf-checks.ts';
import { codeOf, makeTwoFirms, type Side, type TwoFirms } from '../database/two-firms.ts';
import { leafText } from '../support/leaf-text.ts';
import { embedded } from '../support/own-servers.ts';

type Leaf = Readonly<Record<string, unknown>>;
type Fits = (value: unknown) => boolean;

const isText: Fits = (value) => typeof value === 'string' && !value.includes(' ');
const isTextOrNull: Fits = (value) => value === null || isText(value);
const isWhole: Fits = (value) => Number.isSafeInteger(value) && (value as number) >= 0;
const isTexts: Fits = (value) => Array.isArray(value) && value.every(isText);

const USE = { class: 'NOTE', requestId: null, source: 'CACHE', version: 1 };
const SYSTEM = { kind: 'system', roles: [], user: null };

/** Every field of a leaf (FORMAT.md) except `counts`, which has its own test: valid values, and a leaf with a given value. */
const FIELDS: readonly (readonly [string, Fits, (value: unknown) => Leaf])[] = [
	...['action', 'at', 'boot', 'decision', 'hash', 'id', 'plane'].map(field(isText)),
	...['document', 'firm', 'lease', 'reason', 'request'].map(field(isTextOrNull)),
	...['bytes', 'sequence', 'v'].map(field(isWhole)),
	...['coordinates', 'records'].map(field(isTexts)),
	['keys', (value) => Array.isArray(value) && value.length === 0, (value) => ({ keys: value })],
	['actor', () => false, (value) => ({ actor: value })],
	...(
		[
			['account', isText],
			['kind', isText],
			['roles', isTexts],
			['user', isTextOrNull],
		] as const
	).map(([name, fits]) => [name, fits, (value: unknown) => ({ actor: { ...SYSTEM, [name]: value } })] as const),
	...(
		[
			['class', isText],
			['requestId', isTextOrNull],
			['source', isText],
			['version', isWhole],
		] as const
	).map(([name, fits]) => [name, fits, (value: unknown) => ({ keys: [{ ...USE, [name]: value }] })] as const),
];

function field(fits: Fits) {
	return (name: string) => [name, fits, (value: unknown) => ({ [name]: value })] as const;
}

const ODD = [
	{},
	{ a: 1 },
	{ a: 'x', b: 'y' },
	[],
	['a'],
	['a', 'b'],
	['a', 1],
	[1],
	[1, 2],
	[null],
	[true],
	[{}],
	[[]],
	[{ a: 1 }],
	true,
	null,
	7,
	-1,
	1.5,
	'a',
	'1',
	'a b',
	'{}',
	'",',
	['", '],
] as const;

/** JSON as jsonb prints it: with a space after each comma and colon. */
function asJsonb(value: unknown): string {
	if (Array.isArray(value)) return `[${value.map(asJsonb).join(', ')}]`;
	if (typeof value !== 'object' || value === null) return JSON.stringify(value);
	const members = Object.entries(value).map(([key, item]) => `"${key}": ${asJsonb(item)}`);
	return `{${members.join(', ')}}`;
}

describe('a writer to the log with a database login', () => {
	let two: TwoFirms;
	beforeAll(async () => {
		two = await makeTwoFirms(embedded);
	});
	afterAll(() => two?.close());

	it.each([
		['firm', 'log.read'],
		['operator', 'log.read'],
		['worker', 'log.read'],
		['broker', 'key.unwrap'],
	] as const)('as %s, inserts only values of the right type, which every verifier accepts', async (side, action) => {
		const wrong: unknown[] = [];
		for (const [name, fits, said] of FIELDS)
			for (const value of ODD)
				for (const written of new Set([JSON.stringify(value), asJsonb(value)])) {
					const { code, text } = await append(side, { action, ...said(value) }, (leaf) =>
						leaf.replace(`"${name}":${JSON.stringify(value)}`, `"${name}":${written}`),
					);
					const isTaken = code === 'done';
					// A valid value may still be refused by another rule, such as a policy.
					if (isTaken ? !fits(value) || !isVerified(text) : !REFUSED.test(code)) wrong.push([name, written, code]);
				}
		expect(wrong).toEqual([]);
		// Shows that the refusals are not about the rest of the leaf.
		for (const [name, value] of TAKEN) {
			const [, , said] = FIELDS.find(([each]) => each === name) as (typeof FIELDS)[number];
			expect([name, (await append(side, { action, ...said(value) })).code]).toEqual([name, 'done']);
		}
	});

	const isVerified = (text: string) => {
		try {
			createLeafChecks(two.north.id)(text);
			return true;
		} catch {
			return false;
		}
	};

	async function append(side: Side, said: Leaf, written = (text: string) => text) {
		const names = { id: uuidv7(), boot: uuidv7(), sequence: 1, firm: two.north.id };
		const text = written(leafText({ ...names, plane: side, ...said }));
		const code = await codeOf(
			two.as(
				side,
				two.north.id,
				(tx) => tx`insert into audit_entries (id, firm_id, boot, sequence, leaf)
					values (${names.id}, ${names.firm}, ${names.boot}, 1, ${text})`,
			),
		);
		return { code, text };
	}
});

const REFUSED = /^(23514|22023|22008|42501)$/;

/** A valid value of each field that no policy restricts. */
const TAKEN: readonly (readonly [string, unknown])[] = [
	...[
		'decision',
		'document',
		'hash',
		'lease',
		'reason',
		'request',
		'account',
		'user',
		'class',
		'requestId',
		'source',
	].map((name) => [name, 'a'] as const),
	...['document', 'lease', 'reason', 'request', 'user', 'requestId'].map((name) => [name, null] as const),
	...['bytes', 'v', 'version'].map((name) => [name, 7] as const),
	...['coordinates', 'records', 'roles'].flatMap((name) => [[name, []] as const, [name, ['a', 'b']] as const]),
	['keys', []],
];
