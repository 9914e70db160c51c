import { Dialog } from '../../kit/parts/index.ts';
import { useDeviceHolder, useDeviceSnapshot } from './device-context.ts';
import { UnlockForm } from './unlock-form.tsx';

/** Shown over any screen while content waits for the person to unlock the device. What they typed stays below it. */
export function UnlockDialog() {
	const holder = useDeviceHolder();
	const { isAsked } = useDeviceSnapshot();
	if (!isAsked) return null;
	const dismiss = () => void holder.load().then((device) => device.dismiss());
	return (
		<Dialog title="Unlock your device" onClose={dismiss}>
			<p>Content of your firm opens only with the keys of this device.</p>
			<UnlockForm onCancel={dismiss} />
		</Dialog>
	);
}
