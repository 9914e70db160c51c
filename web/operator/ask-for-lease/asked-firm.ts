import type { FirmQuery } from '../../kit/api/operator.generated.ts';

/** What the request must know of the firm. */
export type AskedFirm = Pick<NonNullable<FirmQuery['firm']>, 'id' | 'name' | 'status' | 'accessPolicy'>;

/** Why the firm accepts no request; null if it does. */
export function whyNoLeaseOn({ status, accessPolicy }: AskedFirm): string | null {
	if (accessPolicy?.policy === 'NEVER')
		return 'This firm has decided that no one of the platform may read its content.';
	if (status === 'SUSPENDED') return 'The firm is suspended: nothing opens under a lease until it is active again.';
	return status === 'ERASED' ? 'The firm’s content is erased.' : null;
}
