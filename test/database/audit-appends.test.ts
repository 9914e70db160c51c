import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PLANES } from '../../src/audit/entry.ts';
import { ACTIONS } from '../../src/audit/index.ts';
import { servers } from '../support/both-servers.ts';
import { leafText } from '../support/leaf-text.ts';
import { codeOf, makeTwoFirms, NO_PRIVILEGE, type Side, type TwoFirms } from './two-firms.ts';

const actions = Object.keys(ACTIONS) as (keyof typeof ACTIONS)[];
const KINDS = ['firm', 'operator', 'system'] as const;

/** Of a person who came to another plane than their own. */
const REFUSALS = ['request.deny', 'rights.refuse'];

/** Of a type, what each of these words says is done. */
const acts = (type: string, words: string) => words.split(' ').map((word) => `${type}.${word}`);

/** What each plane's program writes. Of a lease: the entries of this test name one. */
const WRITTEN: Readonly<Record<Side, { actions: readonly string[]; kinds: readonly string[] }>> = {
	firm: {
		kinds: ['firm', 'system'],
		actions: [
			...acts('content', 'open read create update delete deny fail send'),
			...acts('invitation', 'create revoke'),
			...acts('member', 'add change remove'),
			...acts('share', 'add remove'),
			...acts('lease', 'approve deny revoke review'),
			...acts('job', 'request agree cancel'),
			...acts('key', 'unwrap generate'),
			...REFUSALS,
			'download.create',
			'log.read',
			'policy.change',
			'process.start',
			'recovery.cancel',
		],
	},
	operator: {
		kinds: ['operator', 'system'],
		actions: [
			...acts('content', 'open read deny fail send'),
			...acts('lease', 'request approve deny cancel activate release revoke exhaust review use'),
			...REFUSALS,
			'alert.acknowledge',
			'key.unwrap',
			'log.read',
			'process.start',
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

describe.each(servers)('entries of the log by each login, on $name', (server) => {
	let two: TwoFirms;
	beforeAll(async () => {
		two = await makeTwoFirms(server);
	});
	afterAll(() => two?.close());

	const append = (side: Side, said: Readonly<Record<string, unknown>>) => {
		const names = { id: uuidv7(), boot: uuidv7(), sequence: 1, firm: two.north.id };
		const text = leafText({ request: uuidv7(), lease: uuidv7(), ...names, ...said });
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
		'are, of the %s’s, those that its own program writes, in the name of its own people',
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

	it('are of its own plane, or by the worker’s of a command', async () => {
		for (const side of Object.keys(WRITTEN) as Side[])
			for (const plane of PLANES) {
				const isOwn = plane === side || (side === 'worker' && plane === 'cli');
				const code = await append(side, { plane, action: 'process.start' });
				expect([side, plane, code]).toEqual([side, plane, isOwn ? 'done' : NO_PRIVILEGE]);
			}
	});
});
