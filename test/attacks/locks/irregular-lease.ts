import { randomBytes } from 'node:crypto';
import { expect } from 'vitest';
import { type ApprovalSide, approvalStatement } from '../../../src/access/index.ts';
import { PLATFORM_FIRM_ID } from '../../../src/keys/index.ts';
import { hexOf } from '../../../src/leases/index.ts';
import { codeOf } from '../../database/two-firms.ts';
import { unguarded } from '../../leases/forgeries.ts';
import type { Answer } from '../../support/ask.ts';
import type { LeaseCheck, LockCase, PreparedRead } from './case.ts';
import { assertAttackSucceeded, assertLockAnswered } from './evidence.ts';
import type { LockStage } from './stage.ts';

/** A lease that is got in a way that nobody meant. */
export interface Making {
	readonly attack: string;
	readonly expected: string;
	/** Of them, those up to the broker are tried one by one; what is behind it, once a broker has let it pass. */
	readonly gates: readonly LeaseCheck[];
	/** false: every row is proven, or no proof is of it; and so the broker accuses nobody. */
	readonly isUnproven?: false;
	/** How each gate before the broker is tried. */
	readonly tries?: {
		readonly 'use case'?: (stage: LockStage) => Promise<Answer>;
		readonly privilege?: (stage: LockStage) => Promise<unknown>;
		readonly trigger?: (stage: LockStage) => Promise<unknown>;
	};
	/** The lease, waiting for the broker, as if nothing that is tried before stood in the way. */
	build(stage: LockStage): Promise<string>;
	/** Takes back what was done to other rows than the lease's. */
	undo?(stage: LockStage): Promise<unknown>;
	/** What it is after. */
	wants(stage: LockStage, lease: string): PreparedRead;
}

const SQLSTATES = { privilege: /^42501$/, trigger: /^23\d{3}$/ } as const;

async function tryBefore({ tries }: Making, gate: LeaseCheck, stage: LockStage): Promise<void> {
	if (gate === 'use case') {
		const answer = await tries?.['use case']?.(stage);
		expect(answer?.errors.map(({ extensions }) => extensions.code)).toEqual([
			expect.stringMatching(/^(FORBIDDEN|CONFLICT)$/),
		]);
		expect(Object.values(answer?.data ?? {})).toEqual([null]);
	} else if (gate === 'privilege' || gate === 'trigger') {
		const attempt = tries?.[gate]?.(stage);
		if (!attempt) throw new Error(`It isn't said how the ${gate} is tried.`);
		expect(await codeOf(attempt)).toMatch(SQLSTATES[gate]);
	}
}

/** REVOKED instead of ACTIVE, recorded, without a grant; and so nothing is read. */
async function tryBroker(making: Making, stage: LockStage): Promise<void> {
	const lease = await making.build(stage);
	try {
		expect(await stage.broker.decide(await stage.idOf(lease))).not.toEqual([]);
	} finally {
		await making.undo?.(stage);
	}
	expect(await stage.stateOf(lease)).toBe('REVOKED');
	expect((await stage.grants()).filter((name) => name.includes(lease))).toEqual([]);
	const refusals = (await stage.entries(lease)).filter(
		({ action, plane }) => action === 'rights.refuse' && plane === 'broker',
	);
	expect(refusals).toMatchObject(making.isUnproven === false ? [] : [{ decision: 'DENIED', records: [lease] }]);
	const reading = making.wants(stage, lease);
	await assertLockAnswered(stage, 'resolver', await reading.send(), reading);
}

/**
 * Tries each gate before the broker; then the broker, with those taken away; then with a broker that verifies nothing what is left, and at
 * last without that: it works.
 */
export const making = (of: Making): LockCase => ({
	...of,
	async run(stage) {
		for (const gate of of.gates) await tryBefore(of, gate, stage);
		if (of.gates.includes('broker')) await tryBroker(of, stage);
		const lease = await of.build(stage);
		try {
			if (of.gates.includes('broker')) await stage.broker.activateUnverified(await stage.idOf(lease));
			else expect(await stage.broker.decide(await stage.idOf(lease))).toEqual([]);
		} finally {
			await of.undo?.(stage);
		}
		const reading = of.wants(stage, lease);
		const isRefused = of.gates.includes('resolver');
		if (isRefused) await assertLockAnswered(stage, 'resolver', await reading.send(), { ...reading, isForged: true });
		const told = await stage.removals.without(isRefused ? ['resolver'] : [], reading.firm, reading.send);
		await assertAttackSucceeded(stage, told, reading);
	},
});

/** Runs SQL as a role of the planes, signed in as its login. */
export const asRole = async (
	{ installation }: LockStage,
	side: 'operator' | 'firm' | 'broker' | 'worker',
	firm: string | null,
	text: string,
	values: string[] = [],
): Promise<unknown> => {
	const sql = installation.signIn(side);
	try {
		return await sql.begin(async (tx) => {
			await tx`select set_config('role', ${`firmseal_${side}`}, true), set_config('firmseal.firm', ${firm ?? ''}, true)`;
			return tx.unsafe(text, values);
		});
	} finally {
		await sql.end();
	}
};

/** Somebody's yes past the trigger. With the proof that the side's own process makes; or with one that is made up. */
export async function forceApproval(
	stage: LockStage,
	lease: string,
	side: ApprovalSide,
	user: string,
	isProven = true,
): Promise<void> {
	const { requestHash, firmId: firm } = await stage.find(lease);
	const hash = hexOf(requestHash);
	const statement = approvalStatement({ lease, firm, requestHash: hash, side, user });
	const mac = isProven ? await stage.prove(side === 'FIRM' ? firm : PLATFORM_FIRM_ID, statement) : randomBytes(36);
	await unguarded(
		stage,
		'lease_approvals',
		`insert into lease_approvals (lease_id, firm_id, side, user_id, request_hash, mac)
			values ($1, $2, $3, $4, decode($5, 'hex'), decode($6, 'hex'))`,
		[lease, firm, side, user, hash, hexOf(mac)],
	);
}

/** APPROVED and then ACTIVATING, which the operator's role may set. */
export async function toActivating(stage: LockStage, lease: string): Promise<string> {
	await stage.move(lease, 'APPROVED');
	await stage.move(lease, 'ACTIVATING');
	return lease;
}
