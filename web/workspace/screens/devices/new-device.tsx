import { useId, useState } from 'react';
import { ErrorNote, Field, useLeaveGuard, useSave } from '../../../kit/parts/index.ts';
import { useDeviceHolder } from '../../device/device-context.ts';
import { useViewer } from '../../viewer.ts';

/** Of the vault: src/client/vault/device-lock.ts. */
const SHORTEST = 12;

type Way = 'PASSKEY' | 'PASSPHRASE';

/** Makes this browser a device of the person, locked by a passkey or a passphrase. */
export function NewDevice() {
	const holder = useDeviceHolder();
	const viewer = useViewer();
	const name = useId();
	const [way, setWay] = useState<Way>('PASSPHRASE');
	const [passphrase, setPassphrase] = useState('');
	const [again, setAgain] = useState('');
	const [wrong, setWrong] = useState<string | null>(null);
	useLeaveGuard(passphrase !== '');
	const { isSaving, error, submit } = useSave(async () => {
		const mistake = way === 'PASSPHRASE' ? mistakeIn(passphrase, again) : null;
		setWrong(mistake);
		if (mistake !== null) return;
		const device = await holder.load();
		await device.create(way === 'PASSPHRASE' ? { passphrase } : { passkeyFor: viewer.email });
	});
	const choice = (value: Way, label: string, meaning: string) => (
		<label className="choice">
			<input type="radio" name={name} checked={way === value} onChange={() => setWay(value)} />
			<span>
				<strong>{label}</strong> <span className="quiet">{meaning}</span>
			</span>
		</label>
	);
	return (
		<section className="stack reading" aria-labelledby="new-device">
			<h2 id="new-device">Make this browser your device</h2>
			<form className="card stack" onSubmit={submit}>
				<fieldset className="stack tight">
					<legend>How do you unlock it?</legend>
					{choice('PASSKEY', 'With a passkey', 'Your fingerprint, face or security key, if this browser can.')}
					{choice('PASSPHRASE', 'With a passphrase', 'Several words that you remember. No one can reset it.')}
				</fieldset>
				{way === 'PASSPHRASE' && (
					<>
						<Field
							label="Passphrase"
							hint={`At least ${SHORTEST} characters; five or more words are best.`}
							wrong={wrong}
						>
							{(control) => (
								<input
									{...control}
									type="password"
									autoComplete="new-password"
									value={passphrase}
									onChange={({ target }) => setPassphrase(target.value)}
								/>
							)}
						</Field>
						<Field label="The same passphrase again">
							{(control) => (
								<input
									{...control}
									type="password"
									autoComplete="new-password"
									value={again}
									onChange={({ target }) => setAgain(target.value)}
								/>
							)}
						</Field>
					</>
				)}
				{error !== null && <ErrorNote error={error} />}
				<div>
					<button type="submit" className="primary" aria-disabled={isSaving}>
						{isSaving ? 'Making the keys …' : 'Make this browser my device'}
					</button>
				</div>
			</form>
		</section>
	);
}

function mistakeIn(passphrase: string, again: string): string | null {
	if (passphrase.length < SHORTEST) return `The passphrase has fewer than ${SHORTEST} characters. Add a word.`;
	return passphrase === again ? null : 'The two passphrases differ. Type them once more.';
}
