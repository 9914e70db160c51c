import { type Act, type AuditLog, type EntryDraft, systemEntry } from '../../audit/index.ts';
import type { LeaseTask, Plane } from '../../database/index.ts';
import type { Keyring, Rights } from '../../keys/index.ts';
import type { Verdict } from './verify.ts';

/** What the broker works with. It holds no right to content, and none to any data key but those that rights are proven with. */
export interface BrokerParts {
	readonly plane: Plane;
	readonly keyring: Pick<Keyring, 'createGrant' | 'revokeGrant' | 'listGrants' | 'describeKey'>;
	readonly rights: Pick<Rights, 'holds' | 'prover'>;
	readonly audit: AuditLog;
	readonly report: BrokerReport;
	/** The key service has said that a firm's key is not to be used: every process is told. */
	readonly onRefused?: (firm: string) => void;
}

export interface LeaseId {
	readonly lease: string;
	readonly firm: string;
}

/** What whoever runs the broker is told. Ids and words of ours, never a value. */
export interface BrokerReport {
	started(lease: LeaseId): void;
	refused(lease: LeaseId, verdict: Verdict): void;
	/** Approvals that could not be proven, of a lease that has enough others. */
	uncounted(lease: LeaseId): void;
	/** Ended by the broker itself for what it found: the firm's key, or a grant that is gone. */
	withdrawn(lease: LeaseId, because: 'KEY' | 'GRANT' | 'MARK'): void;
	orphan(grant: LeaseId): void;
	/** It is tried again, after a pause that grows. */
	failed(lease: LeaseId, task: LeaseTask, error: unknown): void;
}

/** An entry on a lease, by the broker. */
export const entryOf = ({ lease, firm }: LeaseId, act: Act): EntryDraft =>
	systemEntry('broker', { firm, lease, ...act });
