import type { ApolloLink } from '@apollo/client';
import { EMPTY, firstValueFrom } from 'rxjs';
import { expect, it, onTestFinished, vi } from 'vitest';
import { DeviceHolder } from '../../../../web/workspace/device/device-holder.ts';

vi.mock('../../../../web/workspace/device/own-device.ts', () => {
	throw new Error('The network is gone.');
});

it('if the code of devices does not load, what goes through the link fails, and nothing else', async () => {
	vi.stubGlobal('indexedDB', { databases: async () => [{ name: 'firmseal' }] });
	const unhandled = vi.fn();
	process.on('unhandledRejection', unhandled);
	onTestFinished(() => {
		process.off('unhandledRejection', unhandled);
		vi.unstubAllGlobals();
	});
	const link = new DeviceHolder().link({ api: '', apiFetch: async () => new Response() });
	const asked = link.request({} as ApolloLink.Operation, () => EMPTY);
	await expect(firstValueFrom(asked)).rejects.toThrow();
	await new Promise(setImmediate);
	expect(unhandled).not.toHaveBeenCalled();
});
