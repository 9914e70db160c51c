import { KeyUnavailableError } from '../../keys/index.ts';
import type { FirmKeys } from './firm-keys.ts';

const DAY = 86_400_000;

// Each function takes the content of the file and returns its new content. It returns the same object if nothing has to be written.

export function disabled(keys: FirmKeys): FirmKeys {
	if (keys.state === 'DISABLED') return keys;
	assertState(keys.state === 'ENABLED', 'Only an enabled wrapping key can be disabled.');
	return { ...keys, state: 'DISABLED' };
}

export function enabled(keys: FirmKeys): FirmKeys {
	if (keys.state === 'ENABLED') return keys;
	assertState(keys.state === 'DISABLED', 'Only a disabled wrapping key can be enabled: cancel its deletion first.');
	return { ...keys, state: 'ENABLED' };
}

export function pendingDeletion(keys: FirmKeys, days: number, now: Date): FirmKeys {
	assertState(
		keys.state === 'ENABLED' || keys.state === 'DISABLED',
		'The wrapping key is pending deletion or already destroyed.',
	);
	return { ...keys, state: 'PENDING_DELETION', deletionAt: new Date(now.getTime() + days * DAY).toISOString() };
}

export function deletionCancelled(keys: FirmKeys): FirmKeys {
	assertState(keys.state === 'PENDING_DELETION', 'No deletion of this wrapping key is pending.');
	const { deletionAt: _, ...kept } = keys;
	return { ...kept, state: 'DISABLED' };
}

export function isDue(keys: FirmKeys, now: Date): boolean {
	return keys.state === 'PENDING_DELETION' && now >= new Date(keys.deletionAt ?? 0);
}

/** Destroys the key, with its material and grants, if the date of its deletion has passed. */
export function applyDueDeletion(keys: FirmKeys, now: Date): FirmKeys {
	if (!isDue(keys, now)) return keys;
	const { deletionAt: _, ...kept } = keys;
	return { ...kept, state: 'DESTROYED', material: {}, grants: [] };
}

export function assertEnabled(keys: FirmKeys): void {
	assertState(keys.state === 'ENABLED', 'The wrapping key of this firm is disabled, pending deletion or destroyed.');
}

function assertState(allowed: boolean, sentence: string): void {
	if (!allowed) throw new KeyUnavailableError('REFUSED', sentence);
}
