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
				<p>
					If other owners hold shares for you, call them one after the other. Each compares a code with you, and then
					releases the share.
				</p>
				<p role="status">
					{shares.length === 1 && 'One owner has released a share.'}
					{shares.length > 1 && `${shares.length} owners have released a share.`}
				</p>
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
