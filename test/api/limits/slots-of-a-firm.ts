import type { IncomingRequest, Party } from '../../../src/api/limits/index.ts';

/** The lowest valid setting. */
export const AT_ONCE = 24;
/** Slots of one firm. */
export const WORKING = 3;
export const WAITING = 12;
/** Portions of these: its clients; its clients and members; all. */
export const SHARES = [
	['CLIENT', 1, 6],
	['MEMBER', 2, 9],
	['OWNER', WORKING, WAITING],
] as const;

export const by = (token: string, ip = '192.0.2.1'): IncomingRequest => ({
	ip,
	headers: { authorization: `Bearer ${token}` },
});
export const firm = (name: string, role: Party['role'] = 'OWNER'): Party => ({ name, role });
