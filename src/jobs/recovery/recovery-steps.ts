import { randomUUID } from 'node:crypto';
import { recoverySessionStatement } from '../../access/index.ts';
import type { Act } from '../../audit/index.ts';
import type { Clock } from '../../clock/index.ts';
import {
	insertKeyRefusal,
	insertRecoverySession,
	isJobAnnounced,
	type JobRow,
	type RecoverySessionRow,
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
import {
	JobFailure,
	type JobStep,
	type JobTransactions,
	nextStep,
	type PageResult,
	pageEntry,
	pageResult,
	singlePageStep,
} from '../engine/index.ts';
import {
	createRecoverySession,
	drillRecovery,
	type OpenedEscrow,
	readRecoveryTerms,
	recoverKeys,
	wipeKeys,
} from '../escrow/index.ts';
import { storeRewrapped } from '../keys/index.ts';
import { acceptNewFiles, waitForShares } from './collect-shares.ts';

export interface RecoveryParts extends JobTransactions {
	readonly clock: Clock;
	readonly keyring: Pick<Keyring, 'createKey'>;
	readonly renewalOf: (job: JobRow) => KeyRenewal;
	readonly rights: RightsProofs;
	/** Appends an act that is not about a page to the log. Resolves when the entry is durable. */
	readonly record: (job: JobRow, act: Act) => Promise<unknown>;
	readonly installation: string;
	readonly signal: AbortSignal;
}

/** Uses the keys of an opened escrow. The caller overwrites them afterwards. */
type Use = (parts: RecoveryParts, job: JobRow, opened: OpenedEscrow) => Promise<PageResult>;

/** No escrow was opened. The next page begins another session, of this worker or another one. */
const AGAIN = pageResult({});

/**
 * Waits for shares, kept in this worker's memory, and uses the keys that they open at once, all in one page. A killed worker leaves
 * nothing: another worker begins again with another recipient.
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

const statementOfSession = ({
	jobId: job,
	firmId: firm,
	session,
	recipient,
}: Pick<RecoverySessionRow, 'jobId' | 'firmId' | 'session' | 'recipient'>) =>
	recoverySessionStatement({ job, firm, session, recipient });

/** True if a worker made this session: someone who encrypts to another recipient gives the share away. @throws KeyUnavailableError */
export const isSessionProven = (rights: RightsProofs, row: RecoverySessionRow): Promise<boolean> =>
	rights.verify(PLATFORM_FIRM_ID, statementOfSession(row), row.mac);

async function begin({ rights, write, record }: RecoveryParts, job: JobRow, recipient: string): Promise<string> {
	const of = { jobId: job.id, firmId: job.firmId, session: randomUUID(), recipient };
	const mac = await rights.prove(PLATFORM_FIRM_ID, statementOfSession(of));
	await record(job, { action: 'escrow.session', firm: job.firmId, records: [job.id, of.session] });
	await write(job, (tx) => insertRecoverySession(tx, { ...of, mac }));
	return of.session;
}

/** For the platform, the keys that sign the log are recovered too, by the signer's keyring. */
const whoRecovers = ({ firmId }: JobRow) => ({ includesSigningKeys: firmId === PLATFORM_FIRM_ID });

/** Recovers the firm's keys into the current key service. */
export const recoverSteps = (parts: RecoveryParts): readonly JobStep[] => [
	withShares(parts, async ({ keyring, renewalOf, read }, job, { keys }) => {
		await keyring.createKey(job.firmId);
		const records = await read(job, (tx) => selectDataKeys(tx, job.firmId));
		const { recovered, counts, keys: reports } = await recoverKeys(renewalOf(job), keys, records, whoRecovers(job));
		// New values would be sealed under a key that no one has.
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

/** Reports what recoverSteps() would find if no stored key could be opened any more. Wraps no key and calls no key service. */
export const drillSteps = (parts: RecoveryParts): readonly JobStep[] => [
	withShares(parts, async ({ read }, job, { keys }) => {
		const records = await read(job, (tx) => selectDataKeys(tx, job.firmId));
		const { counts } = drillRecovery(keys, records, whoRecovers(job));
		const progress = { ...nextStep(job), done: counts.FITS, total: records.length, findings: { ...counts } };
		return pageResult(progress, [pageEntry(job, {})]);
	}),
];

type KeyVersion = Pick<DataKeyRecord, 'class' | 'version'>;

const isActive = (records: readonly (KeyVersion & { readonly state: string })[], { class: of, version }: KeyVersion) =>
	records.some((record) => record.class === of && record.version === version && record.state === 'ACTIVE');

/**
 * Enables platform keys that can be opened now and were disabled when their key service was lost; nothing else disables a platform key. The
 * newest version of a class becomes ACTIVE again, the others RETIRED. While the newest is still lost, the others stay DISABLED: an older
 * one in its place would set the log back.
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
