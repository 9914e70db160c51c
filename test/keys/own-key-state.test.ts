import { describe, expect, it } from 'vitest';
import { nextOwnKeyState, type OwnKeyCheck, type OwnKeyState } from '../../src/keys/index.ts';

/** State, seconds in it, outcome of the check, and the state after it. */
const MOVES: readonly (readonly [OwnKeyState, number, OwnKeyCheck, OwnKeyState])[] = [
	['HEALTHY', 0, 'OPENED', 'HEALTHY'],
	['HEALTHY', 9, 'SILENT', 'DEGRADED'],
	['HEALTHY', 9, 'REFUSED', 'REVOKED'],
	['DEGRADED', 9, 'OPENED', 'HEALTHY'],
	['DEGRADED', 999, 'SILENT', 'DEGRADED'],
	['DEGRADED', 9, 'REFUSED', 'REVOKED'],
	['REVOKED', 9, 'OPENED', 'RESTORED'],
	// Silence does not show that the key opens.
	['REVOKED', 999, 'SILENT', 'REVOKED'],
	['REVOKED', 9, 'REFUSED', 'REVOKED'],
	['RESTORED', 59, 'OPENED', 'RESTORED'],
	['RESTORED', 60, 'OPENED', 'HEALTHY'],
	['RESTORED', 9, 'SILENT', 'DEGRADED'],
	['RESTORED', 9, 'REFUSED', 'REVOKED'],
];

describe('the state of a firm’s own key', () => {
	it.each(MOVES)('from %s for %d s, after the check %s, becomes %s', (state, age, look, after) => {
		expect(nextOwnKeyState(state, age, look)).toBe(after);
	});
});
