import { systemEntry } from '../audit/index.ts';
import { createMaintenance, keyEventAct, type Maintenance } from '../content/index.ts';
import { createDataKeyStore, type JobRow, type Plane } from '../database/index.ts';
import {
	createDataKeys,
	createKeyRenewal,
	type DataKeyEvent,
	type KeyRenewal,
	type Keyring,
	PLATFORM_FIRM_ID,
	type SealedField,
	withSigner,
} from '../keys/index.ts';
import { createNodeAead, plaintextCodecOf, type RefusalFeed } from '../wiring/index.ts';
import type { ProcessParts } from './process-parts.ts';

interface JobKeys {
	readonly firm: string;
	readonly maintenance: Maintenance;
	readonly renewal: KeyRenewal;
	readonly purge: () => void;
	usedAt: number;
}

export interface JobKeysParts extends Pick<ProcessParts, 'config' | 'clock' | 'audit'> {
	readonly fieldsOf: () => readonly SealedField[];
	readonly keyring: Keyring;
	readonly signer: Keyring;
	/** Has the role firmseal_maintenance. */
	readonly plane: Plane;
	readonly refusals: Pick<RefusalFeed, 'report'>;
	readonly onUnrecorded: (error: unknown, firm: string) => void;
}

/** Key versions that one job caches. */
const MAX_KEYS = 1_000;

/** Jobs that also open or recover the signer's keys of the platform. They use the signer's keyring, since the worker's never opens these keys. */
const KINDS_WITH_SIGNER_KEYS: ReadonlySet<JobRow['kind']> = new Set(['ESCROW', 'RECOVER']);

/** Milliseconds without a page after which the keys of a job are dropped. */
const UNUSED_KEYS_TTL = 60_000;

/** Each job has keys of its own, which no other job can use. They are dropped when the job ends, or when any process reports that they are refused. */
export class JobKeyCache {
	readonly #parts: JobKeysParts;
	readonly #byJob = new Map<string, JobKeys>();
	readonly #aead = createNodeAead();
	readonly #plaintext: ReturnType<typeof plaintextCodecOf>;

	constructor(parts: JobKeysParts) {
		this.#parts = parts;
		this.#plaintext = plaintextCodecOf(parts.config);
	}

	of(job: JobRow): JobKeys {
		const keys = this.#byJob.get(job.id) ?? this.#open(job);
		keys.usedAt = this.#parts.clock.now();
		this.#byJob.set(job.id, keys);
		return keys;
	}

	forget(id: string): void {
		this.#byJob.get(id)?.purge();
		this.#byJob.delete(id);
	}

	forgetUnused(): void {
		const now = this.#parts.clock.now();
		for (const [id, { usedAt }] of this.#byJob) if (now - usedAt > UNUSED_KEYS_TTL) this.forget(id);
	}

	/** Drops the keys of the firm, or of all firms. */
	purge(firm?: string): void {
		for (const keys of this.#byJob.values()) if (firm === undefined || keys.firm === firm) keys.purge();
	}

	#open({ id, firmId: firm, kind }: JobRow): JobKeys {
		const { keyring, signer, plane, config, clock, fieldsOf } = this.#parts;
		const store = createDataKeyStore(plane.forJob(id));
		const onEvent = (event: DataKeyEvent) => this.#record(event, id, () => dataKeys.purge());
		const dataKeys = createDataKeys({
			keyring,
			store,
			aead: this.#aead,
			fields: fieldsOf(),
			ttlSeconds: config.keyring.cacheSeconds,
			maxKeys: MAX_KEYS,
			clock,
			onEvent,
		});
		const renewal = createKeyRenewal({ keyring, store, onEvent });
		return {
			firm,
			maintenance: createMaintenance({ dataKeys, aead: this.#aead, plaintext: this.#plaintext }),
			renewal:
				firm === PLATFORM_FIRM_ID && KINDS_WITH_SIGNER_KEYS.has(kind)
					? withSigner(renewal, createKeyRenewal({ keyring: signer, store, onEvent }))
					: renewal,
			purge: () => dataKeys.purge(),
			usedAt: 0,
		};
	}

	/** Drops the job's keys if their use can't be recorded. */
	#record(event: DataKeyEvent, job: string, purge: () => void): void {
		const { audit, refusals, onUnrecorded } = this.#parts;
		if (event.outcome === 'REFUSED') refusals.report(event.firm);
		audit.append([systemEntry('worker', keyEventAct(event), job)]).catch((error: unknown) => {
			purge();
			onUnrecorded(error, event.firm);
		});
	}
}
