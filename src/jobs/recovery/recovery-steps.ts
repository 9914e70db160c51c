import { randomUUID } from 'node:crypto';
import type { Act } from '../../audit/index.ts';
import type { Clock } from '../../clock/index.ts';
import {
	insertKeyRefusal,
	insertRecoverySession,
	isJobAnnounced,
	type JobRow,
	selectDataKeys,
	setKeyState,
	type Transaction,
} from '../../database/index.ts';
import {
	type DataKeyRecord,
	type KeyRenewal,
	type Keyring,
	PLATFORM_FIRM_ID,
	type RightsProofs,
} from '../../keys/index.ts';
import { JobFailure, type JobStep, nextStep, type PageResult, pageEntry, singlePageStep } from '../engine/index.ts';
import type { OpenedEscrow } from '../escrow/index.ts';
import { createRecoverySession, drillRecovery, readRecoveryTerms, recoverKeys, wipeKeys } from '../escrow/index.ts';
import { storeRewrapped } from '../keys/index.ts';
import { acceptNewFiles, waitForShares } from './collect-shares.ts';
import { proveSession } from './session-proof.ts';

export interface RecoveryParts {
	readonly clock: Clock;
	readonly keyring: Pick<Keyring, 'createKey'>;
	readonly renewalOf: (job: JobRow) => KeyRenewal;
	readonly rights: RightsProofs;
	readonly read: <T>(job: JobRow, work: (tx: Transaction) => Promise<T>) => Promise<T>;
	readonly write: <T>(job: JobRow, work: (tx: Transaction) => Promise<T>) => Promise<T>;
	/** Puts on record, before it goes on, what is no page. */
	readonly record: (job: JobRow, act: Act) => Promise<unknown>;
	/** Name of the installation. */
	readonly installation: string;
	/** Ends with the worker. */
	readonly signal: AbortSignal;
}

/** What is done with the keys of an opened escrow; it overwrites them. */
type Use = (parts: RecoveryParts, job: JobRow, opened: OpenedEscrow) => Promise<PageResult>;

/** Nothing opened: the next page begins another session, of this worker or another. */
const AGAIN: PageResult = { write: async () => ({ progress: {}, entries: [] }) };

/**
 * Waits for shares in the memory of this worker, and uses the keys that they open: at once, and all of it in one page. A worker that is killed
 * has kept nothing: another begins again, to another recipient.
 */
const withShares = (parts: RecoveryParts, use: Use): JobStep =>
	singlePageStep(async (job) => {
		const terms = readRecoveryTerms(job.terms);
		if (terms === null) throw new JobFailure('WRONG_STATE');
		if (!(await parts.read(job, isJobAnnounced))) throw new JobFailure('NOT_TOLD');
		const held = await createRecoverySession({ firm: job.firmId, digest: terms.escrow });
		try {
			const session = await begin(parts, job, held.recipient);
			const opened = await waitForShares(parts, job, {
				session,
				minutes: terms.minutes,
				look: () => acceptNewFiles(parts, job, { session, held, digest: terms.escrow }),
				use: async (escrow) => {
					const { header, keys } = escrow;
					try {
						if (header.installation !== parts.installation) throw new JobFailure('OTHER_INSTALLATION');
						return await use(parts, job, escrow);
					} finally {
						wipeKeys(keys);
					}
				},
			});
			return opened ?? AGAIN;
		} finally {
			held.close();
		}
	});

async function begin({ rights, write, record }: RecoveryParts, job: JobRow, recipient: string): Promise<string> {
	const of = { jobId: job.id, firmId: job.firmId, session: randomUUID(), recipient };
	const mac = await proveSession(rights, of);
	await record(job, { action: 'escrow.session', firm: job.firmId, records: [job.id, of.session] });
	await write(job, (tx) => insertRecoverySession(tx, { ...of, mac }));
	return of.session;
}

/** Of the platform what signs the log comes back too, by the signer's keyring. */
const whoRecovers = ({ firmId }: JobRow) => ({ includesSigningKeys: firmId === PLATFORM_FIRM_ID });

/** Brings the firm's keys back into the key service as it is now. */
export const recoverSteps = (parts: RecoveryParts): readonly JobStep[] => [
	withShares(parts, async ({ keyring, renewalOf, read }, job, { keys }) => {
		await keyring.createKey(job.firmId);
		const records = await read(job, (tx) => selectDataKeys(tx, job.firmId));
		const { recovered, counts, keys: reports } = await recoverKeys(renewalOf(job), keys, records, whoRecovers(job));
		// Whatever seals next would be under a key that nobody has.
		const lost = reports.filter(({ outcome, ...key }) => outcome === 'NOT_ESCROWED' && isActive(records, key)).length;
		return {
			async write(tx) {
				const stored = await storeRewrapped(tx, recovered);
				const open = reports.filter(({ outcome }) => outcome === 'ALREADY_OPENS');
				if (job.firmId === PLATFORM_FIRM_ID) await enableRecovered(tx, [...stored, ...open]);
				if (stored.length > 0) await insertKeyRefusal(tx, job.firmId);
				const kept = recovered.length - stored.length;
				return {
					progress: {
						...nextStep(job),
						done: stored.length,
						total: records.length,
						findings: { ...counts, RECOVERED: stored.length, CHANGED_MEANWHILE: kept, ACTIVE_NOT_ESCROWED: lost },
					},
					entries: [pageEntry(job, { keys: stored })],
				};
			},
		};
	}),
];

/** Says what recoverSteps() would find if nothing opened any more: no key is wrapped, and no key service asked for one. */
export const drillSteps = (parts: RecoveryParts): readonly JobStep[] => [
	withShares(parts, async ({ read }, job, { keys }) => {
		const records = await read(job, (tx) => selectDataKeys(tx, job.firmId));
		const { counts } = drillRecovery(keys, records, whoRecovers(job));
		return {
			async write() {
				const progress = { ...nextStep(job), done: counts.FITS, total: records.length, findings: { ...counts } };
				return { progress, entries: [pageEntry(job, {})] };
			},
		};
	}),
];

type KeyVersion = Pick<DataKeyRecord, 'class' | 'version'>;

const isActive = (records: readonly (KeyVersion & { readonly state: string })[], { class: of, version }: KeyVersion) =>
	records.some((record) => record.class === of && record.version === version && record.state === 'ACTIVE');

/**
 * Of the platform's keys those that open now, and were disabled when their key service was lost: nothing else disables one. The newest of a class is
 * ACTIVE again, the others open. As long as the newest is still lost the others stay closed: an older one in its place would take the log back.
 */
async function enableRecovered(tx: Transaction, open: readonly KeyVersion[]): Promise<void> {
	const keys = await selectDataKeys(tx, PLATFORM_FIRM_ID);
	for (const [of, versions] of Map.groupBy(open, (key) => key.class)) {
		const newest = keys.findLast((key) => key.class === of);
		const isBack = newest?.state === 'ACTIVE' || versions.some(({ version }) => version === newest?.version);
		if (!isBack) continue;
		for (const { version } of versions) {
			const state = version === newest?.version ? 'ACTIVE' : 'RETIRED';
			await setKeyState(tx, { firm: PLATFORM_FIRM_ID, class: of, version }, ['DISABLED'], state);
		}
	}
}
