import {
	extendLeaseUse,
	holdLease,
	LEASE_DEADLINE,
	type LeaseUse,
	type Plane,
	recordAnsweredReads,
	type Transaction,
	toCallerError,
} from '../database/index.ts';
import { FirmsealError } from '../errors.ts';

/** Pools of the role that breaks glass. Two, so that a request that holds a lease never waits for a connection that another one holds. */
export interface LeasePlanes {
	/** For the transaction that takes a read batch from the budget. */
	readonly forReading: Plane;
	/** For the one that a request keeps until its answer is at the socket. */
	readonly forHolding: Plane;
}

export const leaseEndedError = () =>
	new FirmsealError('LEASE_NOT_ACTIVE', 'The lease is not active any more: ask for another, or leave the header out.');
/** The lease may be active still; this request can't know it any more. */
const leaseUsedTooLongError = () =>
	new FirmsealError(
		'LEASE_NOT_ACTIVE',
		'The request has used its lease for five seconds, which is the most: ask for less at a time.',
	);
const leaseStateUnknownError = () =>
	new FirmsealError(
		'AUDIT_UNAVAILABLE',
		'The database could not be asked whether the lease is active, so nothing is answered; try again later.',
	);

interface HeldLease {
	readonly tx: Transaction;
	readonly release: () => void;
	/** Settles when the transaction has ended, in whatever way. */
	readonly over: Promise<void>;
}

const ignore = () => {};

/**
 * One request's use of one lease, by two kinds of transaction (docs/explanation/decisions/0020): one for each read batch, which takes from the budget
 * and commits; and one that holds the lease shared from the first reading until end(), so that a person who revokes it waits until the
 * answer is out or the deadline over.
 */
export class LeaseSession {
	readonly use: LeaseUse;
	readonly #taking: Plane;
	readonly #holding: Plane;
	readonly #onExpire: () => void;
	/** By performance.now(). */
	#deadline = Number.POSITIVE_INFINITY;
	/** The lease has been let go by its deadline, the loss of its connection, or end(): a later answer on the connection is another request's. */
	#isLetGo = false;
	/** Read batches that were taken from the lease. */
	#takenBatches = 0;
	/** Why nothing more is read or answered; null: it may be. Only the database says that the lease is not active. */
	#over: FirmsealError | null = null;
	#held: Promise<HeldLease> | undefined;
	/** Calls that let go of the lease and take it again run one after the other; so do the statements of the held transaction. */
	#lastParting: Promise<void> = Promise.resolve();
	#lastStatement: Promise<void> = Promise.resolve();
	/** Settles when no transaction of #unlessOver() is under way. */
	#underway: Promise<unknown> = Promise.resolve();

	/** `onExpire` is called when the deadline, or the loss of the connection, ends the session. */
	constructor(planes: LeasePlanes, use: LeaseUse, onExpire: () => void) {
		this.use = use;
		this.#taking = planes.forReading.forLease(use.lease);
		this.#holding = planes.forHolding.forLease(use.lease);
		this.#onExpire = onExpire;
	}

	/**
	 * Runs what takes a read batch from the lease, in a transaction of its own, and answers what `work` does: the values that were taken, by
	 * their indexes. end() waits for it, and counts a batch that holds any.
	 * @throws FirmsealError LEASE_NOT_ACTIVE; what `work` throws: nothing was taken.
	 */
	async takeBatch(work: (tx: Transaction) => Promise<readonly number[]>): Promise<readonly number[]> {
		this.assertNotOver();
		return this.#unlessOver(work, ({ length }) => {
			if (length > 0) this.#takenBatches += 1;
		});
	}

	/** Runs statements of the transaction that holds the lease, one `work` after the other: it is one connection, and read batches may overlap. */
	withHeldLease<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
		const turn = this.#lastStatement.then(async () => {
			const { tx } = await this.#hold();
			this.assertLive();
			const result = await work(tx);
			this.assertLive();
			return result;
		});
		this.#lastStatement = turn.then(ignore, ignore);
		return turn;
	}

	/** Asks the database, in a transaction of the lease. @throws FirmsealError LEASE_NOT_ACTIVE */
	async assertHeld(tx: Transaction): Promise<void> {
		if (!(await holdLease(tx, this.use))) throw leaseEndedError();
	}

	/** Asks the database again whether the lease is held. @throws FirmsealError LEASE_NOT_ACTIVE, AUDIT_UNAVAILABLE when it can't be asked */
	async confirm(): Promise<void> {
		// Nothing of it was ever used.
		if (!this.#held && this.#deadline === Number.POSITIVE_INFINITY) return;
		await this.withHeldLease((tx) => this.assertHeld(tx));
	}

	/**
	 * Lets go of the lease and takes it again, for an answer that is longer than the deadline: a person who ends the lease waits no longer
	 * than until now, and this call is then refused. Meanwhile nothing is live; the budget is not asked. @throws FirmsealError LEASE_NOT_ACTIVE
	 */
	renew(): Promise<void> {
		return this.#afterPartings(async () => {
			// A call of withoutHold() that came just before has let go of it already.
			if (this.#held) await this.#held.then(() => this.#partWith(async () => {}));
			await this.#hold();
		});
	}

	/**
	 * Lets go of the lease for `work`, such as waiting for the log, and until confirm() or the next statement: an open transaction would hold
	 * back the entries of all that come after it. @throws FirmsealError LEASE_NOT_ACTIVE; what `work` throws
	 */
	withoutHold(work: () => Promise<void>): Promise<void> {
		return this.#afterPartings(() => this.#partWith(work));
	}

	/** @throws FirmsealError what has ended the session, LEASE_NOT_ACTIVE among it; what the work of withoutHold() has thrown */
	assertNotOver(): void {
		if (this.#over !== null) throw this.#over;
	}

	/** The same, and by this process's own clock, which goes on while the process stands still. @throws FirmsealError as assertNotOver; LEASE_NOT_ACTIVE */
	assertLive(): void {
		this.assertNotOver();
		if (performance.now() >= this.#deadline) throw leaseUsedTooLongError();
	}

	/** Lets go of the lease. Nothing is read afterwards. Answers whether the lease is used up and no one else still reads under it. */
	async end(): Promise<boolean> {
		this.#over ??= leaseEndedError();
		this.#isLetGo = true;
		await Promise.all([this.#underway, this.#release()]);
		const batches = this.#takenBatches;
		this.#takenBatches = 0;
		return batches > 0 && this.#inTransaction((tx) => recordAnsweredReads(tx, this.use, batches));
	}

	/** A transaction of its own; those of one person share a third of the pool, and so run one after the other (wiring/request-leases.ts). */
	#inTransaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
		const { user, firm } = this.use;
		return this.#taking.limitedPerParty(user, () => this.#taking.write(firm, work));
	}

	/** One that takes from the lease or says that it is still used, unless the request has ended meanwhile; end() waits for it, and for `onDone`. */
	#unlessOver<T>(work: (tx: Transaction) => Promise<T>, onDone: (result: T) => void = ignore): Promise<T> {
		const turn = this.#inTransaction(async (tx) => {
			this.assertNotOver();
			return work(tx);
		}).then((result) => {
			onDone(result);
			return result;
		});
		this.#underway = Promise.allSettled([this.#underway, turn]);
		return turn;
	}

	async #hold(): Promise<HeldLease> {
		// The request may have been given up while it was taking from the budget.
		this.assertNotOver();
		this.#held ??= this.#beginHolding();
		return this.#held;
	}

	#beginHolding(): Promise<HeldLease> {
		const { promise: released, resolve: release } = Promise.withResolvers<void>();
		return new Promise<HeldLease>((resolve, reject) => {
			const over = this.#holding
				.write(this.use.firm, (tx, lost) => this.#holdUntil(released, () => resolve({ tx, release, over }), tx, lost))
				.catch((error: unknown) => {
					// Also a connection that was lost under it.
					this.#over ??= toCallerError(error) ?? leaseStateUnknownError();
					reject(error instanceof Error ? error : new Error('The lease could not be held.'));
				});
		});
	}

	/** Holds the lease in the transaction until `released`, or until the deadline lets it go. */
	async #holdUntil(
		released: Promise<void>,
		onHeld: () => void,
		tx: Transaction,
		lost: AbortSignal | undefined,
	): Promise<void> {
		// It was waiting for its connection meanwhile, and held nothing.
		this.assertNotOver();
		// Counted from before the database's own time begins, so that it never ends later: that of its last statement.
		const deadline = performance.now() + LEASE_DEADLINE;
		const expire = () => this.#letGo(leaseUsedTooLongError());
		const timer = setTimeout(expire, LEASE_DEADLINE).unref();
		try {
			await this.assertHeld(tx);
			// With the connection the lease is let go: what is being sent has to stop.
			lost?.addEventListener('abort', () =>
				this.#letGo(performance.now() >= deadline ? leaseUsedTooLongError() : leaseStateUnknownError()),
			);
			if (lost?.aborted) throw leaseStateUnknownError();
			this.#deadline = deadline;
			onHeld();
			await released;
		} finally {
			clearTimeout(timer);
		}
	}

	#letGo(why: FirmsealError): void {
		this.#over ??= why;
		// After the deadline PostgreSQL ends the session too: that cuts off no refusal that is being sent by then.
		if (this.#isLetGo) return;
		this.#isLetGo = true;
		this.#onExpire();
		void this.#release();
	}

	async #release(): Promise<void> {
		const own = await this.#held?.catch(() => null);
		own?.release();
		await own?.over;
	}

	#afterPartings(work: () => Promise<void>): Promise<void> {
		const turn = this.#lastParting.then(work);
		this.#lastParting = turn.catch(ignore);
		return turn;
	}

	async #partWith(work: () => Promise<void>): Promise<void> {
		this.assertLive();
		await this.#unlessOver((tx) => extendLeaseUse(tx, this.use));
		const parted = this.#lastStatement.then(async () => {
			// Not live from here until it is held again.
			this.#deadline = Number.NEGATIVE_INFINITY;
			await this.#release();
			this.#held = undefined;
		});
		this.#lastStatement = parted.then(ignore, ignore);
		await parted;
		await work().catch((error: unknown) => {
			this.#over ??= toCallerError(error) ?? leaseStateUnknownError();
			throw error;
		});
	}
}
