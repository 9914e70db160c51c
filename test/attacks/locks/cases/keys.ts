import { expect } from 'vitest';
import { type KeyContext, type Keyring, KeyUnavailableError } from '../../../../src/keys/index.ts';
import { openKeyring } from '../../../../src/wiring/index.ts';
import type { LockArea, LockCase } from '../case.ts';
import type { LockStage } from '../stage.ts';

type Principal = Parameters<typeof openKeyring>[1];

interface Unwrapping {
	readonly attack: string;
	readonly expected: string;
	/** The principal whose keyring is called. */
	readonly principal: Principal;
	/** Runs before the call, to make leases and grants. */
	prepare?(stage: LockStage): Promise<unknown>;
	/** The wrapped key. */
	of(stage: LockStage): KeyContext;
	/** The context of the call. By default the key's own. */
	as?(stage: LockStage): KeyContext;
}

async function wrappedKey(
	{ installation: { admin } }: LockStage,
	{ firm, class: of }: KeyContext,
): Promise<Uint8Array> {
	const [row] =
		await admin`select wrapped from data_keys where firm_id = ${firm} and class = ${of} order by version limit 1`;
	return row?.wrapped;
}

const reasonOf = (work: Promise<unknown>): Promise<string> =>
	work.then(
		() => 'done',
		(error: unknown) => (error instanceof KeyUnavailableError ? error.reason : String(error)),
	);

/** Calls the keyring directly, without resolver and database. Then calls the worker's keyring, which has no such lock. */
const unwrapping = ({ attack, expected, principal, prepare, of, as = of }: Unwrapping): LockCase => ({
	attack,
	expected,
	gates: ['key'],
	async run(stage) {
		await prepare?.(stage);
		const wrapped = await wrappedKey(stage, of(stage));
		const keyring = await openKeyring(stage.installation.config, principal);
		expect(await reasonOf(keyring.unwrap(as(stage), wrapped))).toBe('REFUSED');
		const worker = await openKeyring(stage.installation.config, 'worker');
		expect((await worker.unwrap(of(stage), wrapped)).plaintext).toHaveLength(32);
		if (as !== of) expect(await reasonOf(worker.unwrap(as(stage), wrapped))).toBe('REFUSED');
	},
});

/** A call that only the broker may make. */
const acting = (
	attack: string,
	by: readonly Principal[],
	act: (keyring: Keyring, stage: LockStage) => Promise<unknown>,
): LockCase => ({
	attack,
	expected: 'REFUSED; the broker may',
	gates: ['key'],
	async run(stage) {
		const reasons = await Promise.all(
			by.map(async (principal) => reasonOf(act(await openKeyring(stage.installation.config, principal), stage))),
		);
		expect(new Set(reasons)).toEqual(new Set(['REFUSED']));
		expect(await reasonOf(act(await openKeyring(stage.installation.config, 'broker'), stage))).toBe('done');
	},
});

const ofNotes = ({ firm }: LockStage) => ({ firm: firm.id, class: 'NOTE' });

export const keys: LockArea = {
	title: 'Direct calls of keyrings',
	cases: [
		unwrapping({
			attack: 'The operator plane unwraps a note key without a grant',
			expected: 'REFUSED',
			principal: 'operator',
			of: ofNotes,
		}),
		unwrapping({
			attack: 'The operator plane unwraps a note key with a grant for messages',
			expected: 'REFUSED: a grant covers one class',
			principal: 'operator',
			prepare: (stage) => stage.active({ classes: ['COMMUNICATION'] }),
			of: ofNotes,
		}),
		unwrapping({
			attack: 'The operator plane unwraps another firm’s note key with a grant on the first firm',
			expected: 'REFUSED: a grant covers one firm',
			principal: 'operator',
			prepare: (stage) => stage.active(),
			of: ({ other }) => ({ firm: other.id, class: 'NOTE' }),
		}),
		unwrapping({
			attack: 'The operator plane unwraps another firm’s key as a key of the firm that it has a grant on',
			expected: 'REFUSED, also by a worker’s keyring: a wrapped key opens only under its own firm and class',
			principal: 'operator',
			prepare: (stage) => stage.active(),
			of: ({ other }) => ({ firm: other.id, class: 'NOTE' }),
			as: ofNotes,
		}),
		unwrapping({
			attack: 'The operator plane unwraps a message key as a note key, on which it has a grant',
			expected: 'REFUSED, also by a worker’s keyring, for the same reason',
			principal: 'operator',
			prepare: (stage) => stage.active(),
			of: ({ firm }) => ({ firm: firm.id, class: 'COMMUNICATION' }),
			as: ofNotes,
		}),
		unwrapping({
			attack: 'The operator plane unwraps the firm’s RIGHTS key, to approve in its name',
			expected: 'REFUSED with every grant',
			principal: 'operator',
			prepare: (stage) => stage.active({ classes: ['NOTE', 'COMMUNICATION', 'BILLING', 'DOCUMENT'] }),
			of: ({ firm }) => ({ firm: firm.id, class: 'RIGHTS' }),
		}),
		unwrapping({
			attack: 'The broker unwraps a note key for which it has created the grant',
			expected: 'REFUSED: the broker can’t open content',
			principal: 'broker',
			prepare: (stage) => stage.active(),
			of: ofNotes,
		}),
		acting(
			'Operator’s, firm’s and worker’s processes create a grant',
			['operator', 'firm', 'worker'],
			(keyring, stage) => keyring.createGrant({ name: `bg-${stage.ours.ids.note}-NOTE`, ...ofNotes(stage) }),
		),
		acting(
			'Operator’s, firm’s and worker’s processes revoke and list grants',
			['operator', 'firm', 'worker'],
			async (keyring, stage) => {
				await keyring.revokeGrant({ name: `bg-${stage.ours.ids.note}-NOTE`, firm: stage.firm.id });
				await keyring.listGrants(stage.firm.id);
			},
		),
	],
};
