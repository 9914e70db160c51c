import { RecoverySteps } from '../../../src/client/connection/index.ts';
import type { VaultState } from '../../../src/client/vault/index.ts';
import { ErrorNote, Fact, useSave } from '../../kit/parts/index.ts';
import { useDevice } from '../device/device-context.ts';
import { CUSTODY_WORDS, classesOf, classInWords } from './custody-words.ts';
import { PersonName } from './person-name.tsx';

/** A device that has recovered shows what the key log says. The person confirms it before the device sends anything. */
export function ConfirmRecovered({ state }: { readonly state: VaultState }) {
	const { act } = useDevice();
	const { isSaving, error, submit } = useSave(() => act((connection) => new RecoverySteps(connection).confirm()));
	return (
		<form className="card stack" onSubmit={submit} aria-labelledby="confirm-recovered">
			<h2 id="confirm-recovered">Is this your firm?</h2>
			<p className="reading">
				This device has found your recovery key in the firm’s key log. Look at what the log says, and compare it with
				what you know, best by calling another owner. The device writes nothing until you have confirmed it.
			</p>
			<dl className="facts">
				<Fact name="Entries of the log">{state.log?.size ?? 0}</Fact>
				<Fact name="People">
					<ul className="plain-list">
						{state.people.map(({ person, role, devices }) => (
							<li key={person}>
								<PersonName state={state} person={person} />, {role === 'OWNER' ? 'owner' : 'member'},{' '}
								{devices.length === 1 ? '1 device' : `${devices.length} devices`}
							</li>
						))}
					</ul>
				</Fact>
				<Fact name="Keys are held by">
					<ul className="plain-list">
						{classesOf(state).map((each) => (
							<li key={each.class}>
								{classInWords(each.class)}: {CUSTODY_WORDS[each.custody].holder.toLowerCase()}
							</li>
						))}
					</ul>
				</Fact>
			</dl>
			<p className="note warn">
				Is someone missing, or is there someone whom you do not know? Then do not confirm it, and call another owner.
			</p>
			{error !== null && <ErrorNote error={error} />}
			<div>
				<button type="submit" className="primary" aria-disabled={isSaving}>
					{isSaving ? 'One moment …' : 'Yes, this is my firm'}
				</button>
			</div>
		</form>
	);
}
