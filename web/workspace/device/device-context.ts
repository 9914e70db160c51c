import { createContext, useContext, useSyncExternalStore } from 'react';
import type { Firmseal } from '../../../src/client/connection/index.ts';
import type { VaultState } from '../../../src/client/vault/index.ts';
import type { DeviceHolder } from './device-holder.ts';
import type { DeviceSnapshot } from './device-stage.ts';
import type { OwnDevice } from './own-device.ts';

export const DeviceHolderContext = createContext<DeviceHolder | null>(null);

/** @throws Error outside of the workspace */
export function useDeviceHolder(): DeviceHolder {
	const holder = useContext(DeviceHolderContext);
	if (holder === null) throw new Error('useDeviceHolder() needs the workspace.');
	return holder;
}

/** What this browser is for the person, as it changes. */
export function useDeviceSnapshot(): DeviceSnapshot {
	const holder = useDeviceHolder();
	return useSyncExternalStore(holder.subscribe, holder.snapshot);
}

/** The person's device, open. */
export interface OpenDevice {
	readonly device: OwnDevice;
	readonly firmseal: Firmseal;
	/** What the device knows of the firm, by the verified key log. */
	readonly state: VaultState;
	/** Runs a step of the person, and then shows what it changed. */
	readonly act: OwnDevice['act'];
}

export const OpenDeviceContext = createContext<OpenDevice | null>(null);

/** @throws Error outside of DeviceGate */
export function useDevice(): OpenDevice {
	const open = useContext(OpenDeviceContext);
	if (open === null) throw new Error('useDevice() needs DeviceGate.');
	return open;
}
