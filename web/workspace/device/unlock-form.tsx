import { useState } from 'react';
import { ErrorNote, Field, useSave } from '../../kit/parts/index.ts';
import { useDeviceHolder, useDeviceSnapshot } from './device-context.ts';

interface UnlockFormProps {
	/** The person does not want to now. */
	readonly onCancel?: () => void;
}

/** Unlocks the device in the way in which it is locked, or takes it over from another tab first. */
export function UnlockForm({ onCancel }: UnlockFormProps) {
	const holder = useDeviceHolder();
	const { stage, unlock } = useDeviceSnapshot();
	const [passphrase, setPassphrase] = useState('');
	const isElsewhere = stage === 'ELSEWHERE';
	const needsPassphrase = !isElsewhere && unlock === 'PASSPHRASE';
	const { isSaving, error, submit } = useSave(async () => {
		const device = await holder.load();
		if (isElsewhere) return device.takeOver();
		await device.unlock(needsPassphrase ? { passphrase } : null);
		setPassphrase('');
	});
	return (
		<form className="stack" onSubmit={submit}>
			{isElsewhere && (
				<p>Firmseal is open in another tab of this browser. If you take over here, it is locked there.</p>
			)}
			{needsPassphrase && (
				<Field label="Passphrase of this device">
					{(control) => (
						<input
							{...control}
							type="password"
							autoComplete="current-password"
							value={passphrase}
							onChange={({ target }) => setPassphrase(target.value)}
						/>
					)}
				</Field>
			)}
			{error !== null && <ErrorNote error={error} />}
			<div className="row">
				<button type="submit" className="primary" aria-disabled={isSaving}>
					{wordOf(isSaving, isElsewhere, needsPassphrase)}
				</button>
				{onCancel && (
					<button type="button" onClick={onCancel}>
						Not now
					</button>
				)}
			</div>
		</form>
	);
}

function wordOf(isSaving: boolean, isElsewhere: boolean, needsPassphrase: boolean): string {
	if (isSaving) return 'One moment …';
	if (isElsewhere) return 'Take over here';
	return needsPassphrase ? 'Unlock' : 'Unlock with your passkey';
}
