import { useTitle } from '../../../kit/parts/index.ts';
import { useDevice } from '../../device/device-context.ts';
import { DeviceGate } from '../../device/device-gate.tsx';
import { BeginOrJoin } from './begin-or-join.tsx';
import { DeviceHere } from './device-here.tsx';
import { NewDevice } from './new-device.tsx';
import { Requests } from './requests.tsx';

/** This browser as a device of the firm, and devices that want to join. */
export function DevicesPage() {
	useTitle('Devices');
	return (
		<>
			<h1>Devices</h1>
			<p className="reading">
				A device keeps keys with which your firm’s own content is opened. The keys never leave it unlocked, and the
				platform has none of them.
			</p>
			<DeviceGate without={<NewDevice />}>
				<OpenDevice />
			</DeviceGate>
		</>
	);
}

/** A device that knows the firm, or still has to join it. */
function OpenDevice() {
	const { state } = useDevice();
	if (state.log === null) return <BeginOrJoin />;
	return (
		<>
			<DeviceHere />
			<Requests />
		</>
	);
}
