import { useState } from 'react';
import type { DeviceConnection } from '../../../src/client/connection/connection.ts';
import type { Decided, Support } from '../../../src/client/connection/index.ts';
import type { VaultState } from '../../../src/client/vault/index.ts';
import { Dialog, ErrorNote, focusHere, SelectField, useSave } from '../../kit/parts/index.ts';
import { useDevice } from '../device/device-context.ts';
import { proposalsOf } from './decide.ts';
import { OutcomeNote } from './outcome-note.tsx';
import { isOwnerOf, nameOf, type PersonOfFirm } from './people-of-state.ts';
import { deviceInWords } from './person-card.tsx';
import { PersonName } from './person-name.tsx';
import { firstSupport, SupportFields } from './support-fields.tsx';

/** A button, and the guide of someone who has lost a device, or of an owner for them. */
export function LostDevice({ state }: { readonly state: VaultState }) {
	const [isOpen, setOpen] = useState(false);
	return (
		<>
			<button type="button" onClick={() => setOpen(true)}>
				A device is lost
			</button>
			{isOpen && <LostDeviceDialog state={state} onClose={() => setOpen(false)} />}
		</>
	);
}

interface LostDeviceDialogProps {
	readonly state: VaultState;
	readonly onClose: () => void;
}

interface Losable {
	readonly id: string;
	readonly person: PersonOfFirm;
}

/** A member removes only own devices, and no one the device that is in use. */
const losableOf = (state: VaultState): readonly Losable[] =>
	state.people
		.filter(({ person }) => isOwnerOf(state) || person === state.device.person)
		.flatMap((person) => person.devices.map(({ id }) => ({ id, person })))
		.filter(({ id }) => id !== state.device.id);

function LostDeviceDialog({ state, onClose }: LostDeviceDialogProps) {
	const { act } = useDevice();
	const [devices] = useState(() => losableOf(state));
	const [chosen, setChosen] = useState('');
	const [support, setSupport] = useState(() => firstSupport(state));
	const [outcome, setOutcome] = useState<Decided | null>(null);
	const device = devices.find(({ id }) => id === chosen);
	const needsOwner = device !== undefined && isLastOfOwner(state, device.person);
	const { isSaving, error, submit } = useSave(async () => {
		if (device === undefined) return;
		await act(async (connection) => setOutcome(await revoke(connection, device, needsOwner ? support : null)));
	});
	if (outcome === 'PROPOSED' || outcome === 'ANNOUNCED')
		return (
			<Dialog title="A device is lost" onClose={onClose}>
				<OutcomeNote outcome={outcome} onClose={onClose} />
			</Dialog>
		);
	if (outcome === 'DONE') return <Removed onClose={onClose} />;
	const name = ({ person, id }: Losable) => `${nameOf(state, person.person) ?? person.person}: ${deviceInWords(id)}`;
	return (
		<Dialog title="A device is lost" onClose={onClose}>
			{devices.length === 0 ? (
				<>
					<p>
						There is no other device here that you could remove. If this is the one that you fear for, remove it with
						another device, or ask an owner.
					</p>
					<div>
						<button type="button" onClick={onClose}>
							Close
						</button>
					</div>
				</>
			) : (
				<form className="stack" onSubmit={submit}>
					<SelectField
						label="Which device"
						value={chosen}
						none="Choose a device"
						options={devices.map((each) => [each.id, name(each)] as const)}
						onChange={setChosen}
					/>
					{device !== undefined && (
						// The list cuts the number off on a small screen.
						<p>
							<PersonName state={state} person={device.person.person} />:{' '}
							<span className="mono">{deviceInWords(device.id)}</span>
						</p>
					)}
					<p>What happens:</p>
					<ol>
						<li>The device is removed from the firm. It gets no new keys, and what it writes is refused.</li>
						<li>The firm gets new keys for all that the device could read, and everything is written with these.</li>
						<li>
							What the device has kept, or someone has copied from it, stays readable to who can unlock it. No one can
							take that back.
						</li>
					</ol>
					{needsOwner && (
						<p className="note warn">
							This is the last device of an owner, which one owner alone cannot remove. They need a way of recovery to
							come back.
						</p>
					)}
					{needsOwner && <SupportFields state={state} support={support} onChange={setSupport} />}
					{error !== null && <ErrorNote error={error} />}
					<div className="row">
						<button type="submit" className="primary danger" aria-disabled={isSaving || device === undefined}>
							{isSaving ? 'One moment …' : 'Remove the device'}
						</button>
						<button type="button" onClick={onClose}>
							Cancel
						</button>
					</div>
				</form>
			)}
		</Dialog>
	);
}

/** Another owner, who would have no device afterwards. */
const isLastOfOwner = (state: VaultState, { person, role, devices }: PersonOfFirm): boolean =>
	role === 'OWNER' && person !== state.device.person && devices.length === 1;

async function revoke(connection: DeviceConnection, { id }: Losable, support: Support | null): Promise<Decided> {
	if (support !== null)
		return proposalsOf(connection).decide((vault) => vault.propose({ what: 'REVOKE', devices: [id] }), support);
	await connection.append(() => connection.parts.vault.revokeDevices({ devices: [id] }));
	return 'DONE';
}

const Removed = ({ onClose }: Pick<LostDeviceDialogProps, 'onClose'>) => (
	<Dialog title="The device is removed" onClose={onClose}>
		<p className="note good" role="status">
			Done. New keys are made for what it could read.
		</p>
		<p>
			Older content is still sealed under the keys that the device had. It has to be sealed again under the new ones;
			until then a thief of the device who also gets at what the platform stores could open it.
		</p>
		<p>To go on working with a new device, join it on the screen “Devices”.</p>
		<div>
			<button type="button" className="primary" ref={focusHere} onClick={onClose}>
				Close
			</button>
		</div>
	</Dialog>
);
