import type { VaultState } from '../../../src/client/vault/index.ts';
import { LostDevice } from './lost-device.tsx';
import { MemberClasses } from './member-classes.tsx';
import { isOwnerOf } from './people-of-state.ts';
import { PersonCard } from './person-card.tsx';

/** People and devices of the firm, by its key log. */
export function PeopleSection({ state }: { readonly state: VaultState }) {
	const isOwner = isOwnerOf(state);
	return (
		<section className="stack" aria-labelledby="people-of-log">
			<div className="row apart">
				<h2 id="people-of-log">People and their devices</h2>
				<LostDevice state={state} />
			</div>
			<p className="reading">
				This is what your own device has verified, not what the platform says. If a person or a device stands here that
				you do not know, ask the other owners at once. Others of your firm come here with their first device, which you
				let in on the screen <a href="#/devices">Devices</a>.
			</p>
			<ul className="plain-list stack">
				{state.people.map((person) => (
					<li key={person.person}>
						<PersonCard state={state} person={person} />
					</li>
				))}
			</ul>
			{isOwner && <MemberClasses state={state} />}
		</section>
	);
}
