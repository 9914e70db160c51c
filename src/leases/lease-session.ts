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

/** Connection pools of the break-glass role. Two pools, so that a request that holds a lease never waits for a connection that another holds. */
export interface LeasePlanes {
	/** For transactions that take a read batch from the budget. */
	readonly forReading: Plane;
	/** For the transaction that a request keeps open until its answer is at the socket. */
	readonly forHolding: Plane;
}

export const leaseEndedError = () =>
	new FirmsealError('LEASE_NOT_ACTIVE', 'The lease is no longer active: request another, or leave out the header.');
/** The lease may still be active, but this request can't know. */
const leaseUsedTooLongError = () =>
	new FirmsealError(
		'LEASE_NOT_ACTIVE',
		'The request has used its lease for five seconds, the maximum: read less at a time.',
	);
const leaseStateUnknownError = () =>
	new FirmsealError(
		'AUDIT_UNAVAILABLE',
		'The database could not confirm that the lease is active, so nothing is answered: try again later.',
	);

interface HeldLease {
	readonly tx: Transaction;
	readonly release: () => void;
	/** Settles when the transaction has ended. */
	readonly over: Promise<void>;
}

const ignore = () => {};

/**
 * One request's use of one lease, with two kinds of transaction (docs/explanation/decisions/0020): one for each read batch, which takes from the budget
 * and commits, and one that holds the lease with a shared lock from the first read until end(), so that a person who revokes the lease waits
 * until the answer has been sent or the deadline has passed.
 */
export class LeaseSession {
	readonly use: LeaseUse;
	readonly #taking: Plane;
	readonly #holding: Plane;
	readonly #onExpire: () => void;
	/** By performance.now(). */
	#deadline = Number.POSITIVE_INFINITY;
	/** Whether the lease was released by its deadline, a lost connection, or end(). A later answer on the connection belongs to another request. */
	#isReleased = false;
	/** Read batches taken from the lease. */
	#takenBatches = 0;
	/** Why nothing more may be read or answered; null while it may. Only the database decides that the lease is not active. */
	#over: FirmsealError | null = null;
	#held: Promise<HeldLease> | undefined;
	/** Serializes the calls that release the lease and hold it again. */
	#lastParting: Promise<void> = Promise.resolve();
	/** Serializes the statements of the transaction that holds the lease. */
	#lastStatement: Promise<void> = Promise.resolve();
	/** Settles when no transaction of #unlessOver() is running. */
	#underway: Promise<unknown> = Promise.resolve();

	/** Calls `onExpire` when the deadline or a lost connection ends the session. */
	constructor(planes: LeasePlanes, use: LeaseUse, onExpire: () => void) {
		this.use = use;
		this.#taking = planes.forReading.forLease(use.lease);
		this.#holding = planes.forHolding.forLease(use.lease);
		this.#onExpire = onExpire;
	}

	/**
	 * Runs `work`, which takes a read batch from the lease, in a separate transaction. Returns the result of `work`: the indexes of the values that
	 * were taken. end() waits for this, and counts a batch that is not empty.
	 * @throws FirmsealError LEASE_NOT_ACTIVE; errors of `work`. Then nothing was taken.
	 */
	async takeBatch(work: (tx: Transaction) => Promise<readonly number[]>): Promise<readonly number[]> {
		this.assertNotOver();
		return this.#unlessOver(work, ({ length }) => {
			if (length > 0) this.#takenBatches += 1;
		});
	}

	/** Runs statements in the transaction that holds the lease. Serializes the calls, because it is one connection, and read batches may overlap. */
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

	/** Checks the lease in the database. @throws FirmsealError LEASE_NOT_ACTIVE */
	async assertHeld(tx: Transaction): Promise<void> {
		if (!(await holdLease(tx, this.use))) throw leaseEndedError();
	}

	/** Checks the lease in the database again. @throws FirmsealError LEASE_NOT_ACTIVE, AUDIT_UNAVAILABLE if the database can't be reached */
	async confirm(): Promise<void> {
		// The lease was never used.
		if (!this.#held && this.#deadline === Number.POSITIVE_INFINITY) return;
		await this.withHeldLease((tx) => this.assertHeld(tx));
	}

	/**
	 * Releases the lease and holds it again, for an answer that takes longer than the deadline. A person who ends the lease waits at most until
	 * this release, and then this call throws. Nothing is live in between. Does not check the budget. @throws FirmsealError LEASE_NOT_ACTIVE
	 */
	renew(): Promise<void> {
		return this.#afterPartings(async () => {
			// A call of withoutHold() just before may already have released the lease.
			if (this.#held) await this.#held.then(() => this.#partWith(async () => {}));
			await this.#hold();
		});
	}

	/**
	 * Releases the lease during `work`, such as waiting for the log, and until confirm() or the next statement. An open transaction would delay
	 * the publication of all later entries. @throws FirmsealError LEASE_NOT_ACTIVE; errors of `work`
	 */
	withoutHold(work: () => Promise<void>): Promise<void> {
		return this.#afterPartings(() => this.#partWith(work));
	}

	/** @throws FirmsealError the reason why the session is over, such as LEASE_NOT_ACTIVE, or an error of the work of withoutHold() */
	assertNotOver(): void {
		if (this.#over !== null) throw this.#over;
	}

	/**
	 * Also checks the deadline by the process's clock, which runs on while the process is suspended.
	 * @throws FirmsealError as assertNotOver() does; LEASE_NOT_ACTIVE
	 */
	assertLive(): void {
		this.assertNotOver();
		if (performance.now() >= this.#deadline) throw leaseUsedTooLongError();
	}

	/** Releases the lease for good. Returns whether its budget is used up and no other request still reads under it. */
	async end(): Promise<boolean> {
		this.#over ??= leaseEndedError();
		this.#isReleased = true;
		await Promise.all([this.#underway, this.#release()]);
		const batches = this.#takenBatches;
		this.#takenBatches = 0;
		return batches > 0 && this.#inTransaction((tx) => recordAnsweredReads(tx, this.use, batches));
	}

	/** Transactions of one person may use only a third of the pool; further ones wait (wiring/request-leases.ts). */
	#inTransaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
		const { user, firm } = this.use;
		return this.#taking.limitedPerParty(user, () => this.#taking.write(firm, work));
	}

	/** Runs a transaction unless the session is over. end() waits for it and for `onDone`. */
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
		// The request may have been cancelled while it took from the budget.
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
					// Includes a lost connection.
					this.#over ??= toCallerError(error) ?? leaseStateUnknownError();
					reject(error instanceof Error ? error : new Error('The lease could not be held.'));
				});
		});
	}

	/** Holds the lease in the transaction until `released` or the deadline. */
	async #holdUntil(
		released: Promise<void>,
		onHeld: () => void,
		tx: Transaction,
		lost: AbortSignal | undefined,
	): Promise<void> {
		// The session may have ended during the wait for a connection.
		this.assertNotOver();
		// Starts before the statement, whose start begins the database's own timeout, so that this deadline never ends later than that timeout.
		const deadline = performance.now() + LEASE_DEADLINE;
		const expire = () => this.#expire(leaseUsedTooLongError());
		const timer = setTimeout(expire, LEASE_DEADLINE).unref();
		try {
			await this.assertHeld(tx);
			// A lost connection releases the lease, so sending must stop.
			lost?.addEventListener('abort', () =>
				this.#expire(performance.now() >= deadline ? leaseUsedTooLongError() : leaseStateUnknownError()),
			);
			if (lost?.aborted) throw leaseStateUnknownError();
			this.#deadline = deadline;
			onHeld();
			await released;
		} finally {
			clearTimeout(timer);
		}
	}

	#expire(why: FirmsealError): void {
		this.#over ??= why;
		// After the deadline PostgreSQL also ends the session. That must not cut off the refusal that is being sent by then.
		if (this.#isReleased) return;
		this.#isReleased = true;
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
			// Not live until the lease is held again.
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
