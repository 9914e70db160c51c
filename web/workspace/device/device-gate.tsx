import { type ReactNode, useEffect, useMemo, useState } from 'react';
import { Empty, ErrorNote } from '../../kit/parts/index.ts';
import { OpenDeviceContext, useDeviceHolder, useDeviceSnapshot } from './device-context.ts';
import type { OwnDevice } from './own-device.ts';
import { UnlockForm } from './unlock-form.tsx';

interface DeviceGateProps {
	/** Shown if this browser is no device of the person. */
	readonly without?: ReactNode;
	readonly children: ReactNode;
}

/** Shows its children once the person's device is open; before that, what opens it. */
export function DeviceGate({ without = <NoDevice />, children }: DeviceGateProps) {
	const holder = useDeviceHolder();
	const { stage, state, error: failure } = useDeviceSnapshot();
	const [device, setDevice] = useState<OwnDevice | null>(null);
	const [error, setError] = useState<unknown>(null);
	useEffect(() => {
		holder.load().then(setDevice, setError);
	}, [holder]);
	const open = useMemo(
		() => device && state && { device, firmseal: device.firmseal, state, act: device.act.bind(device) },
		[device, state],
	);
	if (error !== null) return <ErrorNote error={error} />;
	if (failure !== null)
		return <ErrorNote error={failure} onRetry={() => holder.load().then((found) => found.lookAgain())} />;
	if (open) return <OpenDeviceContext value={open}>{children}</OpenDeviceContext>;
	if (stage === 'NONE' || stage === 'OTHER') return without;
	if (stage === 'LOOKING' || device === null) return <p role="status">Looking for your device …</p>;
	return (
		<section className="card stack reading" aria-labelledby="unlock-device">
			<h2 id="unlock-device">Unlock your device</h2>
			<UnlockForm />
		</section>
	);
}

const NoDevice = () => (
	<Empty>
		<p>
			This browser is not one of your devices. <a href="#/devices">Add it first.</a>
		</p>
	</Empty>
);
