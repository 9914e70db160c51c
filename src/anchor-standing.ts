import type { Logger } from './api/index.ts';
import { openAnchors } from './compose.ts';
import type { Config } from './config.ts';
import { areAnchorsLate, type Plane, selectAuditState } from './database/index.ts';
import { FirmsealError } from './errors.ts';
import { type AnchorComparison, type AnchorStore, compareWithAnchors } from './log/anchors/index.ts';
import { readVerifierKeys } from './log/proofs/index.ts';
import { type Repetition, repeat } from './repeat.ts';

/** Whether content may be opened, as far as the log's anchors say. */
export interface AnchorStanding extends Repetition {
	/** null: it may. @throws nothing */
	refusalFor(kind: 'firm' | 'operator'): FirmsealError | null;
}

interface Parts {
	readonly config: Config;
	/** Of a plane that the process has. */
	readonly plane: Plane;
	readonly logger: Logger;
}

/** Milliseconds: between two looks, and that one may take. */
const PERIOD = 10_000;
const PATIENCE = 30_000;

/**
 * Compares the log with what is anchored of it before anything is opened, and until it agrees: a database that disagrees with its anchors
 * closes content; anchors that can't be asked, or that nobody has written for five minutes, close it to operators alone.
 */
export async function watchAnchors({ config, plane, logger }: Parts): Promise<AnchorStanding> {
	let comparison: AnchorComparison | null = null;
	let areLate = false;
	let told: string | null = null;
	const isSettled = () => comparison?.state === 'SOUND' || comparison?.state === 'NONE';

	async function look(): Promise<void> {
		if (!isSettled()) comparison = await compare(await openAnchors(config), plane);
		areLate = isSettled() && (await plane.read(null, areAnchorsLate));
	}

	function tell(): void {
		const state = isSettled() ? (areLate ? 'LATE' : null) : (comparison?.state ?? 'AWAY');
		if (state === told) return;
		if (state === null) logger.info({}, 'the audit log agrees with its anchors again');
		else logger.error({ code: state }, CLOSED[closes(state)]);
		told = state;
	}

	await look().catch((error: unknown) => logger.error({ err: error }, 'the audit log could not be compared'));
	tell();
	const looking = repeat(
		async () => {
			await look();
			tell();
			return false;
		},
		{
			period: PERIOD,
			onFailure: (error) => logger.error({ err: error }, 'the audit log could not be compared, and is looked at again'),
			onRecovery: () => logger.info({}, 'the audit log is compared again'),
		},
	);
	return {
		refusalFor(kind) {
			const state = isSettled() ? (areLate ? 'LATE' : null) : (comparison?.state ?? 'AWAY');
			if (state === null || (closes(state) === 'OPERATORS' && kind === 'firm')) return null;
			return new FirmsealError('AUDIT_UNAVAILABLE', REFUSED[closes(state)]);
		},
		stop: looking.stop,
	};
}

type State = AnchorComparison['state'] | 'LATE';

const closes = (state: State): 'ALL' | 'OPERATORS' =>
	state === 'DISAGREES' || state === 'BEHIND' ? 'ALL' : 'OPERATORS';

const CLOSED = {
	ALL: 'content is closed: the audit log isn’t what is anchored of it; run firmseal audit verify, and after a restore firmseal audit rebuild',
	OPERATORS: 'content is closed to operators: the audit log can’t be anchored, or compared with its anchors',
} as const;

const REFUSED = {
	ALL: 'Content is closed: the audit log is not what was anchored of it. Whoever runs the platform must run `firmseal audit verify`, and after a restore `firmseal audit rebuild`.',
	OPERATORS:
		'Content is closed to operators while the audit log can’t be anchored: see that `firmseal worker` runs and that the anchors’ store can be reached.',
} as const;

async function compare(store: AnchorStore, plane: Plane): Promise<AnchorComparison> {
	const { installation, vkeys } = await plane.read(null, async (tx) => ({
		installation: (await selectAuditState(tx)).installation,
		vkeys: (await readVerifierKeys(tx))(null),
	}));
	// Nothing was ever signed.
	if (installation === null) return { state: 'NONE', number: null, why: null };
	return compareWithAnchors({ plane, store, installation, vkeys, signal: AbortSignal.timeout(PATIENCE) });
}
