import { useState } from 'react';
import type { VaultState } from '../../../src/client/vault/index.ts';
import { MakeRecovery } from './make-recovery.tsx';
import { countWays, ownOf } from './people-of-state.ts';
import { TypeCode } from './type-code.tsx';

const WAYS = {
	CODE: 'A recovery code, which you wrote down.',
	OWNERS: 'Shares of a recovery key, which other owners hold.',
} as const;

/** How the person comes back after all their devices are lost. */
export function RecoverySection({ state }: { readonly state: VaultState }) {
	const [isMaking, setMaking] = useState(false);
	const own = ownOf(state);
	const ways = own?.recovery ?? [];
	return (
		<section className="stack" aria-labelledby="recovery">
			<h2 id="recovery">Recovery</h2>
			{own?.role !== 'OWNER' ? (
				<p className="reading">
					You need no code of your own: after you have lost your devices, an owner lets a new one of yours join.
				</p>
			) : (
				<>
					<p className="reading">
						If you lose all your devices, no one can let you in again unless you have prepared it. The platform has no
						key to your content, and cannot help.
					</p>
					{ways.length === 0 && <p className="note warn">You have no way of recovery yet.</p>}
					{ways.length > 0 && (
						<ul>
							{ways.map((way) => (
								<li key={way}>{WAYS[way]}</li>
							))}
						</ul>
					)}
					{ways.length > 0 && countWays(own) < 2 && (
						<p className="note warn">You have one way only. Add a second device, or a second way.</p>
					)}
					{state.isCodeToConfirm && <TypeCode />}
					<div>
						<button type="button" onClick={() => setMaking(true)}>
							{ways.length === 0 ? 'Prepare recovery' : 'Replace the ways of recovery'}
						</button>
					</div>
					{isMaking && <MakeRecovery state={state} onClose={() => setMaking(false)} />}
				</>
			)}
			<LostAll />
		</section>
	);
}

/** To be read before it happens. */
const LostAll = () => (
	<details>
		<summary>What to do when all your devices are lost</summary>
		<ol>
			<li>Sign in here with a browser that you trust, and open “Devices”. Make a device of this browser.</li>
			<li>Open “Custody”. It asks for your recovery code, or for the shares that other owners hold.</li>
			<li>
				It shows what the firm’s key log says: people, and who holds the keys. Compare it with what you know, and
				confirm it. Until then, the device writes nothing.
			</li>
			<li>Your old devices are removed by this, and the code or the shares are used up: prepare recovery again.</li>
		</ol>
	</details>
);
