import type { Principal } from './principal.ts';

/** Who reads what a lease was asked for in words, and the report of what was opened under it: no one else does. */
export const canReadJustification = (
	principal: Principal,
	{ requestedBy }: { readonly requestedBy: string },
): boolean =>
	principal.kind === 'firm'
		? principal.role === 'OWNER'
		: requestedBy === principal.user || principal.roles.has('APPROVER') || principal.roles.has('AUDITOR');
