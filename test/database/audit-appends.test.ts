import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PLANES } from '../../src/audit/entry.ts';
import { ACTIONS } from '../../src/audit/index.ts';
import { servers } from '../support/both-servers.ts';
import { leafText } from '../support/leaf-text.ts';
import { codeOf, makeTwoFirms, NO_PRIVILEGE, NOT_IN_SHAPE, type Side, type TwoFirms } from './two-firms.ts';

const actions = Object.keys(ACTIONS) as (keyof typeof ACTIONS)[];
const KINDS = ['firm', 'operator', 'system'] as const;

/** Entries about a person who came to a plane that is not their own. */
const REFUSALS = ['request.deny', 'rights.refuse'];

/** Actions `TYPE.VERB` for each verb. */
const acts = (type: string, words: string) => words.split(' ').map((word) => `${type}.${word}`);

/** The actions that each plane's program writes. All entries of this test name a lease. */
const WRITTEN: Readonly<Record<Side, { actions: readonly string[]; kinds: readonly string[] }>> = {
	firm: {
		kinds: ['firm', 'system'],
		actions: [
			...acts('content', 'open read release create update delete deny fail send'),
			...acts('invitation', 'create revoke'),
			...acts('member', 'add change remove'),
			...acts('share', 'add remove'),
			...acts('lease', 'approve deny reason revoke review'),
			...acts('job', 'request agree cancel'),
			...acts('key', 'unwrap generate'),
			...REFUSALS,
			'download.create',
			'key-log.append',
			'log.read',
			'policy.change',
			'process.start',
			'recovery.cancel',
			'session.end',
		],
	},
	operator: {
		kinds: ['operator', 'system'],
		actions: [
			...acts('content', 'open read deny fail send'),
			...acts('lease', 'request approve deny reason cancel activate release revoke exhaust review use'),
			...REFUSALS,
			'alert.acknowledge',
			'job.agree',
			'key.unwrap',
			'log.read',
			'process.start',
			'session.end',
		],
	},
	worker: {
		kinds: ['operator', 'system'],
		actions: actions.filter((action) => !/^(content|lease)\./.test(action) || action === 'content.fail'),
	},
	broker: {
		kinds: ['system'],
		actions: [
			...acts('lease', 'start expire revoke exhaust lapse'),
			...acts('key', 'unwrap grant ungrant'),
			'process.start',
			'rights.refuse',
		],
	},
};

describe.each(servers)('audit entries by login, on $name', (server) => {
	let two: TwoFirms;
	beforeAll(async () => {
		two = await makeTwoFirms(server);
	});
	afterAll(() => two?.close());

	/** `written`: the text of the leaf, as jsonb or an attacker writes it. */
	const append = (side: Side, said: Readonly<Record<string, unknown>>, written = (text: string) => text) => {
		const names = { id: uuidv7(), boot: uuidv7(), sequence: 1, firm: two.north.id };
		const text = written(leafText({ request: uuidv7(), lease: uuidv7(), ...names, ...said }));
		return codeOf(
			two.as(
				side,
				two.north.id,
				(tx) => tx`insert into audit_entries (id, firm_id, boot, sequence, leaf)
					values (${names.id}, ${names.firm}, ${names.boot}, 1, ${text})`,
			),
		);
	};

	it.each(Object.keys(WRITTEN) as Side[])(
		'of the %s login are limited to actions of its own program, by people of its own side',
		async (side) => {
			const { actions: own, kinds } = WRITTEN[side];
			for (const action of actions) {
				const taken: string[] = [];
				for (const kind of KINDS) {
					const user = kind === 'system' ? null : uuidv7();
					const code = await append(side, { plane: side, action, actor: { kind, roles: [], user } });
					if (code === 'done') taken.push(kind);
					else expect([action, kind, code]).toEqual([action, kind, NO_PRIVILEGE]);
				}
				const others = side !== 'broker' && REFUSALS.includes(action) ? KINDS : kinds;
				expect([action, taken]).toEqual([action, own.includes(action) ? others : []]);
			}
		},
	);

	it('name the writer’s own plane, or the command plane if the worker writes them', async () => {
		for (const side of Object.keys(WRITTEN) as Side[])
			for (const plane of PLANES) {
				const isOwn = plane === side || (side === 'worker' && plane === 'cli');
				const code = await append(side, { plane, action: 'process.start' });
				expect([side, plane, code]).toEqual([side, plane, isOwn ? 'done' : NO_PRIVILEGE]);
			}
	});

	it.each([
		['the firm’s login', 'an entry of each other plane', 'firm', 'plane', PLANES.filter((plane) => plane !== 'firm')],
		['the firm’s login', 'one of people of the platform', 'firm', 'kind', ['operator']],
		['the broker’s login', 'one of people', 'broker', 'kind', ['firm', 'operator']],
		['the worker’s login', 'one of people of a firm', 'worker', 'kind', ['firm']],
	] as const)('written by %s cannot conceal that they are %s', async (_, __, side, name, values) => {
		const action = side === 'firm' ? 'content.open' : 'key.unwrap';
		const own = { plane: side, kind: side === 'broker' ? 'system' : side }[name];
		for (const value of values) {
			const kind = name === 'kind' ? value : 'system';
			const actor = { kind, roles: [] as unknown[], user: kind === 'system' ? null : uuidv7() };
			const said = { action, actor, plane: name === 'plane' ? value : side };
			for (const [place, hidden] of placesFor(name, own))
				for (const [form, written] of FORMS) {
					const code = await append(side, { ...said, ...hidden(actor) }, written(name, own));
					expect([value, place, form, code]).toEqual([value, place, form, expect.stringMatching(REFUSED)]);
				}
		}
	});

	it('have an action that is a string, not a value that contains a string', async () => {
		const spaced = (text: string) => text.replace('"content.open":1', '"content.open": 1');
		for (const action of [['content.open'], { 'content.open': 1 }])
			expect([action, await append('firm', { plane: 'firm', action }, spaced)]).toEqual([action, NOT_IN_SHAPE]);
	});

	it('hold a count for each requested coordinate, and nothing else in that property', async () => {
		const withCounts = (counts: unknown, written?: (text: string) => string) =>
			append('firm', { plane: 'firm', action: 'content.deny', counts }, written);
		for (const counts of [{ 'Note.body': 1 }, { 'Invoice.amountDue': 2, 'Note.body': 4_294_967_295, '_a9._B9': 30 }])
			expect([counts, await withCounts(counts)]).toEqual([counts, 'done']);
		const longest = 'a'.repeat(63);
		expect(await withCounts({ [`${longest}.${longest}`]: 1 })).toBe('done');
		for (const key of [
			'Note',
			'.body',
			'Note.',
			'Note.body.x',
			'9.a',
			'Note.bödy',
			`${longest}a.b`,
			'a.b\n',
			'a.b"',
			'',
		])
			expect([key, await withCounts({ [key]: 1 })]).toEqual([key, NOT_IN_SHAPE]);
		for (const value of [0, 10_000_000_000, '1', null, true, {}, [], [1], { 'a.b': 1 }])
			expect([value, await withCounts({ 'Note.body': value }, asJsonb)]).toEqual([value, NOT_IN_SHAPE]);
		for (const counts of [null, 1, 'Note.body', [], ['Note.body']])
			expect([counts, await withCounts(counts)]).toEqual([counts, expect.stringMatching(/^(22023|23514)$/)]);
	});
});

const REFUSED = /^(42501|23514)$/;

type Hidden = (actor: Readonly<Record<string, unknown>>) => Readonly<Record<string, unknown>>;

/** Each property of a leaf that holds a text, a list or an object, with `"name":"value"` in it. */
function placesFor(name: string, value: string): [string, Hidden][] {
	const held = { [name]: value };
	const alone = ['counts', 'decision', 'document', 'hash', 'lease', 'reason', 'request', 'bytes', 'v', 'more'];
	const listed = ['coordinates', 'records', 'keys'];
	const use = { class: 'NOTE', requestId: null, source: 'CACHE', version: 1 };
	return [
		...alone.map((key): [string, Hidden] => [key, () => ({ [key]: held })]),
		['a count', () => ({ counts: { 'Note.body': held } })],
		...listed.map((key): [string, Hidden] => [`one of ${key}`, () => ({ [key]: [held] })]),
		...Object.keys(use).map((key): [string, Hidden] => [
			`${key} of a key`,
			() => ({ keys: [{ ...use, [key]: held }] }),
		]),
		['a key that contains another', () => ({ keys: [{ ...use, ...held }] })],
		...['account', 'roles', 'user'].map((key): [string, Hidden] => [
			`the actor’s ${key}`,
			(actor) => ({ actor: { ...actor, [key]: held } }),
		]),
		['the actor’s roles', (actor) => ({ actor: { ...actor, roles: ['x', held] } })],
	];
}

/** Forms of the name and its value: as JSON, as jsonb writes it, and as a text. */
const FORMS: readonly (readonly [string, (name: string, value: string) => (text: string) => string])[] = [
	['an object', () => (text) => text],
	[
		'an object with a space',
		(name, value) => (text) => text.replace(`{"${name}":"${value}"}`, `{"${name}": "${value}"}`),
	],
	[
		'a text',
		(name, value) => (text) => text.replace(`{"${name}":"${value}"}`, JSON.stringify(`,"${name}":"${value}",`)),
	],
];

/** An object with one key as jsonb writes it. */
const asJsonb = (text: string) => text.replace('{"a.b":1}', '{"a.b": 1}');
