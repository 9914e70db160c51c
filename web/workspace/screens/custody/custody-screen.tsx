import { useTitle } from '../../../kit/parts/index.ts';
import { CustodySections } from '../../custody/index.ts';
import { DeviceGate } from '../../device/device-gate.tsx';

/** Who holds the keys of the firm's content, and who decides it. */
export function CustodyScreen() {
	useTitle('Custody');
	return (
		<>
			<h1>Custody</h1>
			<DeviceGate>
				<CustodySections />
			</DeviceGate>
		</>
	);
}
