import type { BegunJoining } from './joining-new.ts';
import type { AnsweredJoining } from './joining-old.ts';
import type { Session, VaultParts } from './session.ts';
import { VaultError } from './vault-error.ts';

/** What the operations of one vault share: at most one unlocked device. */
export class VaultContext {
	readonly parts: VaultParts;
	/** The joining that this device began, as a new one. */
	joining: BegunJoining | null = null;
	/** The joining that this device answers, as an old one. */
	answered: AnsweredJoining | null = null;
	#session: Session | null = null;

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

	use(session: Session): void {
		this.lock();
		this.#session = session;
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

/** The same operations, one after another: each sees what the last one kept. One that fails does not stop the next. */
export function oneAtATime<T extends { readonly [K in keyof T]: VaultOperation }>(operations: T): T {
	let last: Promise<unknown> = Promise.resolve();
	const wrapped = Object.entries<VaultOperation>(operations).map(([name, operation]) => {
		const next: VaultOperation = (...given) => {
			const run = last.then(() => operation(...given));
			last = run.catch(() => undefined);
			return run;
		};
		return [name, next];
	});
	return Object.fromEntries(wrapped) as T;
}
