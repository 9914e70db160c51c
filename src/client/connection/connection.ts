import { FirmsealError } from '../../errors.ts';
import type { LogChanges, ServedLog, VaultOperations, VaultState } from '../vault/index.ts';
import type { ServicePort } from './api-port.ts';
import { ADD_WRAPS, APPEND, KEY_LOG, KEY_WRAPS } from './operations.ts';
import type { ResealedClass, ResealingOptions } from './resealing.ts';
import { pageOf, type ServedPage, textsOf } from './served.ts';

/** Entries of a page of the key log. */
const PAGE = 200;
/** Entries of a key log that a device reads at most; a firm of a thousand people has fewer in a hundred years. */
const MOST_ENTRIES = 1_000_000;
/** The service signs within a second or two. */
const ATTEMPTS = 40;
const BETWEEN_ATTEMPTS = 500;
/** Decisions are composed again if another device's entry came first. */
const MOST_CONFLICTS = 3;
/** Reasons of the vault that may pass with newer entries, wraps or a newer checkpoint. */
const OUTDATED = new Set<unknown>(['not-fresh', 'key-stale', 'key-missing', 'row-head']);
const WRAPS_OF_A_REQUEST = 1_000;

export interface ClientClock {
	/** Milliseconds since 1970. */
	now(): number;
	/** Resolves after so many milliseconds. */
	sleep(milliseconds: number): Promise<void>;
}

export interface ConnectionParts {
	readonly vault: VaultOperations;
	readonly service: ServicePort;
	readonly clock: ClientClock;
	/** Vkeys that the application brings, in place of those that the service publishes. */
	readonly checkpointKeys?: readonly string[] | undefined;
}

/** Carries bytes between an unlocked vault and the service. It verifies nothing itself: the vault does. */
export class DeviceConnection {
	readonly parts: ConnectionParts;
	#state: VaultState | null = null;
	#syncing: Promise<VaultState> | null = null;
	/** Why the last sync proved no newest state. */
	#leftOut: FirmsealError | null = null;
	/** Newest version of each class in either custody, by the service. */
	#newest: ReadonlyMap<string, number> = new Map();

	constructor(parts: ConnectionParts) {
		this.parts = parts;
	}

	/** As of the last sync; null before it. */
	get state(): VaultState | null {
		return this.#state;
	}

	/** Reads what is new of the key log, and wraps for keys that are missing. Calls at the same time share one run. */
	sync(): Promise<VaultState> {
		this.#syncing ??= this.#sync().finally(() => {
			this.#syncing = null;
		});
		return this.#syncing;
	}

	/** With what this device sent: a sync that began before may have read the log without it. */
	async syncSent(): Promise<VaultState> {
		await this.#syncing?.catch(() => undefined);
		return this.sync();
	}

	/**
	 * Syncs until the service has confirmed that this is the newest state of the firm, so that the vault seals and signs.
	 * @throws FirmsealError AUDIT_UNAVAILABLE if it does not within twenty seconds; `KEY` if a key that this device does not know signed
	 */
	refresh(): Promise<VaultState> {
		return this.whenFresh(async () => {
			const state = await this.sync();
			if (state.log?.isFresh) return state;
			if (isOfOtherKey(this.#leftOut)) throw this.#leftOut;
			return null;
		});
	}

	/**
	 * What `step` gives, once it is no longer null, or refused because the service has not confirmed its newest state.
	 * @throws as refresh(), and what `step` throws for another reason
	 */
	async whenFresh<T>(step: () => Promise<T | null>): Promise<T> {
		for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
			if (attempt > 0) await this.parts.clock.sleep(BETWEEN_ATTEMPTS);
			const given = await step().catch((error: unknown) => {
				if (isOutOfTime(error)) return null;
				throw error;
			});
			if (given !== null) return given;
		}
		throw new FirmsealError(
			'AUDIT_UNAVAILABLE',
			'The service does not confirm that this is the newest state of the firm. Nothing was sent. Check this device’s clock, and try again later.',
		);
	}

	/** What `step` gives; if the vault refuses it as outdated, once more after the newest state of the firm is known. */
	async withNews<T>(step: () => Promise<T>): Promise<T> {
		try {
			return await step();
		} catch (error) {
			if (!(error instanceof FirmsealError && 'reason' in error && OUTDATED.has(error.reason))) throw error;
			await this.refresh();
			return step();
		}
	}

	/**
	 * Requires that this device may send content. Custody is then that of the state by which the vault decided.
	 * @throws as refresh(); VaultError `unconfirmed`, `device-inactive`, `noticed`
	 */
	async confirm(): Promise<void> {
		this.#state = await this.withNews(() => this.parts.vault.stateToSend());
	}

	/** Records that are under an older key, by class, as the service counts them. */
	async toReseal(): Promise<ReadonlyMap<string, number>> {
		const { countResealing } = await import('../later.ts');
		return countResealing(this);
	}

	/** Seals the records of a class again, after someone lost access to it and the firm has a new data key. See resealClass(). */
	async reseal(className: string, options?: ResealingOptions): Promise<ResealedClass> {
		const { resealClass } = await import('../later.ts');
		return resealClass(this, className, options);
	}

	/**
	 * Sends a decision that the vault composes, and believes the log with it. If another entry came first, it is composed again, at most
	 * three times.
	 * @throws FirmsealError CONFLICT after that; what the vault and the service refuse
	 */
	async append(compose: (state: VaultState) => Promise<LogChanges>): Promise<VaultState> {
		for (let attempt = 1; ; attempt++)
			if (await this.send(await compose(await this.refresh()), attempt)) return this.syncSent();
	}

	/** Begins the key log of a firm that has none, with this device. `name` is that of its person. */
	async begin(name: string): Promise<VaultState> {
		const { installation } = await this.#page(null);
		await this.send(await this.parts.vault.beginFirm({ installation, name }));
		return this.syncSent();
	}

	/** The next data key of a class. Its number is above all that the platform has used. */
	generateKey(className: string): Promise<VaultState> {
		const { vault } = this.parts;
		return this.append(() => vault.generateKey({ class: className, above: this.#newest.get(className) ?? 0 }));
	}

	/**
	 * Sends entries with what belongs to them. False if another entry came first, and they are to be composed again. What was sent is not:
	 * a refusal of what follows is for the caller.
	 * @throws FirmsealError CONFLICT at the third attempt; what the service refuses
	 */
	async send({ entries, wraps, names, shares }: LogChanges, attempt = MOST_CONFLICTS): Promise<boolean> {
		const sent = shares.map(({ device, recipient, share }) => ({ device, recipient, share }));
		try {
			await this.parts.service.request(APPEND, { input: { entries, wraps, names, shares: sent } });
			return true;
		} catch (error) {
			if (attempt >= MOST_CONFLICTS || !(error instanceof FirmsealError) || error.code !== 'CONFLICT') throw error;
			return false;
		}
	}

	/** Wraps of keys that this device has, for devices that lack them. Returns how many were sent. */
	async wrapForOthers(): Promise<number> {
		const { vault, service } = this.parts;
		await this.refresh();
		// The vault counts a wrap only if it has seen it.
		const { lacking } = await vault.missing();
		const known = new Set<string>();
		for (const { class: name, devices } of lacking)
			for (const device of devices) {
				const key = `${name}/${device}`;
				if (known.has(key)) continue;
				known.add(key);
				await vault.addWraps(await this.readWraps(name, device));
			}
		const wraps = await vault.wrapMissing();
		for (let at = 0; at < wraps.length; at += WRAPS_OF_A_REQUEST)
			await service.request(ADD_WRAPS, { input: { wraps: wraps.slice(at, at + WRAPS_OF_A_REQUEST) } });
		return wraps.length;
	}

	/** The wraps that the service has for a device. */
	async readWraps(className: string, recipient: string): Promise<readonly string[]> {
		const { keyWraps } = await this.parts.service.request(KEY_WRAPS, { class: className, recipient });
		return textsOf(keyWraps);
	}

	/** Pages from the entry `after` on; null for all. The last page has the checkpoint. */
	async readLog(firm: string, after: number | null): Promise<ServedLog & { readonly last: ServedPage }> {
		const entries: string[] = [];
		const names: ServedPage['names'][number][] = [];
		let last = await this.#page(after);
		for (;;) {
			entries.push(...last.entries);
			names.push(...last.names);
			const at = (after ?? -1) + entries.length;
			if (at + 1 >= last.size || last.entries.length === 0 || entries.length >= MOST_ENTRIES) break;
			last = await this.#page(at);
		}
		const size = (after ?? -1) + 1 + entries.length;
		const isWhole = last.checkpoint?.size === size;
		return {
			entries,
			names,
			checkpoint: isWhole && last.checkpoint ? last.checkpoint.note : null,
			vkeys: isWhole ? await this.#checkpointKeys(firm) : [],
			last,
		};
	}

	async #page(after: number | null): Promise<ServedPage> {
		const variables = { ...(after !== null && { after }), first: PAGE };
		const page = pageOf((await this.parts.service.request(KEY_LOG, variables)).keyLog);
		this.#newest = page.newestVersions;
		return page;
	}

	#checkpointKeys(firm: string): Promise<readonly string[]> | readonly string[] {
		return this.parts.checkpointKeys ?? this.parts.service.checkpointKeys(firm);
	}

	/** The application knows better than what this device met first. */
	async #trustBrought(trusted: readonly string[]): Promise<void> {
		const { vault, checkpointKeys: brought } = this.parts;
		if (brought === undefined) return;
		const isKnown = brought.length === trusted.length && brought.every((vkey) => trusted.includes(vkey));
		if (!isKnown) await vault.trustCheckpointKeys({ vkeys: brought });
	}

	async #sync(): Promise<VaultState> {
		const { vault } = this.parts;
		const { device, log, checkpointKeys } = await vault.state();
		if (log !== null) await this.#trustBrought(checkpointKeys);
		const { last: _, ...served } = await this.readLog(device.firm, log === null ? null : log.size - 1);
		this.#leftOut = await extendAsFarAsProven(vault, served);
		// At once: a service that lets the requests below fail must not keep an older custody here.
		this.#state = await vault.state();
		for (const name of new Set((await vault.missing()).cannotOpen.map((each) => each.class)))
			await vault.addWraps(await this.readWraps(name, device.id));
		this.#state = await vault.state();
		return this.#state;
	}
}

/**
 * Entries are verified, and can be read, without a checkpoint that is too old, from the future, or by another key. Returns why it was left
 * out; null if it was not.
 */
async function extendAsFarAsProven(vault: VaultOperations, served: ServedLog): Promise<FirmsealError | null> {
	try {
		await vault.extend(served);
		return null;
	} catch (error) {
		if (!(isOutOfTime(error) || isOfOtherKey(error))) throw error;
		await vault.extend({ ...served, checkpoint: null });
		return error;
	}
}

const OUT_OF_TIME = new Set<unknown>(['STALE', 'FUTURE', 'not-fresh']);

const reasonOf = (error: unknown): unknown =>
	error instanceof FirmsealError && 'reason' in error ? error.reason : undefined;
const isOutOfTime = (error: unknown): error is FirmsealError => OUT_OF_TIME.has(reasonOf(error));
const isOfOtherKey = (error: unknown): error is FirmsealError => reasonOf(error) === 'KEY';
