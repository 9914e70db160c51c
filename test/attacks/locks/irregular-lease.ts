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

/** A way to get a lease without the intended approvals. */
export interface Making {
	readonly attack: string;
	readonly expected: string;
	/** Checks up to the broker are tried one by one. Checks behind it are tried after a broker without verification. */
	readonly gates: readonly LeaseCheck[];
	/** False if every row has a valid MAC or needs none, so that the broker records no `rights.refuse`. */
	readonly isUnproven?: false;
	/** How to try each check before the broker. */
	readonly tries?: {
		readonly 'use case'?: (stage: LockStage) => Promise<Answer>;
		readonly privilege?: (stage: LockStage) => Promise<unknown>;
		readonly trigger?: (stage: LockStage) => Promise<unknown>;
	};
	/** Builds the lease in the state ACTIVATING, past the checks before the broker. */
	build(stage: LockStage): Promise<string>;
	/** Reverts changes to rows other than the lease's. */
	undo?(stage: LockStage): Promise<unknown>;
	/** The read that the lease is for. */
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
		if (!attempt) throw new Error(`The case has no try for the check "${gate}".`);
		expect(await codeOf(attempt)).toMatch(SQLSTATES[gate]);
	}
}

/** Checks that the broker makes the lease REVOKED instead of ACTIVE, records it, and makes no grant, and that a read is refused. */
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
 * Tries each check before the broker, then the broker without those, then the resolver after a broker that verifies nothing. Without
 * any of them the read works.
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

/** Runs SQL in the role of a plane or process, signed in as its login. */
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

/** Inserts a person's approval past the trigger, with the MAC that the side's own process makes, or with a random one. */
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

/** Moves the lease to APPROVED and then ACTIVATING, which the operator's role may do. */
export async function toActivating(stage: LockStage, lease: string): Promise<string> {
	await stage.move(lease, 'APPROVED');
	await stage.move(lease, 'ACTIVATING');
	return lease;
}
