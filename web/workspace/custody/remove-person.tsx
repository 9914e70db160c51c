import type { VaultState } from '../../../src/client/vault/index.ts';
import { Confirm } from '../../kit/parts/index.ts';
import { useDevice } from '../device/device-context.ts';
import { Decision } from './decision.tsx';
import type { PersonOfFirm } from './people-of-state.ts';
import { PersonName } from './person-name.tsx';

interface RemovePersonProps {
	readonly state: VaultState;
	readonly person: PersonOfFirm;
}

/** An owner removes a member alone, and another owner with a second one. */
export function RemovePerson({ state, person: { person, name, role } }: RemovePersonProps) {
	const { act } = useDevice();
	const about = name ?? person;
	const title = 'Remove this person from the key log?';
	const what = (
		<>
			<p>
				<strong>
					<PersonName state={state} person={person} />
				</strong>
			</p>
			<ul>
				<li>All their devices are removed, and the firm gets new keys for what they could read.</li>
				<li>What they have already read, or kept, they still have.</li>
				<li>
					They can still sign in, and read what is in the platform’s custody, until you also remove them under{' '}
					<a href="#/members">Members</a>.
				</li>
			</ul>
		</>
	);
	if (role === 'OWNER')
		return (
			<Decision
				state={state}
				label="Remove"
				about={about}
				title={title}
				isDangerous
				make={(vault) => vault.propose({ what: 'REMOVE', person })}
			>
				{what}
			</Decision>
		);
	return (
		<Confirm
			label="Remove"
			about={about}
			title={title}
			isSmall
			isDangerous
			onConfirm={() => act((connection) => connection.append(() => connection.parts.vault.removeMember({ person })))}
		>
			{what}
		</Confirm>
	);
}
