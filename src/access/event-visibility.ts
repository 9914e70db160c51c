import type { Principal } from './principal.ts';
import { reachOf, type VisibleType, visibilityOf } from './rights.ts';

/** Something that changed, for GET /events. */
export interface ChangeEvent {
	readonly kind: 'NOTICE' | 'LEASE' | 'JOB' | 'ALERT' | 'MEMBER' | 'RECORD' | 'KEY_LOG';
	/** The type of the object in the schema. */
	readonly type: VisibleType | 'FirmJob' | 'KeyLog';
	readonly id: string;
	/** Null for what belongs to the platform and no firm. */
	readonly firmId: string | null;
	/** Whether only owners of the firm see the object. */
	readonly isForOwners: boolean;
}

/**
 * Whether the principal may learn that the object changed: only someone who finds the object by the API. A portal user learns of records only, and
 * of each only if it is shared with their client, which the database decides.
 */
export function mayLearnOf(principal: Principal, { kind, type, firmId, isForOwners }: ChangeEvent): boolean {
	if (principal.kind === 'firm' && principal.firm !== firmId) return false;
	if (principal.kind === 'firm' && principal.role === 'CLIENT' && kind !== 'RECORD') return false;
	if (isForOwners && reachOf(principal, 'notices') === null) return false;
	if (type === 'KeyLog') return reachOf(principal, 'keyLog') !== null;
	if (type === 'FirmJob') return reachOf(principal, 'firmJobs') !== null || reachOf(principal, 'jobs') !== null;
	const reach = visibilityOf(principal, type);
	return reach === 'firm' || reach === 'all';
}
