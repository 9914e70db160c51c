import type { Statement } from '../access/index.ts';
import {
	lockMembership,
	type MemberIdentity,
	type MembershipRow,
	selectIdentityOfMember,
	selectMembership,
	type Transaction,
} from '../database/index.ts';
import type { ActingMember, RequestServices } from './acting-member.ts';
import { statementOfMember } from './proofs.ts';
import { concurrentChangeError } from './refusals.ts';

/** A present or former member whose row is locked. */
export interface LockedMember extends MembershipRow {
	/** False if SQL has inserted or changed the row or its account. */
	readonly isProven: boolean;
	/** The MAC of the row with these changes. */
	prove(next: Partial<Pick<MembershipRow, 'role' | 'clientId' | 'removedAt'>>): Uint8Array;
}

/** Each attempt fails only because another change of the same member was faster. */
const MAX_ATTEMPTS = 20;

/**
 * Runs `work` on a member in a transaction. The row's proof is verified before the transaction, because a key may have to be fetched. If the row
 * changes before it is locked, it is verified again, so that changing an unproven row never gives it a proof.
 * `work` gets null if the firm has no such account.
 * @throws FirmsealError CONFLICT if the row changes at every attempt, KEY_UNAVAILABLE.
 */
export async function withLockedMember<T>(
	{ plane, rights }: Pick<RequestServices, 'plane' | 'rights'>,
	{ firm }: Pick<ActingMember, 'firm'>,
	userId: string,
	work: (tx: Transaction, member: LockedMember | null) => Promise<T>,
): Promise<T> {
	for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
		const seen = await plane.read(firm, async (tx) => {
			const row = await selectMembership(tx, userId);
			return row ? withIdentity(tx, row) : null;
		});
		const isProven = seen !== null && (await rights.verify(firm, seen.statement, seen.row.mac));
		const prover = await rights.prover(firm);
		const outcome = await plane.write(firm, async (tx) => {
			const row = await lockMembership(tx, userId);
			const now = row && (await withIdentity(tx, row));
			if (!isSame(seen, now)) return null;
			const member = now && {
				...now.row,
				isProven,
				prove: (next: Partial<MembershipRow>) =>
					prover(statementOfMember({ ...now.row, ...next }, now.row.userId, now.identity)),
			};
			return { done: await work(tx, member) };
		});
		if (outcome) return outcome.done;
	}
	throw concurrentChangeError();
}

interface MemberWithIdentity {
	readonly row: MembershipRow;
	readonly identity: MemberIdentity;
	readonly statement: Statement;
}

async function withIdentity(tx: Transaction, row: MembershipRow): Promise<MemberWithIdentity> {
	const identity = await selectIdentityOfMember(tx, row.userId);
	if (!identity) throw new Error('A member of the firm has no account.');
	return { row, identity, statement: statementOfMember(row, row.userId, identity) };
}

const isSame = (a: MemberWithIdentity | null, b: MemberWithIdentity | null): boolean =>
	a === null || b === null
		? a === b
		: JSON.stringify([a.statement, [...(a.row.mac ?? [])]]) === JSON.stringify([b.statement, [...(b.row.mac ?? [])]]);
