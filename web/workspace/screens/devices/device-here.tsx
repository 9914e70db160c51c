import { useApolloClient } from '@apollo/client/react';
import { ErrorNote, useSave } from '../../../kit/parts/index.ts';
import { useDevice } from '../../device/device-context.ts';
import { RemoveDevice } from './remove-device.tsx';
import { ServiceKey } from './service-key.tsx';

/** This browser's device. */
export function DeviceHere() {
	const { device, state } = useDevice();
	const client = useApolloClient();
	const locking = useSave(async () => {
		await device.lock();
		// What was opened leaves the memory of the page as well.
		await client.clearStore();
	});
	return (
		<section className="stack reading" aria-labelledby="here">
			<h2 id="here">This browser</h2>
			{!state.device.isActive && (
				<p className="note bad" role="alert">
					Your firm does not list this device any more, so it opens and writes nothing new. Remove it here, then add
					this browser again if it should stay one of your devices.
				</p>
			)}
			{!state.isReleaseTrusted && (
				<p className="note bad" role="alert">
					Your firm does not trust this release of the pages: the service may have sent an older one. Nothing opens and
					nothing is sent. Reload. If it stays so, ask an owner which release your firm trusts.
				</p>
			)}
			<dl className="facts card">
				<dt>Device</dt>
				<dd>
					<code>{state.device.id.slice(0, 16)}</code>
				</dd>
				<dt>Unlocked by</dt>
				<dd>{state.device.unlock === 'PRF' ? 'your passkey' : 'your passphrase'}</dd>
				<dt>Your devices</dt>
				<dd>{state.people.find(({ person }) => person === state.device.person)?.devices.length ?? 0}</dd>
			</dl>
			{locking.error !== null && <ErrorNote error={locking.error} />}
			<form className="row" onSubmit={locking.submit}>
				<button type="submit" aria-disabled={locking.isSaving}>
					Lock this device
				</button>
			</form>
			<ServiceKey />
			<RemoveDevice />
		</section>
	);
}
