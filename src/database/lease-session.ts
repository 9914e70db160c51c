import { FirmsealError } from '../errors.ts';
import { toCallerError } from './database-error.ts';
import { LEASE_DEADLINE, type Plane, type Transaction } from './plane.ts';
import type { Sealed } from './sealed.ts';
import {
	extendLeaseUse,
	holdLease,
	type LeaseReadBatch,
	type LeaseTerms,
	recordAnsweredReads,
	type SealedLocation,
	selectPresent,
	selectSealed,
	takeFromLease,
} from './statements/lease-reads.ts';

/** Pools of the role that breaks glass. Two, so that who holds a lease never waits for a connection that another holder has. */
export interface LeasePlanes {
	/** For the first transaction of each wave. */
	readonly forReading: Plane;
	/** For the one that a request keeps until its answer is at the socket. */
	readonly forHolding: Plane;
}

/** One request's use of one lease. */
export interface LeaseSession {
	/**
	 * Takes a wave from the lease and answers what its places hold, in their order. `intend` makes the intent durable before anything
	 * is read; it is given the places that hold a value.
	 * @throws FirmsealError LEASE_NOT_ACTIVE, LEASE_SCOPE: nothing was taken or read.
	 */
	read(
		places: readonly SealedLocation[],
		batch: Omit<LeaseReadBatch, 'values'>,
		intend: (present: readonly number[]) => Promise<void>,
	): Promise<(Sealed | null)[]>;
	/** Statements of the transaction that holds the lease. */
	withHeldLease<T>(work: (tx: Transaction) => Promise<T>): Promise<T>;
	/** Asks the database again whether the lease is held. @throws FirmsealError LEASE_NOT_ACTIVE, AUDIT_UNAVAILABLE when it can't be asked */
	confirm(): Promise<void>;
	/**
	 * Lets go of the lease and takes it again, for an answer that is longer than the deadline: whoever ends the lease waits no longer
	 * than until now, and this is then refused. Meanwhile nothing is live; the budget is not asked. @throws FirmsealError LEASE_NOT_ACTIVE
	 */
	renew(): Promise<void>;
	/**
	 * Lets go of the lease for `work`, such as waiting for the log, and until confirm() or the next statement: an open transaction would hold
	 * back the entries of all who come after it. @throws FirmsealError LEASE_NOT_ACTIVE; what `work` throws
	 */
	withoutHold(work: () => Promise<void>): Promise<void>;
	/**
	 * By this process's own clock, which goes on while the process stands still. @throws FirmsealError LEASE_NOT_ACTIVE; what the work of
	 * apart() has thrown
	 */
	assertLive(): void;
	/** Lets go of the lease. Nothing is read afterwards. Answers whether the lease is used up, and nobody else is still reading under it. */
	end(): Promise<boolean>;
}

const ended = () =>
	new FirmsealError('LEASE_NOT_ACTIVE', 'The lease is not active any more: ask for another, or leave the header out.');
/** The lease may be active still; this request can't know it any more. */
const late = () =>
	new FirmsealError(
		'LEASE_NOT_ACTIVE',
		'The request has used its lease for five seconds, which is the most: ask for less at a time.',
	);
const unknown = () =>
	new FirmsealError(
		'AUDIT_UNAVAILABLE',
		'The database could not be asked whether the lease is active, so nothing is answered; try again later.',
	);
const REFUSALS = {
	ENDED: ended,
	SCOPE: () => new FirmsealError('LEASE_SCOPE', 'This is outside the lease: ask for what it covers.'),
	BUDGET: () =>
		new FirmsealError(
			'LEASE_SCOPE',
			'This would pass the read budget of the lease: ask for fewer values, or a new lease.',
		),
} as const;

interface HeldLease {
	readonly tx: Transaction;
	readonly release: () => void;
	/** Settles when the transaction has ended, however. */
	readonly over: Promise<void>;
}

const nothing = () => {};

/**
 * Two transactions (docs/decisions/0020): one for each wave, which takes from the budget and commits; and one that holds the lease
 * shared from the first reading until end(), so that whoever revokes waits until the answer is out or the deadline over. `onExpire`
 * is called when the deadline ends it.
 */
export function openLeaseSession(planes: LeasePlanes, terms: LeaseTerms, onExpire: () => void): LeaseSession {
	const using = planes.forReading.forLease(terms.lease);
	const holding = planes.forHolding.forLease(terms.lease);
	let deadline = Number.POSITIVE_INFINITY;
	/** By its deadline, the loss of its connection, or end(): the answer that is on the connection later is not this one. */
	let isLetGo = false;
	/** Waves that were taken from the lease. */
	let taken = 0;
	/** Why nothing more is read or answered; null: it may be. That the lease is not active says the database alone. */
	let over: FirmsealError | null = null;
	let held: Promise<HeldLease> | undefined;
	/** Who lets go of the lease and takes it again does so one after the other, and statements likewise. */
	let parting: Promise<void> = Promise.resolve();
	let last: Promise<void> = Promise.resolve();
	/** Settles when no transaction of take() is under way. */
	let taking: Promise<unknown> = Promise.resolve();

	/** A transaction of its own, of which one person's are done one after the other. */
	const use = <T>(work: (tx: Transaction) => Promise<T>): Promise<T> =>
		using.limitedPerParty(terms.user, () => using.write(terms.firm, work));

	/** One that takes from the lease, unless the request has ended while it waited for its turn; end() waits for it, and for `onTaken`. */
	function take<T>(work: (tx: Transaction) => Promise<T>, onTaken: (result: T) => void = nothing): Promise<T> {
		const turn = use(async (tx) => {
			assertNotOver();
			return work(tx);
		}).then((result) => {
			onTaken(result);
			return result;
		});
		taking = Promise.allSettled([taking, turn]);
		return turn;
	}

	function assertNotOver(): void {
		if (over !== null) throw over;
	}

	function assertLive(): void {
		assertNotOver();
		if (performance.now() >= deadline) throw late();
	}

	function letGo(why: FirmsealError): void {
		over ??= why;
		// After the deadline PostgreSQL ends the session too: that cuts off no refusal that is being sent by then.
		if (isLetGo) return;
		isLetGo = true;
		onExpire();
		void release();
	}

	async function hold(): Promise<HeldLease> {
		// The request may have been given up while it was taking from the budget.
		assertNotOver();
		held ??= begin();
		return held;
	}

	function begin(): Promise<HeldLease> {
		const { promise: released, resolve: release } = Promise.withResolvers<void>();
		return new Promise<HeldLease>((resolve, reject) => {
			const done = holding
				.write(terms.firm, async (tx, lost) => {
					// It was waiting for its connection meanwhile, and held nothing.
					assertNotOver();
					// Counted from before the database's own time begins, so that it never ends later: that of its last statement.
					const ends = performance.now() + LEASE_DEADLINE;
					const expire = () => letGo(late());
					const timer = setTimeout(expire, LEASE_DEADLINE).unref();
					try {
						if (!(await holdLease(tx, terms))) throw ended();
						// With the connection the lease is let go: what is being sent has to stop.
						lost?.addEventListener('abort', () => letGo(performance.now() >= ends ? late() : unknown()));
						if (lost?.aborted) throw unknown();
						deadline = ends;
						resolve({ tx, release, over: done });
						await released;
					} finally {
						clearTimeout(timer);
					}
				})
				.catch((error: unknown) => {
					// Also a connection that was lost under it.
					over ??= toCallerError(error) ?? unknown();
					reject(error instanceof Error ? error : new Error('The lease could not be held.'));
				});
		});
	}

	async function release(): Promise<void> {
		const own = await held?.catch(() => null);
		own?.release();
		await own?.over;
	}

	/** One after the other: the transaction is one connection, and waves of a request may overlap. */
	function inside<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
		const turn = last.then(async () => {
			const { tx } = await hold();
			assertLive();
			const result = await work(tx);
			assertLive();
			return result;
		});
		last = turn.then(nothing, nothing);
		return turn;
	}

	function inTurn(work: () => Promise<void>): Promise<void> {
		const turn = parting.then(work);
		parting = turn.catch(nothing);
		return turn;
	}

	async function partWith(work: () => Promise<void>): Promise<void> {
		assertLive();
		await take((tx) => extendLeaseUse(tx, terms));
		const parted = last.then(async () => {
			// Not live from here until it is held again.
			deadline = Number.NEGATIVE_INFINITY;
			await release();
			held = undefined;
		});
		last = parted.then(nothing, nothing);
		await parted;
		await work().catch((error: unknown) => {
			over ??= toCallerError(error) ?? unknown();
			throw error;
		});
	}

	return {
		async read(places, batch, intend) {
			assertNotOver();
			const takeWave = async (tx: Transaction) => {
				const found = await selectPresent(tx, places);
				const indexes = places.flatMap((_, index) => (found[index] ? [index] : []));
				assertNotOver();
				const outcome = await takeFromLease(tx, terms, { ...batch, values: indexes.length });
				if (outcome !== 'OPEN') throw REFUSALS[outcome]();
				// The request may have ended meanwhile: then this is not committed, and nothing was taken.
				assertNotOver();
				if (indexes.length > 0) await intend(indexes);
				return indexes;
			};
			const present = await take(takeWave, ({ length }) => {
				if (length > 0) taken += 1;
			});
			const values: (Sealed | null)[] = places.map(() => null);
			if (present.length === 0) return values;
			// What has become a value since then was not counted.
			const counted = present.flatMap((index) => places[index] ?? []);
			const read = await inside(async (tx) => {
				if (!(await holdLease(tx, terms))) throw ended();
				const sealed = await selectSealed(tx, counted);
				// Gone since it was counted, or out of sight with the lease.
				if (sealed.includes(null) && !(await holdLease(tx, terms))) throw ended();
				return sealed;
			});
			for (const [at, index] of present.entries()) values[index] = read[at] ?? null;
			return values;
		},
		withHeldLease: inside,
		async confirm() {
			// Nothing of it was ever used.
			if (!held && deadline === Number.POSITIVE_INFINITY) return;
			await inside(async (tx) => {
				if (!(await holdLease(tx, terms))) throw ended();
			});
		},
		renew: () =>
			inTurn(async () => {
				// Whoever has just had it apart has let go of it already.
				if (held) await held.then(() => partWith(async () => {}));
				await hold();
			}),
		withoutHold: (work) => inTurn(() => partWith(work)),
		assertLive,
		async end() {
			over ??= ended();
			isLetGo = true;
			await Promise.all([taking, release()]);
			const batches = taken;
			taken = 0;
			return batches > 0 && use((tx) => recordAnsweredReads(tx, terms, batches));
		},
	};
}
