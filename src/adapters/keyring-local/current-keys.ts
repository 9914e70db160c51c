import { type KeyringPrincipal, KeyUnavailableError } from '../../keys/index.ts';
import type { FirmKeys } from './firm-keys.ts';
import type { FirmStore } from './firm-store.ts';
import { applyDueDeletion, isDue } from './life-cycle.ts';
import type { RootKeys } from './root-keys.ts';

/** What the methods of the local keyring share. */
export interface LocalKeyringParts {
	readonly root: RootKeys;
	readonly keys: CurrentKeys;
	readonly principal: KeyringPrincipal;
}

/**
 * The firms' keys as they are at this moment: what the file holds, a deletion that is due carried out. The file is read each time,
 * so that a key or a grant that is gone is gone for the next call, in every process.
 */
export class CurrentKeys {
	readonly #store: FirmStore;
	readonly now: () => Date;

	constructor(store: FirmStore, now: () => Date) {
		this.#store = store;
		this.now = now;
	}

	/** null: the firm has no wrapping key. */
	async find(firm: string): Promise<FirmKeys | null> {
		const keys = await this.#store.read(firm);
		return keys && isDue(keys, this.now()) ? this.change(firm, (due) => due) : keys;
	}

	/** Throws KeyUnavailableError (REFUSED) for a firm without a wrapping key. */
	async need(firm: string): Promise<FirmKeys> {
		return existing(await this.find(firm));
	}

	/** Writes what `next` makes of the keys. Throws KeyUnavailableError (REFUSED) for a firm without a wrapping key. */
	change(firm: string, next: (keys: FirmKeys) => FirmKeys): Promise<FirmKeys> {
		return this.#store.change(firm, (keys) => next(applyDueDeletion(existing(keys), this.now())));
	}

	/** The same for a firm that may have no wrapping key: then nothing is written. */
	async changeIfAny(firm: string, next: (keys: FirmKeys) => FirmKeys): Promise<void> {
		await this.#store.change(firm, (keys) => keys && next(applyDueDeletion(keys, this.now())));
	}

	findOrCreate(firm: string, create: () => FirmKeys): Promise<FirmKeys> {
		return this.#store.change(firm, (keys) => (keys ? applyDueDeletion(keys, this.now()) : create()));
	}

	/** Throws when the directory of the keys cannot be read. */
	async check(): Promise<void> {
		await this.#store.firms();
	}
}

function existing(keys: FirmKeys | null): FirmKeys {
	if (keys) return keys;
	throw new KeyUnavailableError('REFUSED', 'This firm has no wrapping key: make it with createKey.');
}
