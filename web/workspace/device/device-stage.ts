import type { VaultState } from '../../../src/client/vault/index.ts';

/**
 * What this browser is for the person who has signed in.
 * NONE: no device. OTHER: devices of other people only. LOCKED, OPEN: the person's device. ELSEWHERE: another tab uses the device.
 */
export type DeviceStage = 'LOOKING' | 'NONE' | 'OTHER' | 'LOCKED' | 'OPEN' | 'ELSEWHERE';

export interface DeviceSnapshot {
	readonly stage: DeviceStage;
	/** Whether something on the screen waits for the person to unlock the device. */
	readonly isAsked: boolean;
	/** How the device is locked; null without one. */
	readonly unlock: 'PASSPHRASE' | 'PRF' | null;
	/** What the device knows of the firm; null unless it is open. */
	readonly state: VaultState | null;
	/** Why it could not be found out what this browser is; null if it was, or still is. */
	readonly error: unknown;
}

export const LOOKING: DeviceSnapshot = { stage: 'LOOKING', isAsked: false, unlock: null, state: null, error: null };
export const WITHOUT_DEVICE: DeviceSnapshot = { ...LOOKING, stage: 'NONE' };

/** The person, as the API knows them. */
export interface DevicePerson {
	readonly firm: string;
	readonly person: string;
}
