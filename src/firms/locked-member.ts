import type { Statement } from '../access/index.ts';
import {
	lockMembership,
	type MemberIdentity,
	type MembershipRow,
	selectIdentityOfMember,
	selectMembership,
	type Transaction,
} from '../database/index.ts';
import { FirmsealError } from '../errors.ts';
import type { ActingMember, RequestServices } from './acting-member.ts';
import { statementOfMember } from './proofs.ts';

/** A member, present or former, whose row is locked. */
export interface LockedMember extends MembershipRow {
	/** false: SQL has put the row there, or has changed it or the account that it is of. */
	readonly isProven: boolean;
	/** The proof of what the row is to say next. */
	prove(next: Partial<Pick<MembershipRow, 'role' | 'clientId' | 'removedAt'>>): Uint8Array;
}

/** Others who change the same member at once go first, each of them once. */
const MAX_ATTEMPTS = 20;

/**
 * Works on a member in a transaction. Whether the row is proven is found out before it, because a key may have to be fetched; a row that
 * changes until it is locked is looked at again. So nothing gets a proof that had none, by being changed.
 * `work` gets null where the firm has no such account.
 * @throws FirmsealError CONFLICT when the row changes all the time, KEY_UNAVAILABLE.
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
	throw new FirmsealError('CONFLICT', 'Others changed the same at this moment: repeat it.');
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
