import { join } from 'node:path';
import { openAlerts } from '../alerts/index.ts';
import { systemEntry } from '../audit/index.ts';
import {
	AnchorConflictError,
	type AnchorStore,
	compareWithAnchors,
	writeNextAnchor,
} from '../audit-log/anchors/index.ts';
import {
	type AnchoringTask,
	createSignedHeads,
	type LogLeader,
	type LogLeaderEvents,
	originOf,
	runLogLeader,
	SignerRefusedError,
	treeNamedBy,
	verifierKeyOf,
} from '../audit-log/leader/index.ts';
import { runLoops } from '../clock/index.ts';
import { keyEventAct } from '../content/index.ts';
import { createDataKeyStore, LOG_LEADER_LOCK, openLeaderLock, type Plane } from '../database/index.ts';
import { SetupError } from '../errors.ts';
import { type CheckpointKeys, createCheckpointKeys, type Keyring } from '../keys/index.ts';
import { makeDataDirectory, readOwnerOnly, replaceOwnerOnly } from '../local-files/index.ts';
import { openAnchors, openKeyring, openPlaneOf } from '../wiring/index.ts';
import { reportKeyringHealth } from './keyring-health.ts';
import type { ProcessParts } from './process-parts.ts';

interface Parts extends ProcessParts {
	/** The signer's keyring; opened here unless given. */
	readonly signer?: Keyring;
}

/** Milliseconds: between two anchors while no lease ends, between two checks whether an anchor is due, and from a failed anchor to the next. */
const ANCHOR_PERIOD = 60_000;
const ANCHOR_CHECK_PERIOD = 500;
const AFTER_FAILURE = 10_000;

/** Leads the audit log: makes leaves of entries, signs, publishes and anchors. One process at a time does this. */
export async function startLogLeader({ config, clock, database, logger, audit, signer }: Parts): Promise<LogLeader> {
	const { installation } = config;
	makeDataDirectory(config.dataDir);
	const store = await openAnchors(config);
	const keyring = signer ?? (await openKeyring(config, 'signer', reportKeyringHealth('signer', logger)));
	const plane = openPlaneOf(database, 'firmseal_log', 3);
	const signerPlane = openPlaneOf(database, 'firmseal_signer', 2);
	const stopping = new AbortController();
	const head = join(config.dataDir, 'signer', 'head');
	const file = { read: () => readOwnerOnly(head), write: (note: string) => replaceOwnerOnly(head, note) };
	const keys = openSigningKeys(keyring, signerPlane, { audit, logger });
	const forks = createForkAlerts({ clock, plane, audit, logger });
	const compare = (signal: AbortSignal) => compareOrRefuse({ plane, store, installation, keys }, signal);
	const leader = runLogLeader(
		{ plane, signerPlane, keys, heads: createSignedHeads(signerPlane, installation, file), installation },
		{
			clock,
			openLeaderLock: () => openLeaderLock(database.direct ?? database.worker, LOG_LEADER_LOCK),
			async startAnchoring({ epoch }) {
				const isCompared = await compare(AbortSignal.any([stopping.signal, AbortSignal.timeout(ANCHOR_PERIOD)]));
				if (!isCompared) logger.error({}, 'the audit log can’t be compared with its anchors now');
				return startAnchoring({
					clock,
					plane,
					store,
					installation,
					epoch,
					isCompared,
					compare,
					alertOfFork: forks.open,
					logger,
				});
			},
			onLeading: () => logger.info({ plane: 'worker' }, 'this worker now publishes the audit log'),
			...createFailureReports({ forks, installation, logger }),
			onGaps: (gaps) => logger.error({ count: gaps.length }, 'entries are missing from the audit log'),
		},
	);
	return {
		async stop() {
			stopping.abort();
			await leader.stop();
			await Promise.all([plane.close(), signerPlane.close()]);
		},
	};
}

/** The keys that sign checkpoints. Each use of a key is an entry of the log. */
const openSigningKeys = (keyring: Keyring, plane: Plane, { audit, logger }: Pick<Parts, 'audit' | 'logger'>) =>
	createCheckpointKeys({
		keyring,
		store: createDataKeyStore(plane),
		onEvent(event) {
			audit.append([systemEntry('worker', keyEventAct(event))]).catch((error: unknown) => {
				logger.error({ err: error }, 'the use of a key could not be recorded');
			});
		},
	});

/** What people are told of failures and refusals of the leader. */
const createFailureReports = ({
	forks,
	installation,
	logger,
}: Pick<Parts, 'logger'> & {
	readonly forks: ReturnType<typeof createForkAlerts>;
	readonly installation: string;
}): Pick<LogLeaderEvents, 'onFailure' | 'onRecovery' | 'onRefusal' | 'onAcceptance'> => ({
	onFailure(error, isNews) {
		if (isNews) logger.error({ err: error }, 'could not publish the audit log: retrying');
		if (isNews && error instanceof ForkError)
			logger.error({}, 'the audit log differs from its anchors: run firmseal audit verify');
		if (error instanceof ForkError) forks.open(ANCHORS);
		if (error instanceof SignerRefusedError) forks.open(subjectOf(error.origin, installation));
	},
	onRecovery() {
		forks.clear();
		logger.info({}, 'publishing the audit log works again');
	},
	onRefusal(error) {
		logger.error({ err: error }, 'could not sign the key log of a firm: retrying');
		forks.open(subjectOf(error.origin, installation));
	},
	onAcceptance(origin) {
		forks.forget(subjectOf(origin, installation));
		logger.info({}, 'a key log that was refused is signed again');
	},
});

/** Opens an alert about a fork once for each subject, until the log is published again. */
function createForkAlerts({
	clock,
	plane,
	audit,
	logger,
}: Pick<Parts, 'clock' | 'audit' | 'logger'> & { readonly plane: Plane }) {
	const opened = new Set<string>();
	return {
		open(subject: string): void {
			if (opened.has(subject)) return;
			opened.add(subject);
			clock.every(async () => {
				await plane
					.write(null, (tx) => openAlerts(tx, audit, [{ ...FORK, subject }]))
					.catch((error: unknown) => {
						opened.delete(subject);
						logger.error({ err: error }, 'could not open an alert about a fork of the audit log');
					});
				return null;
			});
		},
		forget: (subject: string) => opened.delete(subject),
		clear: () => opened.clear(),
	};
}

/** Returns whether the anchors could be read. @throws ForkError if the log differs from them */
async function compareOrRefuse(
	{
		keys,
		...of
	}: Pick<AnchoringParts, 'plane' | 'store' | 'installation'> & { readonly keys: Pick<CheckpointKeys, 'all'> },
	signal: AbortSignal,
): Promise<boolean> {
	const origin = originOf(of.installation, null);
	const vkeys = (await keys.all()).map(({ publicKey }) => verifierKeyOf(origin, publicKey));
	const { state, why } = await compareWithAnchors({ ...of, vkeys, signal });
	if (state === 'BEHIND' || state === 'DISAGREES') throw new ForkError(why ?? state);
	return state !== 'AWAY';
}

/** The subject of an alert about a tree: the firm, `firmseal` for the root tree, and `keys:` before the firm of a key log. */
function subjectOf(origin: string, installation: string): string {
	const named = treeNamedBy(origin, installation);
	if (named === null) return origin.slice(origin.lastIndexOf('/') + 1);
	return named.isKeyLog ? `keys:${named.tree}` : named.tree;
}

/** The subject of an alert about anchors. */
const ANCHORS = 'anchors';
const FORK = { rule: 'LOG_FORK', firm: null, actor: null, lease: null, count: 1, at: null } as const;

/** The log in the database differs from its anchors: someone has changed it, or it was restored from a backup. */
class ForkError extends SetupError {}

interface AnchoringParts extends Pick<Parts, 'clock' | 'logger'> {
	readonly plane: Plane;
	readonly store: AnchorStore;
	readonly installation: string;
	readonly epoch: number;
	/** Whether the log was already compared with its anchors. */
	readonly isCompared: boolean;
	readonly compare: (signal: AbortSignal) => Promise<boolean>;
	readonly alertOfFork: (subject: string) => void;
}

/** Anchors each minute, and after the end of each lease. */
function startAnchoring({ clock, epoch, compare, alertOfFork, logger, ...of }: AnchoringParts): AnchoringTask {
	const stopping = new AbortController();
	let { isCompared } = of;
	let due = 0;
	let isRequested = false;
	let fork: ForkError | null = null;
	async function anchor(): Promise<boolean | null> {
		if (!isRequested && clock.now() < due) return null;
		isRequested = false;
		due = clock.now() + AFTER_FAILURE;
		try {
			if (!isCompared) isCompared = await compare(stopping.signal);
			// An anchor can't be taken back, so none is written for a log that may be another.
			if (!isCompared) throw new SetupError('The audit log can’t be compared with its anchors now.');
			const anchored = await writeNextAnchor({ ...of, signal: stopping.signal }, epoch);
			// There was nothing to anchor yet, or an earlier anchor was only adopted: there may be more to anchor by now.
			due = anchored === null || anchored.adopted ? 0 : clock.now() + ANCHOR_PERIOD;
		} catch (error) {
			if (error instanceof ForkError) fork = error;
			if (error instanceof AnchorConflictError) alertOfFork(ANCHORS);
			throw error;
		}
		return false;
	}
	const anchoring = {
		name: 'anchoring the audit log',
		failure: 'could not anchor the audit log: retrying',
		period: ANCHOR_CHECK_PERIOD,
		step: anchor,
		cancel: () => stopping.abort(),
	};
	return {
		...runLoops([anchoring], { clock, logger }),
		onPublished({ leaseEnded }) {
			// Ends the term, so that nothing more is signed of a forked log.
			if (fork !== null) throw fork;
			isRequested ||= leaseEnded;
		},
	};
}
