import { type Act, type AuditLog, type EntryDraft, systemEntry } from '../../audit/index.ts';
import type { LeaseTask, Plane } from '../../database/index.ts';
import type { Keyring, RightsProofs } from '../../keys/index.ts';
import type { LeaseVerdict } from './verify.ts';

/** What the broker needs. It has no right to content, and to no data keys except those that prove rights. */
export interface BrokerParts {
	readonly plane: Plane;
	readonly keyring: Pick<Keyring, 'createGrant' | 'revokeGrant' | 'listGrants' | 'describeKey'>;
	readonly rights: Pick<RightsProofs, 'verify' | 'prover'>;
	readonly audit: AuditLog;
	readonly report: BrokerReport;
	/** Called when the key service refuses a firm's key. Tells every process. */
	readonly onRefused?: (firm: string) => void;
}

export interface LeaseRef {
	readonly lease: string;
	readonly firm: string;
}

/** Reports to the person who runs the broker. Contains ids and fixed words, never a value. */
export interface BrokerReport {
	started(lease: LeaseRef): void;
	refused(lease: LeaseRef, verdict: LeaseVerdict): void;
	/** Some approvals are not proven, but the lease has enough others. */
	approvalsIgnored(lease: LeaseRef): void;
	/** The broker revoked the lease because of the firm's key, a missing grant, or an old end mark. */
	revoked(lease: LeaseRef, because: 'KEY' | 'GRANT' | 'MARK'): void;
	orphanGrantRevoked(grant: LeaseRef): void;
	/** The task is retried after a growing pause. */
	failed(lease: LeaseRef, task: LeaseTask, error: unknown): void;
}

export const leaseEntry = ({ lease, firm }: LeaseRef, act: Act): EntryDraft =>
	systemEntry('broker', { firm, lease, ...act });
