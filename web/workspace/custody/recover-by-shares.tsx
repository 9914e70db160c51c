import { useState } from 'react';
import { RecoverySteps } from '../../../src/client/connection/index.ts';
import { ErrorNote, useSave } from '../../kit/parts/index.ts';
import { AskDevice } from '../device/ask-device.tsx';
import { useDevice } from '../device/device-context.ts';

type Shares = Parameters<RecoverySteps['byShares']>[0];

/** An owner comes back by shares that other owners hold, each of whom compares a code with them. */
export function RecoverByShares() {
	const { act } = useDevice();
	const [shares, setShares] = useState<Shares>([]);
	const { isSaving, error, submit } = useSave(() =>
		act((connection) => new RecoverySteps(connection).byShares(shares)),
	);
	return (
		<section className="card stack" aria-labelledby="by-shares">
			<h3 id="by-shares">By shares of other owners</h3>
			<AskDevice
				label={shares.length === 0 ? 'Ask the first owner' : 'Ask the next owner'}
				waiting="It gives its share once its person has found the same code too."
				last={async (steps, isSameCode) => {
					// The vault counts no code any more that was compared before.
					if (!isSameCode) setShares([]);
					const share = await steps.share(isSameCode);
					if (share !== null)
						setShares((had) => [...had.filter(({ releasedBy }) => releasedBy !== share.releasedBy), share]);
					return share;
				}}
			>
				<p>If other owners hold shares for you, go through this with one after the other:</p>
				<ol>
					<li>Call an owner who holds a share for you, by a number that you know. Then press the button below.</li>
					<li>On their own device they open Devices, press “Answer”, and choose your name.</li>
					<li>Both screens show a code. Read it to each other, to the last character.</li>
					<li>If it is the same, they mark that you have lost all your devices, and both of you say so.</li>
				</ol>
				<p role="status">
					{shares.length === 1 && 'One owner has released a share.'}
					{shares.length > 1 && `${shares.length} owners have released a share.`}
				</p>
				{shares.length > 1 && (
					<p>If these are as many as you chose when you prepared it, recover. Otherwise ask the next owner.</p>
				)}
			</AskDevice>
			{shares.length > 1 && (
				<form className="stack" onSubmit={submit}>
					{error !== null && <ErrorNote error={error} />}
					<div>
						<button type="submit" className="primary" aria-disabled={isSaving}>
							Recover with these shares
						</button>
					</div>
				</form>
			)}
		</section>
	);
}
