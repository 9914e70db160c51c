import { createAdaptiveBatchSize, type OpenedAlert, watchEntries, watchStates } from '../alerts/index.ts';
import type { Logger } from '../api/index.ts';
import type { AuditLog } from '../audit/index.ts';
import type { BackgroundTask, Clock } from '../clock/index.ts';
import { repeat } from '../clock/index.ts';
import type { Config } from '../config/index.ts';
import type { Plane } from '../database/index.ts';
import { type DatabaseAccess, openPlaneOf } from '../wiring/index.ts';

interface AlertWatchParts {
	readonly config: Config;
	readonly clock: Clock;
	readonly database: DatabaseAccess;
	readonly audit: AuditLog;
	readonly logger: Logger;
}

/** Milliseconds: between two looks at entries, at what is wrong now, and at what costs more to look at. */
const PERIOD = 1_000;
const OFTEN = 5_000;
const SELDOM = 60_000;

/**
 * Looks each second for suspicious use in what the log has taken, and every few for what is wrong with log, clock, leases and
 * database; what it finds is an alert, and a line of this process's log. Of several workers one looks at a time.
 */
export function watchAlerts(parts: AlertWatchParts): BackgroundTask {
	const { clock, logger } = parts;
	const plane = openPlaneOf(parts.database, 'firmseal_log', 2);
	const watch = new AlertWatch(parts, plane);
	const watching = repeat(() => watch.look(), {
		clock,
		period: PERIOD,
		onFailure: (error) => logger.error({ err: error }, 'could not check for alerts'),
		onRecovery: () => logger.info({}, 'checking for alerts works again'),
	});
	return {
		async stop() {
			await watching.stop();
			await plane.close();
		},
	};
}

class AlertWatch {
	readonly #parts: AlertWatchParts;
	readonly #sources: Parameters<typeof watchEntries>[0];
	readonly #batchSize = createAdaptiveBatchSize();
	readonly #startedAt: number;
	#oftenAt = Number.NEGATIVE_INFINITY;
	#seldomAt = Number.NEGATIVE_INFINITY;
	/** Of the last look of each kind at what is wrong now, until the next. */
	readonly #failed = new Map<'OFTEN' | 'SELDOM', { readonly error: unknown }>();

	constructor(parts: AlertWatchParts, plane: Plane) {
		this.#parts = parts;
		this.#sources = { plane, audit: parts.audit, thresholds: parts.config.alerts };
		this.#startedAt = parts.clock.now();
	}

	async look(): Promise<boolean> {
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
		// What keeps entries from being looked at, be it their number, must not keep the rest from it.
		if (this.#parts.clock.now() - this.#oftenAt >= OFTEN) await this.#lookAtStates();
		if (typeof entries === 'object') throw entries.error;
		const [failure] = this.#failed.values();
		if (failure && entries !== true) throw failure.error;
		return entries;
	}

	async #lookAtStates(): Promise<void> {
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
