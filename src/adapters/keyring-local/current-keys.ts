import { type KeyringPrincipal, KeyUnavailableError } from '../../keys/index.ts';
import type { FirmKeys } from './firm-keys.ts';
import type { FirmStore } from './firm-store.ts';
import { applyDueDeletion, isDue } from './life-cycle.ts';
import type { RootKeys } from './root-keys.ts';

/** Shared by the methods of the local keyring. */
export interface LocalKeyringParts {
	readonly root: RootKeys;
	readonly keys: CurrentKeys;
	readonly principal: KeyringPrincipal;
}

/**
 * The firms' keys at this moment: the content of the file, after a due deletion. The file is read on every call, so that every process
 * sees a deleted key or a revoked grant from its next call on.
 */
export class CurrentKeys {
	readonly #store: FirmStore;
	readonly now: () => Date;

	constructor(store: FirmStore, now: () => Date) {
		this.#store = store;
		this.now = now;
	}

	/** null if the firm has no wrapping key. */
	async find(firm: string): Promise<FirmKeys | null> {
		const keys = await this.#store.read(firm);
		return keys && isDue(keys, this.now()) ? this.change(firm, (due) => due) : keys;
	}

	/** Throws KeyUnavailableError (REFUSED) for a firm without a wrapping key. */
	async need(firm: string): Promise<FirmKeys> {
		return existing(await this.find(firm));
	}

	/** Stores the result of `next`. Throws KeyUnavailableError (REFUSED) for a firm without a wrapping key. */
	change(firm: string, next: (keys: FirmKeys) => FirmKeys): Promise<FirmKeys> {
		return this.#store.change(firm, (keys) => next(applyDueDeletion(existing(keys), this.now())));
	}

	/** Like change(), but does nothing for a firm without a wrapping key. */
	async changeIfAny(firm: string, next: (keys: FirmKeys) => FirmKeys): Promise<void> {
		await this.#store.change(firm, (keys) => keys && next(applyDueDeletion(keys, this.now())));
	}

	findOrCreate(firm: string, create: () => FirmKeys): Promise<FirmKeys> {
		return this.#store.change(firm, (keys) => (keys ? applyDueDeletion(keys, this.now()) : create()));
	}

	/** Throws if the directory of the keys cannot be read. */
	async check(): Promise<void> {
		await this.#store.firms();
	}
}

function existing(keys: FirmKeys | null): FirmKeys {
	if (keys) return keys;
	throw new KeyUnavailableError('REFUSED', 'This firm has no wrapping key: create it with createKey.');
}
