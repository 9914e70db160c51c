import { Confirm } from '../../../kit/parts/index.ts';
import { useDevice } from '../../device/device-context.ts';

/** Removes the device from this browser, whether or not it has joined. */
export function RemoveDevice() {
	const { device } = useDevice();
	return (
		<div>
			<Confirm
				label="Remove this device from this browser"
				isDangerous
				title="Remove this device from this browser?"
				confirm="Remove"
				onConfirm={() => device.forget()}
			>
				<p>
					Its keys are deleted here and are nowhere else. Without another device, a recovery code or the shares of other
					owners, you cannot open your firm’s own content any more. The firm still lists the device until it is revoked.
				</p>
			</Confirm>
		</div>
	);
}
