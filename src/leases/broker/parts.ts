import { type Act, type AuditLog, type EntryDraft, systemEntry } from '../../audit/index.ts';
import type { LeaseTask, Plane } from '../../database/index.ts';
import type { Keyring, RightsProofs } from '../../keys/index.ts';
import type { LeaseVerdict } from './verify.ts';

/** What the broker works with. It holds no right to content, and none to any data key but those that rights are proven with. */
export interface BrokerParts {
	readonly plane: Plane;
	readonly keyring: Pick<Keyring, 'createGrant' | 'revokeGrant' | 'listGrants' | 'describeKey'>;
	readonly rights: Pick<RightsProofs, 'verify' | 'prover'>;
	readonly audit: AuditLog;
	readonly report: BrokerReport;
	/** The key service has said that a firm's key is not to be used: every process is told. */
	readonly onRefused?: (firm: string) => void;
}

export interface LeaseRef {
	readonly lease: string;
	readonly firm: string;
}

/** What the broker reports to the person who runs it. Ids and words of ours, never a value. */
export interface BrokerReport {
	started(lease: LeaseRef): void;
	refused(lease: LeaseRef, verdict: LeaseVerdict): void;
	/** Approvals that could not be proven, of a lease that has enough others. */
	approvalsIgnored(lease: LeaseRef): void;
	/** Ended by the broker itself for what it found: the firm's key, or a grant that is gone. */
	revoked(lease: LeaseRef, because: 'KEY' | 'GRANT' | 'MARK'): void;
	orphanGrantRevoked(grant: LeaseRef): void;
	/** It is tried again, after a pause that grows. */
	failed(lease: LeaseRef, task: LeaseTask, error: unknown): void;
}

/** An entry on a lease, by the broker. */
export const leaseEntry = ({ lease, firm }: LeaseRef, act: Act): EntryDraft =>
	systemEntry('broker', { firm, lease, ...act });
