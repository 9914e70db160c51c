/** What is seen of a wrapping key that a firm has brought. */
export type OwnKeyState = 'HEALTHY' | 'DEGRADED' | 'REVOKED' | 'RESTORED';

/** What came of asking for it. SILENT: there was no answer in time, or too much to do. */
export type OwnKeyCheck = 'OPENED' | 'SILENT' | 'REFUSED';

/** Seconds that a key which opens again is RESTORED: by then every process has asked for it again. */
const RESTORED_FOR = 60;

/** `age`: seconds since it is in its state. Of a service that is silent nothing is known: what was refused stays refused until it opens. */
export function nextOwnKeyState(state: OwnKeyState, age: number, look: OwnKeyCheck): OwnKeyState {
	switch (look) {
		case 'REFUSED':
			return 'REVOKED';
		case 'SILENT':
			return state === 'REVOKED' ? 'REVOKED' : 'DEGRADED';
		case 'OPENED':
			if (state === 'REVOKED') return 'RESTORED';
			return state === 'RESTORED' && age < RESTORED_FOR ? 'RESTORED' : 'HEALTHY';
	}
}
