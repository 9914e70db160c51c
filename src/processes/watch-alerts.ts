import { createAdaptiveBatchSize, type OpenedAlert, watchEntries, watchStates } from '../alerts/index.ts';
import type { Logger } from '../api/index.ts';
import type { AuditLog } from '../audit/index.ts';
import type { BackgroundTask, Clock } from '../clock/index.ts';
import { repeat } from '../clock/index.ts';
import type { Config } from '../config/index.ts';
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
export function watchAlerts({ config, clock, database, audit, logger }: AlertWatchParts): BackgroundTask {
	const plane = openPlaneOf(database, 'firmseal_log', 2);
	const parts = { plane, audit, thresholds: config.alerts };
	const pace = createAdaptiveBatchSize();
	const started = clock.now();
	let often = Number.NEGATIVE_INFINITY;
	let seldom = Number.NEGATIVE_INFINITY;
	/** Of the last look of each kind at what is wrong now, until the next. */
	const failed = new Map<'OFTEN' | 'SELDOM', { readonly error: unknown }>();

	async function look(): Promise<boolean> {
		const entries = await watchEntries(parts, pace.limit()).then(
			({ opened, more }) => {
				pace.onSuccess();
				tell(opened);
				return more;
			},
			(error: unknown) => {
				pace.onFailure();
				return { error };
			},
		);
		// What keeps entries from being looked at, be it their number, must not keep the rest from it.
		if (clock.now() - often >= OFTEN) await lookAtStates();
		if (typeof entries === 'object') throw entries.error;
		const [failure] = failed.values();
		if (failure && entries !== true) throw failure.error;
		return entries;
	}

	async function lookAtStates(): Promise<void> {
		often = clock.now();
		const isSeldom = often - seldom >= SELDOM;
		const { opened, failures } = await watchStates(parts, {
			when: isSeldom ? 'SELDOM' : 'OFTEN',
			isDue: often - started > config.alerts.LATE_SECONDS * 1_000,
			sharedLogin: config.env === 'development',
		});
		tell(opened);
		if (isSeldom) seldom = often;
		failed.delete('OFTEN');
		if (isSeldom) failed.delete('SELDOM');
		if (failures.length > 0) failed.set(isSeldom ? 'SELDOM' : 'OFTEN', { error: failures[0] });
	}

	function tell(opened: readonly OpenedAlert[]): void {
		for (const { rule, severity, firm, actor, lease, count } of opened)
			logger.error(
				{ rule, severity, count, ...(firm && { firm }), ...(actor && { user: actor }), ...(lease && { lease }) },
				'an alert was opened',
			);
	}

	const watching = repeat(look, {
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
