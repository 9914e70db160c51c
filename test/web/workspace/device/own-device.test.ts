import { expect, it, onTestFinished, vi } from 'vitest';
import { OwnDevice } from '../../../../web/workspace/device/own-device.ts';
import { ANNA } from '../../../client/vault/firm.ts';
import { FIRM } from '../../../custody/some.ts';

vi.mock('../../../../web/workspace/device/worker.ts?worker&url', () => ({ default: '/worker.js' }));
vi.mock('../../../../web/workspace/device/release.ts', () => ({ releaseOfPages: async () => 'unknown' }));
const calls = vi.hoisted((): string[] => []);
vi.mock('../../../../src/client/worker/index.ts', () => ({
	createWorkerVault: () => {
		let devices = [{ name: 'anna', firm: FIRM, person: ANNA, unlock: 'PASSPHRASE' }];
		return {
			devices: async () => devices,
			async lock() {
				calls.push('lock');
			},
			async forget({ name }: { readonly name: string }) {
				calls.push('forget');
				devices = devices.filter((each) => each.name !== name);
			},
		};
	},
}));

it('a device that is removed is locked first, also for the links, which keep what they sealed', async () => {
	vi.stubGlobal('location', { origin: 'https://vault.example' });
	onTestFinished(() => void vi.unstubAllGlobals());
	const told = vi.fn();
	const parts = { api: '', apiFetch: async () => new Response() };
	const device = await OwnDevice.open(parts, Promise.resolve({ firm: FIRM, person: ANNA }), told);
	await expect.poll(() => device.snapshot().stage).toBe('LOCKED');
	await device.forget();
	expect(calls).toEqual(['lock', 'forget']);
	expect(device.snapshot().stage).toBe('NONE');
});
