import type { Clock } from '../../clock/index.ts';
import {
	type DueKeyLog,
	lockLogLeadership,
	type NewKeyLogCheckpoint,
	type Plane,
	type SignerLeaf,
	saveKeyLogCheckpoints,
	selectCutKeyLogs,
	selectDueKeyLogs,
	selectKeyLogsSignedBefore,
	selectLastRootLeaf,
	selectSignersSinceAnchor,
	type Transaction,
} from '../../database/index.ts';
import { type KeyLogHead, readKeyLogHeads } from './key-log-heads.ts';
import { keyLogOriginOf } from './note.ts';
import { type Signer, SignerRefusedError } from './signer.ts';

/** Key logs that are signed in one round, and of those how many only because the key is new. */
const MOST = 200;
const MAX_RESIGNED = 50;
/** Milliseconds after which a refused key log is tried again. */
const AFTER_REFUSAL = 60_000;
/** A round waits this many times as long as the last one took to find what is due, so that many quiet logs cost little. */
const PAUSE_FACTOR = 20;
/** Milliseconds by which the clocks of signer and database may differ, when signatures by an older key are looked for. */
const SKEW = 300_000;
const CUT = 'it lacks entries that the restored audit log names. A device that has them must append them again.';
const BEGINNING = '00000000-0000-0000-0000-000000000000';

export interface KeyLogSignerParts {
	readonly clock: Clock;
	/** Plane of the role firmseal_log, which reads. */
	readonly plane: Plane;
	/** Plane of the role firmseal_signer, the only role that may write checkpoints of key logs. */
	readonly signerPlane: Plane;
	readonly signer: Signer;
	readonly installation: string;
	readonly epoch: number;
	/** The time in cosignatures. Of this process and not of the database, whose administrator could otherwise have the future signed. */
	readonly wallClock: () => Date;
	/** A key log is refused, and was not before. The others are signed all the same. */
	readonly onRefusal: (error: SignerRefusedError) => void;
	/** A key log that was refused is signed. */
	readonly onAcceptance: (origin: string) => void;
}

/** Signs firms' key logs (src/custody/FORMAT.md, sections 4 and 13). Belongs to one leader. */
export interface KeyLogSigner {
	/**
	 * Signs key logs that have grown, and those for which a client waits and whose signature is older than four minutes; at most 200 a call,
	 * and 50 more that were signed by an older key. The next call goes on.
	 * @throws LeaderLostError, KeyUnavailableError
	 */
	sign(): Promise<void>;
}

interface Round {
	readonly due: readonly DueKeyLog[];
	readonly signers: readonly SignerLeaf[];
	readonly more: boolean;
}

export const createKeyLogSigner = (parts: KeyLogSignerParts): KeyLogSigner => new FirmsKeyLogSigner(parts);

class FirmsKeyLogSigner implements KeyLogSigner {
	readonly #parts: KeyLogSignerParts;
	/** Refused key logs by firm, and when each is tried again. */
	readonly #refused = new Map<string, number>();
	/** Firms whose key log was compared with the audit log in this term. */
	readonly #compared = new Set<string>();
	/** The signer under whose key the logs are signed again, and the last firm that was looked at; null once all were. */
	#resigning: { readonly signer: number; readonly after: string | null } = { signer: -1, after: BEGINNING };
	#notBefore = Number.NEGATIVE_INFINITY;

	constructor(parts: KeyLogSignerParts) {
		this.#parts = parts;
	}

	async sign(): Promise<void> {
		const { clock, plane, signerPlane, epoch, wallClock } = this.#parts;
		if (clock.now() < this.#notBefore) return;
		// Read before the logs are, so that each was at least as long at this time.
		const at = wallClock();
		const begun = clock.now();
		const { heads, signers, more } = await plane.read(null, async (tx) => {
			const { due, ...of } = await this.#find(tx, at);
			const sound = await this.#withoutCut(tx, due);
			const { heads, refused } = await readKeyLogHeads(this.#parts, tx, sound);
			for (const { firm, error } of refused) this.#refuse(firm, error);
			return { ...of, heads };
		});
		this.#notBefore = more ? begun : clock.now() + PAUSE_FACTOR * (clock.now() - begun);
		const signed = await this.#signAll(heads, signers, at);
		if (signed.length === 0) return;
		await signerPlane.write(null, async (tx) => {
			await lockLogLeadership(tx, epoch);
			await saveKeyLogCheckpoints(tx, signed, at);
		});
	}

	async #find(tx: Transaction, now: Date): Promise<Round> {
		const { clock } = this.#parts;
		const except = [...this.#refused].flatMap(([firm, until]) => (until > clock.now() ? [firm] : []));
		const signers = await selectSignersSinceAnchor(tx);
		const grown = await selectDueKeyLogs(tx, { now, except, most: MOST });
		const behind = await this.#behind(tx, signers.at(-1));
		const due = new Map([...grown, ...behind].map((log) => [log.firm, log]));
		for (const firm of except) due.delete(firm);
		return { due: [...due.values()], signers, more: grown.length === MOST || behind.length === MAX_RESIGNED };
	}

	/** Some logs that were last signed by an older key: it may be destroyed, and a log whose checkpoint no key opens is refused. */
	async #behind(tx: Transaction, signer: SignerLeaf | undefined): Promise<DueKeyLog[]> {
		if (signer === undefined) return [];
		if (this.#resigning.signer !== signer.index) this.#resigning = { signer: signer.index, after: BEGINNING };
		const { after } = this.#resigning;
		if (after === null) return [];
		const before = new Date(Date.parse(JSON.parse(signer.leaf).at) + SKEW);
		const found = await selectKeyLogsSignedBefore(tx, { before, after, most: MAX_RESIGNED });
		const last = found.length < MAX_RESIGNED ? null : (found.at(-1)?.firm ?? null);
		this.#resigning = { signer: signer.index, after: last };
		return found;
	}

	/**
	 * After the audit log was restored from its anchors, the rest of the database may be older. So a key log is refused if it lacks the last
	 * entry that the restored audit log names, until a device that has the missing entries appends them again.
	 */
	async #withoutCut(tx: Transaction, due: readonly DueKeyLog[]): Promise<readonly DueKeyLog[]> {
		const { installation } = this.#parts;
		const fresh = due.filter(({ firm }) => !this.#compared.has(firm)).map(({ firm }) => firm);
		const restored = fresh.length === 0 ? null : await selectLastRootLeaf(tx, 'INCARNATION');
		const cut = new Set(restored === null ? [] : await selectCutKeyLogs(tx, fresh, restored.createdAt));
		for (const firm of fresh) if (!cut.has(firm)) this.#compared.add(firm);
		for (const firm of cut) this.#refuse(firm, new SignerRefusedError(keyLogOriginOf(installation, firm), CUT));
		return due.filter(({ firm }) => !cut.has(firm));
	}

	/** One at a time, so that a refused log does not stop the others. */
	async #signAll(
		heads: readonly KeyLogHead[],
		signers: readonly SignerLeaf[],
		at: Date,
	): Promise<NewKeyLogCheckpoint[]> {
		const { signer, onAcceptance } = this.#parts;
		const before = signers.map(({ leaf }) => String(JSON.parse(leaf).key));
		const cosignedAt = Math.floor(at.getTime() / 1_000);
		const signed: NewKeyLogCheckpoint[] = [];
		for (const { firm, head } of heads) {
			try {
				const [note = ''] = await signer.sign([{ ...head, cosignedAt }], before);
				signed.push({ firm, size: head.size, note });
				if (this.#refused.delete(firm)) onAcceptance(head.origin);
			} catch (error) {
				// A refusal of the root tree concerns all logs.
				if (!(error instanceof SignerRefusedError && error.origin === head.origin)) throw error;
				this.#refuse(firm, error);
			}
		}
		return signed;
	}

	#refuse(firm: string, error: SignerRefusedError): void {
		const { clock, onRefusal } = this.#parts;
		if (!this.#refused.has(firm)) onRefusal(error);
		this.#refused.set(firm, clock.now() + AFTER_REFUSAL);
	}
}
