import type { VaultState } from '../../../src/client/vault/index.ts';
import { Decision } from './decision.tsx';
import type { PersonOfFirm } from './people-of-state.ts';
import { PersonName } from './person-name.tsx';

interface ChangeRoleProps {
	readonly state: VaultState;
	readonly person: PersonOfFirm;
}

/** Makes an owner of a member who has a device, or a member of an owner. */
export function ChangeRole({ state, person: { person, name, role, devices } }: ChangeRoleProps) {
	const about = name ?? person;
	if (role === 'MEMBER' && devices.length === 0) return null;
	const next = role === 'OWNER' ? 'MEMBER' : 'OWNER';
	const label = next === 'OWNER' ? 'Make an owner' : 'Make a member';
	return (
		<Decision
			state={state}
			label={label}
			about={about}
			title={`${label}?`}
			make={(vault) => vault.propose({ what: 'ROLE', person, role: next })}
		>
			<p>
				<strong>
					<PersonName state={state} person={person} />
				</strong>
			</p>
			<p>
				{next === 'OWNER'
					? 'They read everything that the firm holds in its own custody, and decide with you: from then on, decisions need two owners. Compare their safety number first.'
					: 'They read only what members read, and decide nothing any more. The firm gets new keys for what they lose.'}
			</p>
			<p className="hint">
				This is their role in the firm’s key log. Their role for the rest of the workspace is set under{' '}
				<a href="#/members">Members</a>.
			</p>
		</Decision>
	);
}
