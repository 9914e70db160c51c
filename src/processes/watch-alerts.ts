import { createAdaptiveBatchSize, type OpenedAlert, watchEntries, watchStates } from '../alerts/index.ts';
import type { Plane } from '../database/index.ts';
import { openPlaneOf } from '../wiring/index.ts';
import type { ProcessParts } from './process-parts.ts';

/** Milliseconds between two checks of the states that change within seconds, and of the states that are slower or cost more to check. */
const OFTEN = 5_000;
const SELDOM = 60_000;

/**
 * Looks for suspicious use in new audit entries, and for anything that is wrong with log, clock, leases and database. Each finding is an
 * alert and a line of this process's log. One worker does this at a time.
 */
export class AlertChecks {
	readonly #parts: ProcessParts;
	readonly #plane: Plane;
	readonly #sources: Parameters<typeof watchEntries>[0];
	readonly #batchSize = createAdaptiveBatchSize();
	readonly #startedAt: number;
	#oftenAt = Number.NEGATIVE_INFINITY;
	#seldomAt = Number.NEGATIVE_INFINITY;
	/** The failure of the last check of each kind of state. It lasts until the next check of that kind. */
	readonly #failed = new Map<'OFTEN' | 'SELDOM', { readonly error: unknown }>();

	constructor(parts: ProcessParts) {
		this.#parts = parts;
		this.#plane = openPlaneOf(parts.database, 'firmseal_log', 2);
		this.#sources = { plane: this.#plane, audit: parts.audit, thresholds: parts.config.alerts };
		this.#startedAt = parts.clock.now();
	}

	/** Checks one batch of entries, and the states that are due. Returns whether more entries wait. */
	async check(): Promise<boolean> {
		const entries = await watchEntries(this.#sources, this.#batchSize.limit()).then(
			({ opened, more }) => {
				this.#batchSize.onSuccess();
				this.#log(opened);
				return more;
			},
			(error: unknown) => {
				this.#batchSize.onFailure();
				return { error };
			},
		);
		// States are checked even if entries can't be, or never run out.
		if (this.#parts.clock.now() - this.#oftenAt >= OFTEN) await this.#checkStates();
		if (typeof entries === 'object') throw entries.error;
		const [failure] = this.#failed.values();
		if (failure && entries !== true) throw failure.error;
		return entries;
	}

	close(): Promise<void> {
		return this.#plane.close();
	}

	async #checkStates(): Promise<void> {
		const { clock, config } = this.#parts;
		const now = clock.now();
		this.#oftenAt = now;
		const isSeldom = now - this.#seldomAt >= SELDOM;
		const { opened, failures } = await watchStates(this.#sources, {
			when: isSeldom ? 'SELDOM' : 'OFTEN',
			isDue: now - this.#startedAt > config.alerts.LATE_SECONDS * 1_000,
			sharedLogin: config.env === 'development',
		});
		this.#log(opened);
		if (isSeldom) this.#seldomAt = now;
		this.#failed.delete('OFTEN');
		if (isSeldom) this.#failed.delete('SELDOM');
		if (failures.length > 0) this.#failed.set(isSeldom ? 'SELDOM' : 'OFTEN', { error: failures[0] });
	}

	#log(opened: readonly OpenedAlert[]): void {
		for (const { rule, severity, firm, actor, lease, count } of opened)
			this.#parts.logger.error(
				{ rule, severity, count, ...(firm && { firm }), ...(actor && { user: actor }), ...(lease && { lease }) },
				'an alert was opened',
			);
	}
}
