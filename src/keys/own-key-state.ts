/** The observed state of a firm's own wrapping key. */
export type OwnKeyState = 'HEALTHY' | 'DEGRADED' | 'REVOKED' | 'RESTORED';

/** The result of a check. SILENT: the service did not answer in time, or was overloaded. */
export type OwnKeyCheck = 'OPENED' | 'SILENT' | 'REFUSED';

/** Seconds for which a key that opens again is RESTORED. By then every process has checked it again. */
const RESTORED_FOR = 60;

/** `age` is the time in the state, in seconds. A silent service changes nothing about a refusal: REVOKED lasts until the key opens. */
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
