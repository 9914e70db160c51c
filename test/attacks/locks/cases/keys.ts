import { expect } from 'vitest';
import { type KeyContext, type Keyring, KeyUnavailableError } from '../../../../src/keys/index.ts';
import { openKeyring } from '../../../../src/wiring/index.ts';
import type { LockArea, LockCase } from '../case.ts';
import type { LockStage } from '../stage.ts';

type Principal = Parameters<typeof openKeyring>[1];

interface Unwrapping {
	readonly attack: string;
	readonly expected: string;
	/** Whose keyring is asked. */
	readonly principal: Principal;
	/** What is there while it is asked. */
	prepare?(stage: LockStage): Promise<unknown>;
	/** Which wrapped key. */
	of(stage: LockStage): KeyContext;
	/** Under which context it is asked for, if not its own. */
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

/** Asked directly, with neither resolver nor database before it; then as the worker, whose keyring is the lock taken away. */
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

/** An act that only one kind of process may do. */
const acting = (
	attack: string,
	by: readonly Principal[],
	act: (keyring: Keyring, stage: LockStage) => Promise<unknown>,
): LockCase => ({
	attack,
	expected: 'REFUSED; the broker’s can',
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
	title: 'Keyrings that are asked directly',
	cases: [
		unwrapping({
			attack: 'The operator’s side unwraps a key of notes while there is no grant',
			expected: 'REFUSED',
			principal: 'operator',
			of: ofNotes,
		}),
		unwrapping({
			attack: 'The operator’s side unwraps a key of notes with a grant for messages',
			expected: 'REFUSED: a grant is for a class',
			principal: 'operator',
			prepare: (stage) => stage.active({ classes: ['COMMUNICATION'] }),
			of: ofNotes,
		}),
		unwrapping({
			attack: 'The operator’s side unwraps another firm’s key of notes with a grant on the first',
			expected: 'REFUSED: a grant is for a firm',
			principal: 'operator',
			prepare: (stage) => stage.active(),
			of: ({ other }) => ({ firm: other.id, class: 'NOTE' }),
		}),
		unwrapping({
			attack:
				'The operator’s side has another firm’s wrapped key unwrapped as a key of the firm that it has a grant on',
			expected: 'REFUSED, by a worker’s keyring too: a wrapped key opens under its own firm and class only',
			principal: 'operator',
			prepare: (stage) => stage.active(),
			of: ({ other }) => ({ firm: other.id, class: 'NOTE' }),
			as: ofNotes,
		}),
		unwrapping({
			attack: 'The operator’s side has a key of messages unwrapped as one of notes, on which it has a grant',
			expected: 'REFUSED, by a worker’s keyring too: the same',
			principal: 'operator',
			prepare: (stage) => stage.active(),
			of: ({ firm }) => ({ firm: firm.id, class: 'COMMUNICATION' }),
			as: ofNotes,
		}),
		unwrapping({
			attack: 'The operator’s side unwraps the firm’s RIGHTS key, to agree in its name',
			expected: 'REFUSED, whatever is granted',
			principal: 'operator',
			prepare: (stage) => stage.active({ classes: ['NOTE', 'COMMUNICATION', 'BILLING', 'DOCUMENT'] }),
			of: ({ firm }) => ({ firm: firm.id, class: 'RIGHTS' }),
		}),
		unwrapping({
			attack: 'The broker unwraps a key of notes, for which it has made the grant itself',
			expected: 'REFUSED: who grants opens nothing',
			principal: 'broker',
			prepare: (stage) => stage.active(),
			of: ofNotes,
		}),
		acting('Operator’s, firm’s and worker’s processes make a grant', ['operator', 'firm', 'worker'], (keyring, stage) =>
			keyring.createGrant({ name: `bg-${stage.ours.ids.note}-NOTE`, ...ofNotes(stage) }),
		),
		acting(
			'Operator’s, firm’s and worker’s processes list grants and take them back',
			['operator', 'firm', 'worker'],
			async (keyring, stage) => {
				await keyring.revokeGrant({ name: `bg-${stage.ours.ids.note}-NOTE`, firm: stage.firm.id });
				await keyring.listGrants(stage.firm.id);
			},
		),
	],
};
