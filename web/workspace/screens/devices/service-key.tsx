import { useState } from 'react';
import { ErrorNote, Field, useSave } from '../../../kit/parts/index.ts';
import { useDevice } from '../../device/device-context.ts';

/** The key by which the service proves the firm's newest state, and its replacement after the platform has changed it. */
export function ServiceKey() {
	const { state, act } = useDevice();
	const [vkey, setVkey] = useState('');
	const [isDone, setDone] = useState(false);
	const { isSaving, error, submit } = useSave(async () => {
		setDone(false);
		await act(async (connection) => {
			await connection.parts.vault.trustCheckpointKeys({ vkeys: [vkey.trim()] });
			await connection.refresh();
		});
		setVkey('');
		setDone(true);
	});
	return (
		<details>
			<summary>The service’s key</summary>
			<div className="stack">
				<p>
					With this key the service signs what is the newest state of your firm. This device kept the first one, and
					takes no other from the service: with a key of its own, it could show an old state as the newest.
				</p>
				{state.checkpointKeys.map((each) => (
					<p key={each}>
						<code>{each}</code>
					</p>
				))}
				<form className="stack" onSubmit={submit}>
					<Field
						label="The service’s new key"
						hint="Only if the platform has announced that it changed its key. Take the key from a letter or a call, not from this service."
					>
						{(control) => (
							<input
								{...control}
								required
								autoComplete="off"
								spellCheck={false}
								value={vkey}
								onChange={({ target }) => setVkey(target.value)}
							/>
						)}
					</Field>
					{error !== null && <ErrorNote error={error} />}
					<p role="status">{isDone && 'This device trusts the new key, and has found it on the newest state.'}</p>
					<div>
						<button type="submit" aria-disabled={isSaving}>
							Trust the new key
						</button>
					</div>
				</form>
			</div>
		</details>
	);
}
