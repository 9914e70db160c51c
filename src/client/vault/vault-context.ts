import type { BegunJoining } from './joining-new.ts';
import type { AnsweredJoining } from './joining-old.ts';
import type { Session, VaultParts } from './session.ts';
import { VaultError } from './vault-error.ts';
import { worded } from './worded.ts';

/** What the operations of one vault share: at most one unlocked device. */
export class VaultContext {
	readonly parts: VaultParts;
	/** The joining that this device began, as a new one. */
	joining: BegunJoining | null = null;
	/** The joining that this device answers, as an old one. */
	answered: AnsweredJoining | null = null;
	#session: Session | null = null;
	#turn = 0;

	constructor(parts: VaultParts) {
		this.parts = parts;
	}

	/** @throws VaultError `locked` */
	get session(): Session {
		if (this.#session === null) throw new VaultError('locked');
		return this.#session;
	}

	get unlockedName(): string | null {
		return this.#session?.stored.name ?? null;
	}

	/** How often the person has locked. What was asked for before the last time ends in nothing. */
	get turn(): number {
		return this.#turn;
	}

	/** @throws VaultError `locked` if the person has locked since `turn` */
	use(session: Session, turn: number): void {
		if (turn !== this.#turn) {
			session.lock();
			throw new VaultError('locked');
		}
		this.lock();
		this.#session = session;
	}

	/** Because the person says so. */
	lockNow(): void {
		this.#turn++;
		this.lock();
	}

	lock(): void {
		this.joining?.reveal.fill(0);
		this.joining = null;
		this.answered = null;
		this.#session?.lock();
		this.#session = null;
	}
}

export type VaultOperation = (...given: never[]) => Promise<unknown>;

/**
 * The same operations, one after another: each sees what the last one kept. One that fails does not stop the next. One that waits while the
 * person locks is refused. Refusals leave the vault here, so here they get their sentences.
 */
export function oneAtATime<T extends { readonly [K in keyof T]: VaultOperation }>(
	operations: T,
	context: Pick<VaultContext, 'turn'>,
): T {
	let last: Promise<unknown> = Promise.resolve();
	const wrapped = Object.entries<VaultOperation>(operations).map(([name, operation]) => {
		const next: VaultOperation = (...given) => {
			const { turn } = context;
			const run = last.then(() => {
				if (turn !== context.turn) throw new VaultError('locked');
				return operation(...given);
			});
			last = run.catch(() => undefined);
			return run.catch(async (error: unknown) => {
				throw await worded(error);
			});
		};
		return [name, next];
	});
	return Object.fromEntries(wrapped) as T;
}
