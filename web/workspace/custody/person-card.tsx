import { useId } from 'react';
import type { VaultState } from '../../../src/client/vault/index.ts';
import { Fact } from '../../kit/parts/index.ts';
import { Time } from '../../kit/text/time.tsx';
import { ChangeRole } from './change-role.tsx';
import { CompareNumber } from './compare-number.tsx';
import { isOwnerOf, type PersonOfFirm } from './people-of-state.ts';
import { PersonName } from './person-name.tsx';
import { RemovePerson } from './remove-person.tsx';
import { RenamePerson } from './rename-person.tsx';

interface PersonCardProps {
	readonly state: VaultState;
	readonly person: PersonOfFirm;
}

const ROLES = { OWNER: 'Owner', MEMBER: 'Member' } as const;
const WAYS = { CODE: 'a recovery code', OWNERS: 'shares that owners hold' } as const;

/** One person, with their devices, and what can be done about them. */
export function PersonCard({ state, person }: PersonCardProps) {
	const heading = useId();
	const isSelf = person.person === state.device.person;
	return (
		<article className="card stack tight" aria-labelledby={heading}>
			<div className="row apart">
				<h3 id={heading}>
					<PersonName state={state} person={person.person} /> {isSelf && <span className="badge">you</span>}
				</h3>
				<span className="badge">{ROLES[person.role]}</span>
			</div>
			<dl className="facts">
				<Fact name={person.devices.length === 1 ? 'Device' : 'Devices'}>
					{person.devices.length === 0 ? 'none yet' : <Devices state={state} devices={person.devices} />}
				</Fact>
				{person.role === 'OWNER' && (
					<Fact name="Ways of recovery">
						{person.recovery.length === 0 ? 'none' : person.recovery.map((way) => WAYS[way]).join(', ')}
					</Fact>
				)}
			</dl>
			{!isSelf && <CompareNumber state={state} person={person.person} />}
			{isOwnerOf(state) && (
				<div className="row">
					<RenamePerson state={state} person={person} />
					{!isSelf && <ChangeRole state={state} person={person} />}
					{!isSelf && <RemovePerson state={state} person={person} />}
				</div>
			)}
		</article>
	);
}

interface DevicesProps {
	readonly state: VaultState;
	readonly devices: PersonOfFirm['devices'];
}

const Devices = ({ state, devices }: DevicesProps) => (
	<ul className="plain-list">
		{devices.map(({ id, addedAt }) => (
			<li key={id}>
				<span className="mono">{deviceInWords(id)}</span>, since <Time at={addedAt} show="day" />{' '}
				{id === state.device.id && <span className="badge">this one</span>}
			</li>
		))}
	</ul>
);

/** Digits by which people tell devices apart: the first 16 of the id, as decisions name them too. */
export const deviceInWords = (id: string): string => id.slice(0, 16);
