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
				If you still have another device, join with it on the screen <a href="#/devices">Devices</a>.
			</p>
			<form className="card stack" onSubmit={submit}>
				<p>
					Owners who have lost all their devices type their recovery code. The old devices are then removed from the
					firm, and the code is used up. Members without a device join with the help of an owner.
				</p>
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
