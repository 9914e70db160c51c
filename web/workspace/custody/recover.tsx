import { useState } from 'react';
import { RecoverySteps } from '../../../src/client/connection/index.ts';
import { ErrorNote, SaveButton, useSave } from '../../kit/parts/index.ts';
import { useDevice } from '../device/device-context.ts';
import { RecoverByShares } from './recover-by-shares.tsx';
import { CodeField } from './support-fields.tsx';

/** A device that knows no firm yet: its person joins with another one, or has lost all others. */
export function Recover() {
	const { act } = useDevice();
	const [code, setCode] = useState('');
	const { isSaving, error, submit } = useSave(async () => {
		await act((connection) => new RecoverySteps(connection).byCode(code));
	});
	return (
		<section className="stack reading" aria-labelledby="recover">
			<h2 id="recover">This device does not know your firm yet</h2>
			<p>
				If you still have another device, or are a member whom an owner lets in, join on the screen{' '}
				<a href="#/devices">Devices</a>. Owners who have lost all their devices come back here. Their old devices are
				then removed from the firm, and the code or the shares are used up.
			</p>
			<form className="card stack" onSubmit={submit} aria-labelledby="by-code">
				<h3 id="by-code">By your recovery code</h3>
				<CodeField code={code} onChange={setCode} />
				{error !== null && <ErrorNote error={error} />}
				<div>
					<SaveButton label="Recover" isSaving={isSaving} />
				</div>
			</form>
			<RecoverByShares />
		</section>
	);
}
